package live

import (
	"fmt"
	"io"

	"liftgraph/graph"
	"liftgraph/query/diff"
)

// Plan says what a load does to the graph: in a dry run all of it, else what it is about to remove.
type Plan struct {
	Account   string
	UpdateTag int64
	DryRun    bool
	Changes   map[*graph.Table]*diff.Counts // lastupdated and firstseen alone are no change
	Kept      []string                      // what stays although the directory lacks it, and why

	model *graph.Model
}

func (l *live) newPlan() *Plan {
	p := &Plan{Account: l.account, UpdateTag: l.dir.Manifest.UpdateTag, DryRun: l.cfg.DryRun, Changes: map[*graph.Table]*diff.Counts{}, model: l.model}
	for _, t := range l.model.Tables() {
		p.Changes[t] = &diff.Counts{Columns: make([]int64, len(t.Columns))}
	}
	return p
}

// Removed returns the number of nodes and relationships that go.
func (p *Plan) Removed() (nodes, relationships int64) {
	for t, c := range p.Changes {
		if t.Node != nil {
			nodes += c.Removed
		} else {
			relationships += c.Removed
		}
	}
	return nodes, relationships
}

// Write writes the plan for people.
func (p *Plan) Write(w io.Writer) error {
	nodes, relationships := p.Removed()
	switch {
	case p.DryRun:
		fmt.Fprintf(w, "to load account %s of update tag %d would change:\n", p.Account, p.UpdateTag)
	case nodes+relationships > 0:
		fmt.Fprintf(w, "plan: remove %d nodes and %d relationships that account %s no longer has at update tag %d:\n", nodes, relationships, p.Account, p.UpdateTag)
	}
	if p.DryRun || nodes+relationships > 0 {
		if err := p.write(&diff.Text{Out: w}); err != nil {
			return err
		}
	}
	for _, k := range p.Kept {
		if _, err := fmt.Fprintln(w, "kept:", k); err != nil {
			return err
		}
	}
	return nil
}

// JSON writes the counts as `liftgraph diff --json` does.
func (p *Plan) JSON(w io.Writer) error { return p.write(&diff.JSON{Out: w}) }

func (p *Plan) write(w diff.Writer) error {
	for _, t := range p.model.Tables() {
		if err := w.Begin(t); err != nil {
			return err
		}
		if err := w.End(t, p.Changes[t]); err != nil {
			return err
		}
	}
	return w.Close()
}
