// Package emit writes rows of the graph into files: CSV for neo4j-admin and Parquet for a data lake,
// in one pass. What a row is comes from package graph; where it came from is not known here.
package emit

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Format is a kind of files. It is also the stage that a published directory's manifest names.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	Parquet Format = "parquet"
)

// Formats gives every format.
func Formats() []Format { return []Format{CSV, Parquet} }

// The helpers that lie beside the tables of every format: neo4j-admin reads the one by `@neo4j-admin.args`
// when it is started in the directory, and the other is for after its import.
const (
	ArgsName        = "neo4j-admin.args"
	ConstraintsName = "constraints.cypher"
)

// Target is a directory to be published in a format.
type Target struct {
	Format Format
	Dir    string
}

// Emitter is a [graph.Sink] that writes each row in every format asked for.
type Emitter struct {
	outputs []output
	begun   map[*graph.Table]bool
	open    map[*tableWriter]bool
	rows    int64
	failed  error // what went wrong first: nothing is published after it
}

type output struct {
	format Format
	dir    *dataset.Dir
	sink   sink
}

// sink is what a format's package provides.
type sink interface {
	graph.Sink
	Args() []byte // the options by which neo4j-admin imports what was written
}

// Open begins the directories. What was published in their places stays until Publish.
func Open(targets ...Target) (*Emitter, error) {
	e := &Emitter{begun: map[*graph.Table]bool{}, open: map[*tableWriter]bool{}}
	for i, t := range targets {
		if slices.ContainsFunc(targets[:i], func(o Target) bool { return filepath.Clean(o.Dir) == filepath.Clean(t.Dir) }) {
			return nil, errors.Join(fmt.Errorf("two formats can't be published as the same directory, %s", t.Dir), e.Abandon())
		}
		d, err := dataset.Create(t.Dir)
		if err != nil {
			return nil, errors.Join(err, e.Abandon())
		}
		o := output{format: t.Format, dir: d}
		switch t.Format {
		case CSV:
			o.sink = csvfile.New(d)
		case Parquet:
			o.sink = parquetfile.New(d)
		default:
			return nil, errors.Join(fmt.Errorf("there is no format %q", t.Format), d.Abandon(), e.Abandon())
		}
		e.outputs = append(e.outputs, o)
	}
	return e, nil
}

// Publish seals the directories and puts each in its place.
func (e *Emitter) Publish(m dataset.Manifest) error {
	if err := e.Seal(m); err != nil {
		return err
	}
	return e.Swap()
}

// Swap puts each sealed directory in its place as a whole.
func (e *Emitter) Swap() error {
	for _, o := range e.outputs {
		if err := o.dir.Swap(); err != nil {
			return err
		}
	}
	return nil
}

// Seal completes the directories with their manifests and makes them durable, so that only Swap is left.
// Tables that were never begun are there without rows.
func (e *Emitter) Seal(m dataset.Manifest) error {
	if e.failed != nil {
		return e.failed
	}
	if err := e.complete(); err != nil {
		return err
	}
	l := dataset.NewLedger("emit", "graph", "rows")
	l.In, l.Out = e.rows, e.rows
	m.Ledger = append(slices.Clone(m.Ledger), l)
	for _, o := range e.outputs {
		own := m
		own.Stage = string(o.format)
		if err := o.dir.Seal(&own); err != nil {
			return err
		}
	}
	return nil
}

// complete writes what is there in any case: the tables never begun, without rows, and the helpers beside the tables.
func (e *Emitter) complete() error {
	for _, t := range graph.Tables() {
		if e.begun[t] {
			continue
		}
		w, err := e.Table(t)
		if err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	for _, o := range e.outputs {
		if err := o.dir.WriteFile(ArgsName, o.sink.Args()); err != nil {
			return err
		}
		if err := o.dir.WriteFile(ConstraintsName, []byte(graph.Constraints())); err != nil {
			return err
		}
	}
	return nil
}

func (e *Emitter) fail(err error) error {
	if e.failed == nil {
		e.failed = err
	}
	return err
}

// Abandon ends what is open, removes what was not published and lets others publish there.
func (e *Emitter) Abandon() error {
	for w := range e.open {
		_ = w.Close() // what it wrote is dropped, so that nothing can go wrong with it any more
	}
	var err error
	for _, o := range e.outputs {
		err = errors.Join(err, o.dir.Abandon())
	}
	return err
}
