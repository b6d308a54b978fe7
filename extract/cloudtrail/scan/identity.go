package scan

import (
	"regexp"
	"strings"
)

// identity is what is read of a userIdentity: who made a call.
type identity struct {
	arn, principal string
	account        string
	key            string // the access key
	source         string // the source identity
	known          bool   // anything is
}

// identityOf reads a userIdentity in any form that [objectOf] knows, or finds in it what has the form of an ARN, a
// principal and a key, as where a struct is written without the names of its fields. Read is false where it finds nothing.
func identityOf(text []byte) (who identity, read bool) {
	if !members(text, who.member) {
		who = identity{}
		if object := objectOf(text); object != nil {
			members(object, who.member)
		}
	}
	if who.known || len(text) == 0 {
		return who, who.known
	}
	return identityIn(string(text))
}

func (who *identity) member(key, value []byte) {
	to := (*string)(nil)
	switch {
	case is(key, "arn"):
		to = &who.arn
	case is(key, "principalid"):
		to = &who.principal
	case is(key, "accountid"):
		to = &who.account
	case is(key, "accesskeyid"):
		to = &who.key
	case is(key, "type"), is(key, "username"), is(key, "invokedby"):
		to = new(string)
	case is(key, "sessioncontext"):
		if v := dig(text(value), "sourceidentity"); v != nil {
			who.source = string(v)
		}
		who.known = who.known || objectOf(text(value)) != nil
	case is(key, "sessioncontextsourceidentity"), is(key, "sourceidentity"):
		to = &who.source
	}
	if to != nil {
		said := text(value)
		if isNone(said) {
			said = nil
		}
		*to = string(said)
		who.known = who.known || *to != ""
	}
}

// What an identity's parts look like, wherever they stand. A session's name may hold commas.
var (
	roleARN   = regexp.MustCompile(`arn:[a-z0-9-]+:sts::[0-9]*:assumed-role/[\w+=,.@/-]+`)
	anyARN    = regexp.MustCompile(`arn:[a-z0-9-]+:(?:iam|sts)::[0-9]*:[\w+=,.@/-]+`)
	principal = regexp.MustCompile(`\bAROA[A-Z0-9]+:[\w+=,.@-]+`)
	accessKey = regexp.MustCompile(`\bA[SK]IA[A-Z0-9]+\b`)
)

// identityIn finds an identity's parts in text that isn't a struct in any form that is known.
func identityIn(text string) (who identity, read bool) {
	who.arn = wholeName(text, roleARN)
	if who.arn == "" {
		who.arn = wholeName(text, anyARN)
	}
	who.principal, who.key = wholeName(text, principal), accessKey.FindString(text)
	if parts := strings.SplitN(who.arn, ":", 6); len(parts) == 6 {
		who.account = parts[4]
	}
	who.known = who.arn != "" || who.principal != ""
	return who, who.known
}

// wholeName finds a name that ends with a session's. A run's ends at a comma, and where the text around it was cut, no
// more than the run is sure.
func wholeName(text string, form *regexp.Regexp) string {
	at := form.FindStringIndex(text)
	if at == nil {
		return ""
	}
	found := text[at[0]:at[1]]
	name := strings.LastIndexAny(found, "/:") + 1
	if run, _ := runIn(found[name:]); run == "" {
		return strings.TrimRight(found, ",")
	}
	head, _, more := strings.Cut(found[name:], ",")
	if cut := !more && at[1] == len(text) && at[0] > 0 && strings.ContainsAny(text[:1], "{[(\"'"); cut {
		run, _ := runIn(head)
		head = head[:strings.Index(head, run)+len(run)]
	}
	return found[:name] + head
}

// temporaryKey returns the access key where it is one that STS gave out.
func (who *identity) temporaryKey() string {
	if strings.HasPrefix(who.key, "ASIA") {
		return who.key
	}
	return ""
}

// session returns the run that the identity was made for, and what its names hold of it; nil where there is none.
func (who *identity) session() *session {
	for _, name := range []string{roleSession(who.arn), principalSession(who.principal), who.source} {
		if s := sessionOf(name); s != nil {
			return s
		}
	}
	return nil
}

// roleSession returns the session's name in arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/NAME, where ROLE may hold a path.
func roleSession(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[2] != "sts" {
		return ""
	}
	role, ok := strings.CutPrefix(parts[5], "assumed-role/")
	slash := strings.LastIndexByte(role, '/')
	if !ok || slash < 0 {
		return ""
	}
	return role[slash+1:]
}

// principalSession returns the session's name in AROA…:NAME, which is all that other accounts learn of a caller.
func principalSession(principal string) string {
	id, name, _ := strings.Cut(principal, ":")
	if !strings.HasPrefix(id, "AROA") {
		return ""
	}
	return name
}
