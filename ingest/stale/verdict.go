package stale

// Verdict is what the graph alone says of a row that no load of the update tag wrote.
type Verdict byte

// The verdicts. Their numbers are those in the queries.
const (
	Removable  Verdict = iota // it is gone, where its scopes were read completely
	Unknown                   // the directory doesn't hold enough to say; or a log's relationship hangs on the node
	Expired                   // a log reported it, earlier than the retention
	Historical                // a log reported it, within the retention
)

// String returns the name of the verdict.
func (v Verdict) String() string {
	return [...]string{"Removable", "Unknown", "Expired", "Historical"}[v]
}

// Owner is what becomes of the node that a relationship belongs to.
type Owner byte

// What becomes of an owner.
const (
	NoOwner Owner = iota // the row is a node, or belongs to none
	Listed               // the directory has it
	Deleted              // it is deleted
	Kept                 // nothing lists it, and it is kept
)

// Row is all that decides whether a row is deleted that the graph has and the directory lacks.
type Row struct {
	Verdict  Verdict
	Complete bool  // its scopes were read completely
	Held     bool  // of a node: a relationship ends at it that is kept
	Owner    Owner // of a relationship
}

// Deleted reports whether the load deletes the row.
func (r Row) Deleted() bool {
	switch {
	case r.Verdict == Expired:
		return true
	case r.Verdict == Historical:
		return false
	case r.Owner == Deleted:
		return true
	case r.Owner == Kept || r.Held:
		return false
	}
	return r.Verdict == Removable && r.Complete
}
