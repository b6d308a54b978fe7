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

// Target is a directory to be published in a format.
type Target struct {
	Format Format
	Dir    string
}

// Emitter is a [graph.Sink] that writes each row in every format asked for.
type Emitter struct {
	outputs []output
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
	Finish() error // writes the tables never begun and the helpers
	Stop() error   // ends what is still open, after an error
}

// Open begins the directories. What was published in their places stays until Publish.
func Open(targets ...Target) (*Emitter, error) {
	e := new(Emitter)
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

// Publish completes the directories and puts each in its place as a whole. Nothing is published
// before everything is written. Tables that were never begun are there without rows.
func (e *Emitter) Publish(m dataset.Manifest) error {
	if e.failed != nil {
		return e.failed
	}
	for _, o := range e.outputs {
		if err := o.sink.Finish(); err != nil {
			return err
		}
	}
	l := dataset.NewLedger("emit", "graph", "rows")
	l.In, l.Out = e.rows, e.rows
	m.Ledger = append(slices.Clone(m.Ledger), l)
	for _, o := range e.outputs {
		own := m
		own.Stage = string(o.format)
		if err := o.dir.Publish(&own); err != nil {
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

// Abandon ends what is open and removes what was written. After Publish it does nothing.
func (e *Emitter) Abandon() error {
	var err error
	for _, o := range e.outputs {
		err = errors.Join(err, o.sink.Stop(), o.dir.Abandon())
	}
	return err
}
