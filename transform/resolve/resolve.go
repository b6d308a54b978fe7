// Package resolve joins what single records say into the finished graph, in memory that doesn't grow with it.
//
// Records come apart into fragments: a node's properties, an edge, an id that is known, an id that was
// sanitized, a name that may be another name's alias. Fragments go into external sorters, and each join is
// a pass over one of them in the order of its key:
//
//	links      who an identity is; which of an entity's copies is the newest   (links.go)
//	digests    which instance a sanitized id stands for                        (digests.go)
//	hubs       runs and commits, with all that needs one to exist              (hubs.go)
//	rows       every other node and every edge, ready to be written            (rows.go)
//
// A pass feeds only later ones. In memory are the ids of spaces, stacks and pools, and nothing else that grows.
package resolve

import (
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
	Reject    func(raw.Rejected) error
	Stop      func() error      // asked now and then; an error of it ends the work; may be nil
	Pass      func(name string) // called when a pass begins; may be nil
}

// Resolver takes fragments, and then writes the graph. It isn't safe for concurrent use.
type Resolver struct {
	cfg                                  Config
	account                              string
	spaces                               map[string]struct{}
	stacks                               map[string]stack
	pools                                map[string]struct{}
	links, digests, hubs, rows           *extsort.Sorter
	recentStubs                          map[stubKey]struct{}
	slugDigests                          map[string][]string // slugs of stacks by their digests, made when first needed
	key, value                           []byte
	records, edges                       dataset.Ledger
	sanitized                            dataset.SanitizedIDs
	nodeRows, relationshipRows, byStacks int64
}

// stack is what is kept of a stack in memory.
type stack struct{ github bool }

// New makes a Resolver.
func New(cfg Config) *Resolver {
	if cfg.Stop == nil {
		cfg.Stop = func() error { return nil }
	}
	if cfg.Pass == nil {
		cfg.Pass = func(string) {}
	}
	sorter := func() *extsort.Sorter {
		return extsort.New(extsort.Config{Dir: cfg.TempDir, Memory: cfg.Memory, Stop: cfg.Stop})
	}
	return &Resolver{
		cfg:    cfg,
		spaces: map[string]struct{}{}, stacks: map[string]stack{}, pools: map[string]struct{}{},
		links: sorter(), digests: sorter(), hubs: sorter(), rows: sorter(),
		recentStubs: map[stubKey]struct{}{},
		records:     dataset.NewLedger("transform", "spacelift", "records"),
		edges:       dataset.NewLedger("transform", "relationships", "relationships"),
	}
}

// Result is what came out.
type Result struct {
	Records       dataset.Ledger // in records of the source
	Relationships dataset.Ledger // in edges, from the first that a record suggested to those written
	Sanitized     dataset.SanitizedIDs
	Nodes, Edges  int64 // rows written
	ByStacks      int64 // runs that another stack's run triggered, so that they have no TRIGGERED edge
}

// Finish runs the passes and writes the graph into sink.
func (r *Resolver) Finish(sink graph.Sink) (*Result, error) {
	for _, pass := range []struct {
		name string
		run  func() error
	}{
		{"identities and entities", r.passLinks},
		{"sanitized ids", r.passDigests},
		{"runs and commits", func() error { return r.passHubs(sink) }},
		{"rows", func() error { return r.passRows(sink) }},
	} {
		r.cfg.Pass(pass.name)
		if err := pass.run(); err != nil {
			return nil, fmt.Errorf("resolve %s: %w", pass.name, err)
		}
	}
	return &Result{Records: r.records, Relationships: r.edges, Sanitized: r.sanitized, Nodes: r.nodeRows, Edges: r.relationshipRows, ByStacks: r.byStacks}, nil
}

// Close frees the sorters that [Resolver.Finish] did not reach.
func (r *Resolver) Close() error {
	return errors.Join(r.links.Close(), r.digests.Close(), r.hubs.Close(), r.rows.Close())
}

// Took counts a record that entered.
func (r *Resolver) Took() { r.records.In++ }

// Filter counts a record that was left out on purpose.
func (r *Resolver) Filter(reason string) { r.records.Filtered[reason]++ }

// Quarantine puts aside a record that can't be used.
func (r *Resolver) Quarantine(rej raw.Rejected) error {
	r.records.Quarantined[rej.Reason]++
	return r.reject(rej)
}

func (r *Resolver) reject(rej raw.Rejected) error {
	rej.Stage, rej.Source = "transform", "spacelift"
	return r.cfg.Reject(rej)
}

// RejectEdge puts aside an edge that a record suggests but that can't be.
func (r *Resolver) RejectEdge(reason, typ, from, to string) error {
	r.edges.In++
	return r.rejectEdge(reason, typ, from, to)
}

// rejectEdge puts aside an edge that was counted before.
func (r *Resolver) rejectEdge(reason, typ, from, to string) error {
	r.edges.Quarantined[reason]++
	return r.reject(raw.Rejected{Reason: reason, Detail: fmt.Sprintf("(%s)-[%s]->(%s)", from, typ, to)})
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
	}
	return it.Err()
}
