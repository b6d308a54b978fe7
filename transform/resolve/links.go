package resolve

import (
	"strings"

	"liftgraph/graph"
)

// The links pass: one sorter, a tag for each kind of link. What an identity is comes before where it is used.
const (
	linkIdentity = 'i'
	linkAuthor   = 'a'
	linkEntity   = 'e'
)

const (
	identityOwn       = iota // a user of this very login is known
	identityAlias            // an e-mail address, and the login of the user it belongs to
	identityTriggered        // who triggered a run
	identityConfirmed        // who confirmed a run of a commit
)

// KnowUser says that a user with this canonical login exists, and that email, if not empty, is another name for it.
func (r *Resolver) KnowUser(login, email string) error {
	if err := r.addIdentity(login, identityOwn); err != nil || email == "" || email == login {
		return err
	}
	return r.addIdentity(email, identityAlias, login)
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

// pushed passes on a commit on GitHub under the one spelling of its author's login.
func (r *Resolver) pushed(author, sha, stackID string, urlGitHub bool) error {
	github := urlGitHub
	if s, ok := r.stacks[stackID]; ok {
		github = s.github
	}
	if !github {
		return nil
	}
	return r.addHub('c', sha, hubPushed, author)
}

// Entity is a managed resource that may be an instance, or a stack that another one manages.
type Entity struct {
	Stack, ID        string
	Updated          int64  // Unix seconds
	Object, ARN      string // maybe sanitized
	Creator, Updater string // run ids, maybe empty
	ManagesStack     bool   // Object is the slug of a stack
}

// Entity adds a managed resource.
func (r *Resolver) Entity(e *Entity) error {
	r.key = appendKey(r.key[:0], linkEntity, e.Stack, e.ID)
	r.value = appendNewestFirst(r.value[:0], e.Updated)
	flag := byte(0)
	if e.ManagesStack {
		flag = 1
	}
	r.value = appendTexts(append(r.value, flag), e.Object, e.ARN, e.Creator, e.Updater)
	return r.links.Add(r.key, r.value)
}

func (r *Resolver) passLinks() error {
	var (
		last           []byte
		identity, user string
		aliases        int // how many users the identity is an alias of
		own            bool
		author         string // the spelling of an author's login that came first
	)
	return scan(r.links, func(key, value []byte) error {
		fresh := string(key) != string(last)
		last = append(last[:0], key...)
		if key[0] == linkEntity {
			if !fresh {
				r.records.Deduplicated++
				return nil
			}
			r.records.Out++
			return r.newestEntity(key, value)
		}
		if key[0] == linkAuthor {
			var spelled, sha, stackID string
			if _, err := texts(value[1:], &spelled, &sha, &stackID); err != nil {
				return err
			}
			if fresh {
				author = spelled
			}
			return r.pushed(author, sha, stackID, value[0] == 0)
		}
		if fresh {
			var id [1]string
			if err := keyTexts(key, id[:]); err != nil {
				return err
			}
			identity, user, aliases, own = id[0], id[0], 0, false
		}
		switch value[0] {
		case identityOwn:
			own = true
			return nil
		case identityAlias:
			var login string
			if _, err := texts(value[1:], &login); err != nil {
				return err
			}
			// An address that two users share tells nothing, and a login is stronger than an address.
			if aliases++; aliases == 1 && !own {
				user = login
			} else if login != user {
				user = identity
			}
			return nil
		}
		return r.useIdentity(identity, user, value)
	})
}

// useIdentity passes on that a user did something, now that it is known who it is.
func (r *Resolver) useIdentity(identity, user string, value []byte) error {
	var run, sha, spelled string
	var err error
	if value[0] == identityTriggered {
		_, err = texts(value[1:], &run, &sha, &spelled)
	} else {
		_, err = texts(value[1:], &sha, &spelled)
	}
	if err != nil {
		return err
	}
	// A run that another stack's run triggered carries that stack's slug.
	if _, isStack := r.stacks[identity]; isStack {
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

func (r *Resolver) newestEntity(key, value []byte) error {
	var e Entity
	var id [2]string
	if err := keyTexts(key, id[:]); err != nil {
		return err
	}
	e.Stack, e.ID = id[0], id[1]
	e.ManagesStack = value[8] == 1
	if _, err := texts(value[9:], &e.Object, &e.ARN, &e.Creator, &e.Updater); err != nil {
		return err
	}
	if e.ManagesStack {
		return r.managedStack(&e)
	}
	if IsInstanceID(e.Object) {
		return r.affect(&e, e.Object, "plain")
	}
	if i := strings.LastIndex(e.ARN, ":instance/"); i >= 0 && IsInstanceID(e.ARN[i+len(":instance/"):]) {
		return r.affect(&e, e.ARN[i+len(":instance/"):], "plain")
	}
	return r.addDigest(&e)
}

var stackContainsStack = graph.RelationshipTable(graph.SpaceliftStack, graph.Contains, graph.SpaceliftStack)

// managedStack finds the stack that an entity stands for; all slugs are in memory.
func (r *Resolver) managedStack(e *Entity) error {
	if _, ok := r.stacks[e.Object]; ok {
		return r.Edge(stackContainsStack, e.Stack, e.Object)
	}
	switch slugs := r.slugs()[e.Object]; {
	case len(slugs) == 1:
		r.sanitized.Resolved++
		return r.Edge(stackContainsStack, e.Stack, slugs[0])
	case len(slugs) > 1:
		r.sanitized.Ambiguous++
		r.edges.Filtered["sanitized_id_ambiguous"]++
	case IsDigest(e.Object):
		r.sanitized.Unresolved++
		r.edges.Filtered["sanitized_id_unresolved"]++
	default:
		r.edges.In++
		return r.rejectEdge(unknown[graph.SpaceliftStack], graph.Contains, e.Stack, e.Object)
	}
	r.edges.In++
	return nil
}

// slugs gives the known slugs by their digests.
func (r *Resolver) slugs() map[string][]string {
	if r.slugDigests == nil {
		r.slugDigests = map[string][]string{}
		for slug := range r.stacks {
			for _, d := range Digests(slug) {
				r.slugDigests[d] = append(r.slugDigests[d], slug)
			}
		}
	}
	return r.slugDigests
}
