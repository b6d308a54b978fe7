package resolve

import (
	"strconv"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
	"liftgraph/internal/raw"
)

const (
	identityOwn       = iota // a user of this very login is known
	identityAlias            // an e-mail address, and the login of the user it belongs to
	identityTriggered        // who triggered a run
	identityConfirmed        // who confirmed a run of a commit
	identityPerformed        // who did what an audit event records
	identityTargeted         // whom an audit event is about
	identityActor            // which actor outside runs has this e-mail address
)

// KnowUser says that a user with this canonical login exists, and by which other names, in lower case, it is known; "" is none.
func (r *Resolver) KnowUser(login string, names ...string) {
	r.addIdentity(login, identityOwn)
	for _, name := range names {
		if name != "" && name != login {
			r.addIdentity(name, identityAlias, login)
		}
	}
}

// Triggered says that identity, spelled so, triggered a run of commit sha, which may be empty.
func (r *Resolver) Triggered(identity, spelled, run, sha string) {
	r.addIdentity(identity, identityTriggered, run, sha, spelled)
}

// NotTriggered says that no user triggered a run of commit sha, which may be empty.
func (r *Resolver) NotTriggered(run, sha string) {
	if run != "" && sha != "" {
		r.addHub('c', sha, hubFirstRun, run, "")
	}
}

// confirmation is the properties of the CONFIRMED between a user and a run.
type confirmation struct{ At graph.Value }

var confirmedRun = EdgesOf[confirmation](graph.SpaceliftUser, graph.Confirmed, graph.SpaceliftRun)

// Confirmed says that identity, spelled so, confirmed a run of commit sha, which may be empty, at a time in Unix seconds, or 0.
func (r *Resolver) Confirmed(identity, spelled, run, sha string, at int64) {
	r.addIdentity(identity, identityConfirmed, run, sha, spelled, strconv.FormatInt(at, 10))
}

func (r *Resolver) addIdentity(identity string, what byte, more ...string) {
	r.begin(linkIdentity, identity)
	r.value = r.appendOrigin(extsort.AppendTexts(append(r.value[:0], what), more...))
	r.add(r.links)
}

// Pushed says that author wrote a commit which stack ran; urlGitHub reports whether the commit's URL is
// GitHub's, which decides where the stack's provider is not known. GitHub's logins don't differ by letter case.
func (r *Resolver) Pushed(sha, author, stack string, urlGitHub bool) {
	r.begin(linkAuthor, strings.ToLower(author))
	elsewhere := byte(1) // sorts last: the spelling of another provider counts least
	if urlGitHub {
		elsewhere = 0
	}
	r.value = r.appendOrigin(extsort.AppendTexts(append(r.value[:0], elsewhere), author, sha, stack))
	r.add(r.links)
}

// useIdentity passes on that a user did something, now that it is known who it is; listed reports whether the API lists it.
func (r *Resolver) useIdentity(identity, user string, listed bool, value []byte) {
	var run, sha, spelled, at string
	switch value[0] {
	case identityPerformed, identityTargeted:
		r.useAuditIdentity(identity, user, listed, value)
		return
	case identityTriggered:
		r.cutOrigin(r.texts(value[1:], &run, &sha, &spelled))
	default:
		r.cutOrigin(r.texts(value[1:], &run, &sha, &spelled, &at))
	}
	// A run that another stack's run triggered carries that stack's slug.
	if _, isStack := r.stacks[identity]; isStack && value[0] == identityTriggered {
		r.byStacks++
		r.NotTriggered(run, sha)
		return
	}
	if user != identity {
		spelled = "" // it is the user's address, not its login
	}
	r.namedUser(user, spelled)
	if value[0] == identityConfirmed {
		seconds, _ := strconv.ParseInt(at, 10, 64) // which this program wrote
		confirmedRun.Add(r, user, run, confirmation{At: NumOrNone(seconds)})
		if sha != "" {
			r.addHub('c', sha, hubConfirmed, user)
		}
		return
	}
	r.addHub('r', run, hubTriggered, user)
	if sha != "" {
		r.addHub('c', sha, hubFirstRun, run, user)
	}
}

// useAuditIdentity adds the edge between a user and an audit event.
func (r *Resolver) useAuditIdentity(identity, user string, listed bool, value []byte) {
	var event, spelled string
	r.cutOrigin(r.texts(value[1:], &event, &spelled))
	if user != identity {
		spelled = ""
	}
	if value[0] == identityPerformed {
		r.namedUser(user, spelled)
		performed.Add(r, user, event, none{})
		return
	}
	if !listed && raw.IsRunID(strings.ToUpper(identity)) { // a ULID: of a user that is gone, and no login
		r.RejectEdge(unknownUser, graph.Targeted, event, identity)
		return
	}
	r.namedUser(user, spelled)
	targeted[graph.SpaceliftUser].Add(r, event, user, none{})
}
