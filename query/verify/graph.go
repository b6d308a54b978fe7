package verify

import (
	"context"
	"errors"
	"fmt"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/lake"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// graphCheck proves that the rows are a graph: each as the model has it, sorted and none twice, and
// every edge with both ends. Relationships are read first, then nodes, each once, in little memory:
// the ends are sorted on disk and merged with the nodes, which are sorted already.
type graphCheck struct {
	ctx    context.Context
	dir    string
	tmp    string
	format format
	model  *graph.Model
	report *Report
	parts  map[*graph.Table][]dataset.File
	ends   map[graph.Label]*ends
	copied map[string]bool // the parts of which there must be a copy
	index  error           // what is wrong with an index: reported where the rows are a graph
}

func (g *graphCheck) run(m *dataset.Manifest) (err error) {
	if g.parts, err = layout(g.model, m, g.format); err != nil {
		return err
	}
	if g.format.complete {
		if err := headers(g.model, g.dir, m.Stage, g.parts); err != nil {
			return err
		}
	}
	if err := g.rows(); err != nil {
		return err
	}
	if g.format.copied {
		if err := g.copies(m); err != nil {
			return err
		}
	}
	return g.index
}

// rows proves the rows of the parts.
func (g *graphCheck) rows() (err error) {
	g.ends, g.copied = map[graph.Label]*ends{}, map[string]bool{}
	defer func() {
		for _, e := range g.ends {
			err = errors.Join(err, e.close())
		}
	}()
	tables := g.model.LakeTables()
	for i, t := range tables {
		if t.Relationship != nil {
			if err := g.relationship(t, i); err != nil {
				return err
			}
		}
	}
	for _, t := range tables {
		if t.Node != nil {
			if err := g.nodes(t); err != nil {
				return err
			}
		}
	}
	g.report.Rows = g.report.Nodes + g.report.Relationships
	return nil
}

// read reads a table and hands each row to take, with its part's number and its own within the part, from 1.
func (g *graphCheck) read(t *graph.Table, take func(row graph.Row, part int, n int64) error) error {
	if g.report.Stage == lake.Stage && lake.EventColumn(t) >= 0 {
		return g.readDated(t, take)
	}
	check := graph.NewChecker(t)
	for i := range g.parts[t] {
		if err := g.readOne(check, t, i, take); err != nil {
			return err
		}
	}
	return nil
}

// readOne reads the i-th part of a table.
func (g *graphCheck) readOne(check *graph.Checker, t *graph.Table, i int, take func(row graph.Row, part int, n int64) error) error {
	var n int64
	part := g.parts[t][i]
	return g.readPart(t, part, func(row graph.Row) error {
		if n%4096 == 0 && g.ctx.Err() != nil {
			return g.ctx.Err()
		}
		n++
		if err := check.Check(row); err != nil {
			return err
		}
		if !g.copied[part.Path] && csvfile.Misread(row, t.Columns) {
			g.copied[part.Path] = true
		}
		return take(row, i, n)
	})
}

// relationship reads an edge table and gathers its ends.
func (g *graphCheck) relationship(t *graph.Table, table int) error {
	from, to := g.endsOf(t.Relationship.From), g.endsOf(t.Relationship.To)
	var last []byte
	return g.read(t, func(row graph.Row, part int, n int64) error {
		g.report.Relationships++
		if start := row[0].Text; start != string(last) || n == 1 {
			last = append(last[:0], start...)
			if err := from.add(start, place{table, part, n, 0}); err != nil {
				return err
			}
		}
		return to.add(row[1].Text, place{table, part, n, 1})
	})
}

func (g *graphCheck) endsOf(l graph.Label) *ends {
	if g.ends[l] == nil {
		g.ends[l] = newEnds(g.tmp)
	}
	return g.ends[l]
}

// nodes reads a node table beside the ends that must be in it.
func (g *graphCheck) nodes(t *graph.Table) error {
	e := g.endsOf(t.Node.Label)
	if err := e.sort(); err != nil {
		return err
	}
	var dangling error
	err := g.read(t, func(row graph.Row, _ int, _ int64) error {
		g.report.Nodes++
		dangling = g.dangling(t, e, row[0].Text, true)
		return dangling
	})
	if dangling != nil {
		return dangling // without the node's place: it is the edge that is wrong
	}
	if err != nil {
		return err
	}
	if err := g.dangling(t, e, "", false); err != nil {
		return err
	}
	return e.close()
}

// dangling moves past the ends that are this node, and returns an error for one that comes before it, so that no node is.
func (g *graphCheck) dangling(t *graph.Table, e *ends, id string, more bool) error {
	for ; e.key != nil; e.next() {
		if more && string(e.key) > id {
			return nil
		}
		if more && string(e.key) == id {
			continue
		}
		p, err := e.place()
		if err != nil {
			return err
		}
		edge := g.model.LakeTables()[p.table]
		return fmt.Errorf("%s row %d: %s is %.200q, but there is no such %s", g.parts[edge][p.part].Path, p.row, edge.Columns[p.column].Name, e.key, t.Name)
	}
	return e.err()
}
