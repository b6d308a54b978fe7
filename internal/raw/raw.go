// Package raw is what extract hands to transform: one Go type per kind of record, in the words and
// units of the Spacelift API. A raw/ directory holds the same records as JSON, one a line.
//
// A nil pointer is a null of the API, which differs from an empty string. Times are Unix seconds.
package raw

import "reflect"

// Kind names a kind of record, and the folder of its parts: raw/spacelift/KIND/.
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

// table holds one record of every kind, in the order extraction delivers them. A new kind is its type with its Kind
// method, and a line here.
var table = []Record{
	(*Account)(nil), (*Space)(nil), (*Stack)(nil), (*WorkerPool)(nil), (*User)(nil), (*Group)(nil), (*APIKey)(nil), (*Role)(nil), (*Entity)(nil), (*Run)(nil),
	(*APICall)(nil), (*Grant)(nil), (*Instance)(nil), (*ResourceEvent)(nil), (*ActorKey)(nil), (*Coverage)(nil),
	(*AuditEvent)(nil), (*RunState)(nil),
	(*Object)(nil),
}

// types are those of the table's records by their kinds.
var types = func() map[Kind]reflect.Type {
	m := make(map[Kind]reflect.Type, len(table))
	for _, r := range table {
		m[r.Kind()] = reflect.TypeOf(r).Elem()
	}
	return m
}()

// Kinds returns every kind that describes an account, in the order extraction delivers them.
func Kinds() []Kind {
	var kinds []Kind
	for _, r := range table {
		if k := r.Kind(); k != KindObject {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// Record is one of the types below, by pointer.
type Record interface{ Kind() Kind }

// New returns an empty record of a kind, to decode JSON into; nil for an unknown kind.
func New(k Kind) Record {
	t := types[k]
	if t == nil {
		return nil
	}
	return reflect.New(t).Interface().(Record)
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
