// Package raw is what extract hands to transform: one Go type per kind of record, in the words and
// units of the Spacelift API. A raw/ directory holds the same records as JSON, one a line.
//
// A nil pointer is a null of the API, which differs from an empty string. Times are Unix seconds.
package raw

// Kind names a kind of record, and the folder its parts lie in: raw/spacelift/KIND/.
type Kind string

// The kinds, in the order extraction delivers them.
const (
	KindAccount    Kind = "account"
	KindSpace      Kind = "space"
	KindStack      Kind = "stack"
	KindWorkerPool Kind = "worker_pool"
	KindUser       Kind = "user"
	KindGroup      Kind = "group"
	KindAPIKey     Kind = "api_key"
	KindRole       Kind = "role"
	KindEntity     Kind = "entity"
	KindRun        Kind = "run"

	KindAPICall  Kind = "api_call"
	KindGrant    Kind = "grant"
	KindInstance Kind = "instance"

	KindResourceEvent Kind = "resource_event"
	KindActorKey      Kind = "actor_key"
	KindCoverage      Kind = "coverage"

	KindAuditEvent Kind = "audit_event"
	KindRunState   Kind = "run_state"

	KindObject Kind = "object" // beside them: what was read
)

// Kinds gives every kind that tells of an account, in the order extraction delivers them.
func Kinds() []Kind {
	return []Kind{KindAccount, KindSpace, KindStack, KindWorkerPool, KindUser, KindGroup, KindAPIKey, KindRole, KindEntity, KindRun, KindAPICall, KindGrant, KindInstance, KindResourceEvent, KindActorKey, KindCoverage, KindAuditEvent, KindRunState}
}

// Record is one of the types below, by pointer.
type Record interface{ Kind() Kind }

// New gives an empty record of a kind, to decode JSON into; nil for an unknown kind.
func New(k Kind) Record {
	switch k {
	case KindAccount:
		return new(Account)
	case KindSpace:
		return new(Space)
	case KindStack:
		return new(Stack)
	case KindWorkerPool:
		return new(WorkerPool)
	case KindUser:
		return new(User)
	case KindGroup:
		return new(Group)
	case KindAPIKey:
		return new(APIKey)
	case KindRole:
		return new(Role)
	case KindEntity:
		return new(Entity)
	case KindRun:
		return new(Run)
	case KindAPICall:
		return new(APICall)
	case KindGrant:
		return new(Grant)
	case KindInstance:
		return new(Instance)
	case KindResourceEvent:
		return new(ResourceEvent)
	case KindActorKey:
		return new(ActorKey)
	case KindCoverage:
		return new(Coverage)
	case KindAuditEvent:
		return new(AuditEvent)
	case KindRunState:
		return new(RunState)
	case KindObject:
		return new(Object)
	}
	return nil
}

// Kind implements [Record].
func (*Account) Kind() Kind { return KindAccount }

// Kind implements [Record].
func (*Space) Kind() Kind { return KindSpace }

// Kind implements [Record].
func (*Stack) Kind() Kind { return KindStack }

// Kind implements [Record].
func (*WorkerPool) Kind() Kind { return KindWorkerPool }

// Kind implements [Record].
func (*User) Kind() Kind { return KindUser }

// Kind implements [Record].
func (*Group) Kind() Kind { return KindGroup }

// Kind implements [Record].
func (*APIKey) Kind() Kind { return KindAPIKey }

// Kind implements [Record].
func (*Role) Kind() Kind { return KindRole }

// Kind implements [Record].
func (*Entity) Kind() Kind { return KindEntity }

// Kind implements [Record].
func (*Run) Kind() Kind { return KindRun }
