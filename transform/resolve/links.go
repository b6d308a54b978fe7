package resolve

// The links pass: one sorter, a tag for each kind of link. What an identity is comes before where it is used.
const (
	linkIdentity = 'i'
	linkAuthor   = 'a'
	linkEntity   = 'e'
)

// link is the identity, author or entity at hand in the links pass.
type link struct {
	r       *Resolver
	key     []byte
	fresh   bool   // the pair is the first of its key
	name    string // the identity
	user    string // whose it is
	own     bool   // the identity is a user's login
	aliases int    // how many users have it for an address
	named   bool   // a run, a commit or an audit event names it
	author  string // the spelling of an author's login that came first
}

func (r *Resolver) passLinks() error {
	l := link{r: r}
	return r.scan(r.links, func(key, value []byte) error {
		if l.fresh = string(key) != string(l.key); l.fresh {
			l.key = append(l.key[:0], key...)
		}
		switch key[0] {
		case linkIdentity:
			l.identity(value)
		case linkAuthor:
			l.commit(value)
		default:
			l.entity(value)
		}
		return nil
	})
}

// identity learns whose an identity is, and then passes on what its user did.
func (l *link) identity(value []byte) {
	if l.fresh {
		l.aliases, l.own, l.named = 0, false, false
		l.r.keyTexts(l.key, &l.name)
		l.user = l.name
	}
	switch value[0] {
	case identityOwn:
		l.own = true
	case identityAlias:
		var login string
		l.r.texts(value[1:], &login)
		// An address that two users share identifies neither, and a login is stronger than an address.
		if l.aliases++; l.aliases == 1 && !l.own {
			l.user = login
		} else if login != l.user {
			l.user = l.name
		}
	case identityActor:
		var actor string
		l.r.texts(value[1:], &actor)
		if l.own || l.aliases > 0 || l.named {
			l.r.actorIs(actor, l.user)
		}
	default:
		l.named = true
		l.r.useIdentity(l.name, l.user, l.own || l.aliases > 0, value)
	}
}

// commit passes on a commit on GitHub under the one spelling of its author's login.
func (l *link) commit(value []byte) {
	var spelled, sha, stackID string
	l.r.cutOrigin(l.r.texts(value[1:], &spelled, &sha, &stackID))
	if l.fresh {
		l.author = spelled
	}
	github := value[0] == 0
	if s := l.r.stacks[stackID]; s.provided {
		github = s.github
	}
	if github {
		l.r.addHub('c', sha, hubPushed, l.author)
	}
}

// entity passes on the newest copy of an entity.
func (l *link) entity(value []byte) {
	if !l.fresh {
		l.r.records.Deduplicated++
		return
	}
	l.r.records.Out++
	l.r.newestEntity(l.key, value)
}
