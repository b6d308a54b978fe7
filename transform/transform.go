// Package transform turns raw records into the graph: one file per kind of record says which nodes
// and edges are made of it, and package resolve joins them.
package transform

import (
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
	Resources string                   // of which AWS resources runs' AFFECTED is there: resolve.All, resolve.None, else of EC2 instances
	Changes   string                   // changes outside runs: resolve.All, resolve.Managed (of what a stack manages), else none
	Reject    func(raw.Rejected) error // takes what is quarantined
	Stop      func() error             // asked now and then; an error of it ends the work; may be nil
	Pass      func(name string)        // called when a pass of the resolution begins; may be nil
}

// Transformer takes records in any order but that the account comes first, and then writes the graph.
// It isn't safe for concurrent use.
type Transformer struct {
	r         *resolve.Resolver
	inventory dataset.Ledger
	resources bool // entities of every type are resources

	noInstances bool // runs affect no instance
}

// Result is what came out.
type Result struct {
	Ledger    []dataset.Ledger
	Sanitized dataset.SanitizedIDs
	Notes     []string
	Resources map[string]dataset.ResourceCounts // of entities, by type
	Coverage  []dataset.Reach                   // of CloudTrail's events
	Nodes     int64                             // rows
	Edges     int64                             // rows
}

// New makes a Transformer.
func New(cfg Config) *Transformer {
	t := &Transformer{
		resources: resolve.Config(cfg).Manages(), noInstances: cfg.Resources == resolve.None,
		r:         resolve.New(resolve.Config(cfg)),
		inventory: dataset.NewLedger("transform", "instance_inventory", "lines"),
	}
	t.r.Reported = t.reported
	return t
}

// Add takes a record apart. An error is the disk's: a record that can't be used is quarantined.
func (t *Transformer) Add(rec raw.Record) error {
	t.r.Begin(rec.Kind())
	mapping, ok := mappings[rec.Kind()]
	if !ok {
		return fmt.Errorf("transform: no mapping for records of kind %q", rec.Kind())
	}
	mapping(t, rec)
	return t.r.Err()
}

// mappings say what is made of records, kind by kind.
var mappings = checked(map[raw.Kind]mapping{
	raw.KindAccount:    as((*Transformer).account),
	raw.KindSpace:      as((*Transformer).space),
	raw.KindStack:      as((*Transformer).stack),
	raw.KindWorkerPool: as((*Transformer).workerPool),
	raw.KindUser:       as((*Transformer).user),
	raw.KindGroup:      as((*Transformer).group),
	raw.KindAPIKey:     as((*Transformer).apiKey),
	raw.KindRole:       as((*Transformer).role),
	raw.KindEntity:     as((*Transformer).entity),
	raw.KindRun:        as((*Transformer).run),
	raw.KindAPICall:    as((*Transformer).apiCall),
	raw.KindGrant:      as((*Transformer).grant),
	raw.KindInstance:   as((*Transformer).instance),
	raw.KindAuditEvent: as((*Transformer).auditEvent),
	raw.KindRunState:   as((*Transformer).runState),

	raw.KindResourceEvent: as((*Transformer).resourceEvent),
	raw.KindActorKey:      as((*Transformer).actorKey),
	raw.KindCoverage:      as((*Transformer).coverage),
})

type mapping func(*Transformer, raw.Record)

// as returns a mapping of records of one type.
func as[R raw.Record](f func(*Transformer, R)) mapping {
	return func(t *Transformer, rec raw.Record) { f(t, rec.(R)) }
}

// checked returns the mappings, and panics when the program starts where a kind of record has none.
func checked(m map[raw.Kind]mapping) map[raw.Kind]mapping {
	for _, k := range raw.Kinds() {
		if m[k] == nil {
			panic(fmt.Sprintf("transform: records of kind %q have no mapping: add one to mappings", k))
		}
	}
	return m
}

// Finish resolves what was added and writes every table into sink.
func (t *Transformer) Finish(sink graph.Sink) (*Result, error) {
	res, err := t.r.Finish(sink)
	if err != nil {
		return nil, err
	}
	out := &Result{Sanitized: res.Sanitized, Nodes: res.Nodes, Edges: res.Edges, Notes: res.Notes, Resources: res.Resources, Coverage: res.Coverage}
	for _, l := range []dataset.Ledger{res.Records, res.Calls, res.Audit, t.inventory} {
		if l.In > 0 {
			out.Ledger = append(out.Ledger, l)
		}
	}
	out.Ledger = append(out.Ledger, res.Relationships)
	if res.ByStacks > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%d runs were triggered by another stack's run: no user TRIGGERED them", res.ByStacks))
	}
	for i := range out.Ledger {
		if err := out.Ledger[i].Check(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// MissingEnd reports whether a reason code of the quarantine is that of a relationship with an end that no source listed.
func MissingEnd(reason string) bool { return resolve.MissingEnd(reason) }

// Close frees what [Transformer.Finish] did not reach.
func (t *Transformer) Close() error { return t.r.Close() }

// quarantine quarantines the record at hand.
func (t *Transformer) quarantine(rec raw.Record, reason, detail string) {
	t.r.Quarantine(reason, detail, rec)
}

// role makes nothing but a name: a group's binding has its role's id only.
func (t *Transformer) role(r *raw.Role) {
	t.r.Role(r.ID, roleName(r))
	t.r.Filter("role_definition")
}

// Reasons for which a record is quarantined.
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
