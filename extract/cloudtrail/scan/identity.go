package scan

import "strings"

// identity is what is read of a userIdentity: who made a call.
type identity struct {
	arn, principal string
	account        string
	key            string // the access key
	source         string // the source identity
}

// identityOf reads a userIdentity, which is a JSON object or the text of a Hive struct.
func identityOf(text []byte) identity {
	var who identity
	if !members(text, who.member) {
		return hiveIdentity(string(text))
	}
	return who
}

func (who *identity) member(key, value []byte) {
	switch {
	case is(key, "arn"):
		who.arn = string(text(value))
	case is(key, "principalid"):
		who.principal = string(text(value))
	case is(key, "accountid"):
		who.account = string(text(value))
	case is(key, "accesskeyid"):
		who.key = string(text(value))
	case is(key, "sessioncontext"):
		who.source = string(member(text(value), "sourceidentity"))
	}
}

// hiveIdentity reads a struct as Hive writes it: {type=AssumedRole, principalid=AROA…:NAME, arn=arn:aws:sts::…, …}, or
// what is left of it: arn=…. Values may hold commas and equals signs, but no white space.
func hiveIdentity(text string) identity {
	return identity{
		arn: hiveValue(text, "arn="), principal: hiveValue(text, "principalid="), account: hiveValue(text, "accountid="),
		key: hiveValue(text, "accesskeyid="), source: hiveValue(text, "sourceidentity="),
	}
}

// hiveValue gives the value of the first name that begins a word: that of the outer struct stands before those within.
func hiveValue(text, name string) string {
	for i := 0; i+len(name) <= len(text); i++ {
		if !strings.EqualFold(text[i:i+len(name)], name) || i > 0 && strings.IndexByte("{ ,", text[i-1]) < 0 {
			continue
		}
		value := text[i+len(name):]
		if end := strings.IndexAny(value, " }\t\r\n"); end >= 0 {
			value = value[:end]
		}
		if value = strings.TrimSuffix(value, ","); value == "null" {
			return ""
		}
		return value
	}
	return ""
}

// temporaryKey gives the access key where it is one that STS gave out.
func (who *identity) temporaryKey() string {
	if strings.HasPrefix(who.key, "ASIA") {
		return who.key
	}
	return ""
}

// session gives what the identity tells of the run that it was made for; nil where it tells none.
func (who *identity) session() *session {
	for _, name := range []string{roleSession(who.arn), principalSession(who.principal), who.source} {
		if s := sessionOf(name); s != nil {
			return s
		}
	}
	return nil
}

// roleSession gives the session's name in arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/NAME, where ROLE may hold a path.
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

// principalSession gives the session's name in AROA…:NAME, which is all that other accounts learn of a caller.
func principalSession(principal string) string {
	id, name, _ := strings.Cut(principal, ":")
	if !strings.HasPrefix(id, "AROA") {
		return ""
	}
	return name
}
