package resolve

import (
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/raw"
)

const (
	identityOwn       = iota // a user of this very login is known
	identityAlias            // an e-mail address, and the login of the user it belongs to
	identityTriggered        // who triggered a run
	identityConfirmed        // who confirmed a run of a commit
	identityPerformed        // who did what an audit event tells
	identityTargeted         // whom an audit event is about
)

// KnowUser says that a user with this canonical login exists, and by which other names, in lower case, it is known; "" is none.
func (r *Resolver) KnowUser(login string, names ...string) error {
	if err := r.addIdentity(login, identityOwn); err != nil {
		return err
	}
	for _, name := range names {
		if name == "" || name == login {
			continue
		}
		if err := r.addIdentity(name, identityAlias, login); err != nil {
			return err
		}
	}
	return nil
}

// Triggered says that identity, spelled so, triggered a run of commit sha, which may be empty.
func (r *Resolver) Triggered(identity, spelled, run, sha string) error {
	return r.addIdentity(identity, identityTriggered, run, sha, spelled)
}

// TriggeredByNobody says that no user triggered a run of commit sha, which may be empty.
func (r *Resolver) TriggeredByNobody(run, sha string) error {
	if run == "" || sha == "" {
		return nil
	}
	return r.addHub('c', sha, hubFirstRun, run, "")
}

// Confirmed says that identity, spelled so, confirmed a run of commit sha.
func (r *Resolver) Confirmed(identity, spelled, sha string) error {
	return r.addIdentity(identity, identityConfirmed, sha, spelled)
}

func (r *Resolver) addIdentity(identity string, what byte, more ...string) error {
	r.key = appendKey(r.key[:0], linkIdentity, identity)
	r.value = appendTexts(append(r.value[:0], what), more...)
	return r.links.Add(r.key, r.value)
}

// Pushed says that author wrote a commit which stack ran; urlGitHub tells whether the commit's URL is
// GitHub's, which decides where the stack is not known. GitHub's logins don't differ by letter case.
func (r *Resolver) Pushed(sha, author, stack string, urlGitHub bool) error {
	r.key = appendKey(r.key[:0], linkAuthor, strings.ToLower(author))
	elsewhere := byte(1) // sorts last: the spelling of another provider counts least
	if urlGitHub {
		elsewhere = 0
	}
	r.value = appendTexts(append(r.value[:0], elsewhere), author, sha, stack)
	return r.links.Add(r.key, r.value)
}

// useIdentity passes on that a user did something, now that it is known who it is; listed tells whether the API lists it.
func (r *Resolver) useIdentity(identity, user string, listed bool, value []byte) error {
	var run, sha, spelled string
	var err error
	switch value[0] {
	case identityPerformed, identityTargeted:
		return r.useAuditIdentity(identity, user, listed, value)
	}
	if value[0] == identityTriggered {
		_, err = texts(value[1:], &run, &sha, &spelled)
	} else {
		_, err = texts(value[1:], &sha, &spelled)
	}
	if err != nil {
		return err
	}
	// A run that another stack's run triggered carries that stack's slug.
	if _, isStack := r.stacks[identity]; isStack && value[0] == identityTriggered {
		r.byStacks++
		return r.TriggeredByNobody(run, sha)
	}
	if user != identity {
		spelled = "" // it is the user's address, not its login
	}
	if err := r.namedUser(user, spelled); err != nil {
		return err
	}
	if value[0] == identityConfirmed {
		return r.addHub('c', sha, hubConfirmed, user)
	}
	if err := r.addHub('r', run, hubTriggered, user); err != nil || sha == "" {
		return err
	}
	return r.addHub('c', sha, hubFirstRun, run, user)
}

// useAuditIdentity adds the edge between a user and an audit event.
func (r *Resolver) useAuditIdentity(identity, user string, listed bool, value []byte) error {
	var event, spelled string
	if _, err := texts(value[1:], &event, &spelled); err != nil {
		return err
	}
	if user != identity {
		spelled = ""
	}
	if value[0] == identityPerformed {
		if err := r.namedUser(user, spelled); err != nil {
			return err
		}
		return r.Edge(performed, user, event)
	}
	if !listed && isULID(identity) { // the id of a user that is gone, and no login
		return r.RejectEdge(unknown[graph.SpaceliftUser], graph.Targeted, event, identity)
	}
	if err := r.namedUser(user, spelled); err != nil {
		return err
	}
	return r.Edge(targeted[graph.SpaceliftUser], event, user)
}

// isULID reports whether an identity, which is in lower case, has the form of a ULID.
func isULID(s string) bool {
	return s == strings.ToLower(s) && raw.IsRunID(strings.ToUpper(s))
}

// namedUser adds a user with what its name tells.
func (r *Resolver) namedUser(id, spelled string) error {
	row := []graph.Value{graph.Text(id), {}, {}, {}, {}}
	if spelled != "" {
		row[1] = graph.Text(spelled)
	}
	switch {
	case strings.HasPrefix(id, APIKeyPrefix):
		row[4] = graph.Text(Machine)
	case strings.Contains(id, "@"):
		row[2], row[4] = graph.Text(id), graph.Text(Human)
	}
	return r.stub(graph.SpaceliftUser, row...)
}

// The values of user_type.
const (
	Human   = "human"
	Machine = "machine"
)

// APIKeyPrefix begins the identity of an API key.
const APIKeyPrefix = "api::"
