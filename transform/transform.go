// Package transform turns raw records into the graph: one file per kind of record says which nodes
// and edges it gives, and package resolve joins them.
package transform

import (
	"encoding/json"
	"fmt"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// Config is what a Transformer needs.
type Config struct {
	TempDir   string                   // for spill files
	Memory    int                      // bytes for each sorter's buffers; the sorter's default if 0
	UpdateTag int64                    // Unix seconds; written to every row
	StubRuns  bool                     // runs that only CloudTrail names become nodes
	Reject    func(raw.Rejected) error // takes what is quarantined
	Stop      func() error             // asked now and then; an error of it ends the work; may be nil
	Pass      func(name string)        // called when a pass of the resolution begins; may be nil
}

// Transformer takes records in any order but that the account comes first, and then writes the graph.
// It isn't safe for concurrent use.
type Transformer struct {
	*resolve.Resolver
	inventory dataset.Ledger
	offsets   map[raw.Kind]int64 // records seen, by kind
	reject    func(raw.Rejected) error
}

// Result is what came out.
type Result struct {
	Ledger    []dataset.Ledger
	Sanitized dataset.SanitizedIDs
	Notes     []string
	Nodes     int64 // rows
	Edges     int64 // rows
}

// New makes a Transformer.
func New(cfg Config) *Transformer {
	return &Transformer{
		Resolver:  resolve.New(resolve.Config(cfg)),
		inventory: dataset.NewLedger("transform", "instance_inventory", "lines"),
		offsets:   map[raw.Kind]int64{},
		reject:    cfg.Reject,
	}
}

// Add takes a record apart. An error is the disk's: a record that can't be used is quarantined.
func (t *Transformer) Add(rec raw.Record) error {
	t.Took(rec.Kind())
	t.offsets[rec.Kind()]++
	switch r := rec.(type) {
	case *raw.Account:
		return t.account(r)
	case *raw.Space:
		return t.space(r)
	case *raw.Stack:
		return t.stack(r)
	case *raw.WorkerPool:
		return t.workerPool(r)
	case *raw.User:
		return t.user(r)
	case *raw.Group:
		return t.group(r)
	case *raw.APIKey:
		return t.apiKey(r)
	case *raw.Role:
		// A binding carries its role's slug.
		t.Filter("role_definition")
		return nil
	case *raw.Entity:
		return t.entity(r)
	case *raw.Run:
		return t.run(r)
	case *raw.APICall:
		return t.apiCall(r)
	case *raw.Grant:
		return t.grant(r)
	case *raw.Instance:
		return t.instance(r)
	case *raw.AuditEvent:
		return t.auditEvent(r)
	case *raw.RunState:
		return t.runState(r)
	}
	return fmt.Errorf("transform: no mapping for records of kind %q", rec.Kind())
}

// Finish resolves what was added and writes every table into sink.
func (t *Transformer) Finish(sink graph.Sink) (*Result, error) {
	res, err := t.Resolver.Finish(sink)
	if err != nil {
		return nil, err
	}
	out := &Result{Sanitized: res.Sanitized, Nodes: res.Nodes, Edges: res.Edges, Notes: res.Notes}
	for _, l := range []dataset.Ledger{res.Records, res.Calls, res.Audit, t.inventory} {
		if l.In > 0 {
			out.Ledger = append(out.Ledger, l)
		}
	}
	out.Ledger = append(out.Ledger, res.Relationships)
	if n := res.Records.Filtered[groupRules]; n > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%d user groups grant access to spaces, but the API does not tell who is in a group: their rules give no HAS_ROLE_IN edges", n))
	}
	if res.ByStacks > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%d runs were triggered by another stack's run: nobody TRIGGERED them", res.ByStacks))
	}
	for i := range out.Ledger {
		if err := out.Ledger[i].Check(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// quarantine puts a record aside for a reason.
func (t *Transformer) quarantine(rec raw.Record, reason, detail string) error {
	b, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	return t.Quarantine(raw.Rejected{Kind: rec.Kind(), Offset: t.offsets[rec.Kind()], Reason: reason, Detail: detail, Record: json.RawMessage(b)})
}

// notAKey explains invalidID.
const notAKey = "an id is neither empty nor longer than 4096 bytes, and has no control characters"

// Reasons for which a record is put aside.
const (
	invalidID         = "invalid_id"
	invalidInstanceID = "invalid_instance_id"
	noInstanceID      = "no_instance_id"
	malformed         = "malformed"
)

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func derefInt(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
