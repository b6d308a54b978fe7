// Package resolve joins what single records say into the finished graph, in memory that doesn't grow with it.
//
// Records come apart into fragments: a node's properties, an edge, an id that is known, an id that was
// sanitized, a name that may be another name's alias. Fragments go into external sorters, and each join is
// a pass over one of them in the order of its key:
//
//	states     what the API says of a run replaces what the webhook says (states.go)
//	references which users are in a group, by either side's word               (access.go)
//	members    what the groups' roles give them                                (access.go)
//	events     the copies of a CloudTrail event are one                        (events.go)
//	keys       which run an access key was given to, through chained roles     (keys.go)
//	audits     an audit event that came from the webhook and from the API is one (audit.go)
//	links      who an identity is; which of an entity's copies is the newest   (links.go)
//	digests    which instance a sanitized id stands for                        (digests.go)
//	hubs       runs and commits, with all that needs one to exist              (hubs.go)
//	rows       every other node and every edge, ready to be written            (rows.go)
//
// A pass feeds only later ones. In memory are the ids of spaces, stacks, pools and roles, and nothing else that grows.
package resolve

import (
	"cmp"
	"errors"
	"fmt"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/extsort"
	"liftgraph/internal/raw"
)

// Config is what a Resolver needs.
type Config struct {
	TempDir   string // for the sorters
	Memory    int    // bytes for each sorter's buffers; the sorter's default if 0
	UpdateTag int64  // Unix seconds
	StubRuns  bool   // runs that only CloudTrail names become nodes
	Resources string // of which AWS resources runs' AFFECTED is there: All, None, else of EC2 instances
	Changes   string // changes outside runs: All, Managed (of what a stack manages), else none
	Reject    func(raw.Rejected) error
	Stop      func() error      // asked now and then; an error of it ends the work; may be nil
	Pass      func(name string) // called when a pass begins; may be nil
}

// Resolver takes fragments, and then writes the graph. It keeps the first error, which is the disk's: what is added after it is dropped,
// [Resolver.Err] returns it, and so does [Resolver.Finish]. It isn't safe for concurrent use.
type Resolver struct {
	cfg                                  Config
	account                              string
	spaces                               map[string]struct{}
	stacks                               map[string]stack
	pools                                map[string]struct{}
	events, grants, keyedCalls, audits   *extsort.Sorter
	links, digests, hubs, rows           *extsort.Sorter
	states, references, members          *extsort.Sorter
	roles                                map[string]string // names by ids
	names, candidates, managed, touches  *extsort.Sorter
	knownOfType                          map[string]int64 // resources that entities may be, by type
	byType                               map[string]*dataset.ResourceCounts
	coverage                             map[[2]string]*dataset.Reach    // by account and region
	recentStubs                          map[stubKey]struct{}            // of the source at hand
	recentOf                             map[string]map[stubKey]struct{} // by source
	recentInstances                      map[raw.Instance]struct{}
	slugDigests                          map[string][]string // slugs of stacks by their digests, made when first needed
	key, value                           []byte
	records, calls, audit, edges         dataset.Ledger
	notes                                []string
	sanitized                            dataset.SanitizedIDs
	nodeRows, relationshipRows, byStacks int64

	taken  []uint64 // records by the number of their kind
	origin origin   // of what is taken or passed on
	row    graph.Row
	err    error // the first one

	// Reported takes what the webhook says of a run, when [Resolver.Finish] knows whether the API lists that run.
	Reported func(s *raw.RunState, listed bool)
}

// stack is what is kept of a stack in memory.
type stack struct{ provided, github bool }

// New makes a Resolver.
func New(cfg Config) *Resolver {
	if cfg.Stop == nil {
		cfg.Stop = func() error { return nil }
	}
	if cfg.Pass == nil {
		cfg.Pass = func(string) {}
	}
	r := &Resolver{
		cfg:    cfg,
		spaces: map[string]struct{}{}, stacks: map[string]stack{}, pools: map[string]struct{}{}, roles: map[string]string{},
		knownOfType: map[string]int64{}, byType: map[string]*dataset.ResourceCounts{}, coverage: map[[2]string]*dataset.Reach{},
		taken: make([]uint64, len(raw.Kinds())+1), recentOf: map[string]map[stubKey]struct{}{}, recentInstances: map[raw.Instance]struct{}{},
		records: dataset.NewLedger("transform", sourceSpacelift, "records"),
		calls:   dataset.NewLedger("transform", sourceCloudTrail, "records"),
		audit:   dataset.NewLedger("transform", sourceAuditTrail, "records"),
		edges:   dataset.NewLedger("transform", "relationships", "relationships"),
	}
	for _, s := range r.sorters() {
		*s = r.newSorter()
	}
	return r
}

// The sources of records.
const (
	sourceSpacelift  = "spacelift"
	sourceCloudTrail = "cloudtrail"
	sourceAuditTrail = "audittrail"
)

func (r *Resolver) newSorter() *extsort.Sorter {
	return extsort.New(extsort.Config{Dir: r.cfg.TempDir, Memory: r.cfg.Memory, Stop: r.cfg.Stop})
}

func (r *Resolver) sorters() []**extsort.Sorter {
	return []**extsort.Sorter{&r.events, &r.grants, &r.keyedCalls, &r.audits, &r.links, &r.digests, &r.hubs, &r.rows, &r.names, &r.candidates, &r.managed, &r.touches, &r.states, &r.references, &r.members}
}

// Result is what came out.
type Result struct {
	Records       dataset.Ledger // in records of Spacelift
	Calls         dataset.Ledger // in records of CloudTrail
	Audit         dataset.Ledger // in records of the audit trail
	Relationships dataset.Ledger // in edges, from the first that a record suggested to those written
	Sanitized     dataset.SanitizedIDs
	Nodes, Edges  int64 // rows written
	ByStacks      int64 // runs that another stack's run triggered, so that they have no TRIGGERED edge
	Notes         []string
	Resources     map[string]dataset.ResourceCounts // of entities, by type
	Coverage      []dataset.Reach
}

// Finish runs the passes and writes the graph into sink.
func (r *Resolver) Finish(sink graph.Sink) (*Result, error) {
	if r.err != nil {
		return nil, r.err
	}
	r.remember("resolution")
	for _, pass := range []struct {
		name string
		run  func() error
	}{
		{"run states", r.passStates},
		{"groups and their members", r.passAccess},
		{"CloudTrail events", r.passEvents},
		{"chained roles", r.passKeys},
		{"the audit trail", r.passAudits},
		{"identities and entities", r.passLinks},
		{"sanitized ids", r.passDigests},
		{"names of resources", r.passNames},
		{"entities", r.passCandidates},
		{"managed resources", r.passManaged},
		{"runs and commits", func() error { return r.passHubs(sink) }},
		{"calls", r.passTouches},
		{"rows", func() error { return r.passRows(sink) }},
	} {
		r.cfg.Pass(pass.name)
		if err := cmp.Or(pass.run(), r.err); err != nil {
			return nil, fmt.Errorf("resolve %s: %w", pass.name, err)
		}
	}
	return &Result{
		Records: r.records, Calls: r.calls, Audit: r.audit, Relationships: r.edges, Sanitized: r.sanitized,
		Nodes: r.nodeRows, Edges: r.relationshipRows, ByStacks: r.byStacks, Notes: r.notes,
		Resources: r.resourceCounts(), Coverage: r.sortedCoverage(),
	}, nil
}

// Close frees the sorters that [Resolver.Finish] did not reach.
func (r *Resolver) Close() error {
	var err error
	for _, s := range r.sorters() {
		err = errors.Join(err, (*s).Close())
	}
	return err
}

// askEvery is after how many pairs a pass asks whether to go on.
const askEvery = 1 << 12

// scan sorts s and calls f for each pair.
func (r *Resolver) scan(s *extsort.Sorter, f func(key, value []byte) error) (err error) {
	it, err := s.Sort()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for n := 1; it.Next(); n++ {
		if n%askEvery == 0 {
			if err := r.cfg.Stop(); err != nil {
				return err
			}
		}
		if err := f(it.Key(), it.Value()); err != nil {
			return err
		}
		if r.err != nil {
			return r.err
		}
	}
	return cmp.Or(it.Err(), r.err)
}
