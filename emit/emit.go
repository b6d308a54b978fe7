// Package emit writes rows of the graph into files: CSV for neo4j-admin and Parquet for a data lake,
// in one pass. What a row is comes from package graph; where it came from is not known here.
package emit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/lake"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/graph/browser"
	"liftgraph/internal/dataset"
)

// Format is a kind of files. It is also the stage that a published directory's manifest names.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	Parquet Format = "parquet"
)

// Formats returns every format.
func Formats() []Format { return []Format{CSV, Parquet} }

// The helpers that lie beside the tables of every format: neo4j-admin reads the one by `@neo4j-admin.args`
// when it is started in the directory, and the other is for after its import.
const (
	ArgsName        = "neo4j-admin.args"
	ConstraintsName = "constraints.cypher"
	LoadName        = "load.cypher" // only beside CSV: what loads it into an existing graph
)

// Target is a directory to be published in a format.
type Target struct {
	Format Format
	Dir    string // or s3://bucket/prefix, of a lake
	Lake   *Lake  // not nil: a snapshot of a lake, of Parquet, and not a directory that is replaced
}

// Emitter is a [graph.Sink] that writes each row in every format asked for.
type Emitter struct {
	model   *graph.Model
	outputs []*output
	begun   map[*graph.Table]bool
	open    map[*tableWriter]bool
	rows    int64 // of the graph
	lake    int64 // that only a lake has
	failed  error // what went wrong first: nothing is published after it
}

// output is a target in the making.
type output struct {
	stage    string // that the manifest names
	place    place
	sink     graph.Sink
	complete func() error     // writes what lies beside the tables
	manifest dataset.Manifest // once it is sealed
}

// place is where an output is published, as [dataset.Dir] does it.
type place interface {
	Seal(m *dataset.Manifest) error
	Swap() error
	Abandon() error
}

// sink is what the package of a format for Neo4j provides.
type sink interface {
	graph.Sink
	Args() []byte // the options by which neo4j-admin imports what was written
}

// Open begins what a job publishes. What was published in their places stays until Publish, and nothing is written into a lake
// after ctx has ended.
func Open(ctx context.Context, job Job, targets ...Target) (*Emitter, error) {
	e := &Emitter{model: job.Model, begun: map[*graph.Table]bool{}, open: map[*tableWriter]bool{}}
	for i, t := range targets {
		if slices.ContainsFunc(targets[:i], func(o Target) bool { return filepath.Clean(o.Dir) == filepath.Clean(t.Dir) }) {
			return nil, errors.Join(fmt.Errorf("two formats can't be published as the same directory, %s", t.Dir), e.Abandon())
		}
		o, err := begin(ctx, job, t)
		if err != nil {
			return nil, errors.Join(err, e.Abandon())
		}
		e.outputs = append(e.outputs, o)
	}
	return e, nil
}

func begin(ctx context.Context, job Job, t Target) (*output, error) {
	if t.Lake != nil {
		return beginLake(ctx, job, t)
	}
	d, err := dataset.Create(t.Dir)
	if err != nil {
		return nil, err
	}
	var s sink
	switch t.Format {
	case CSV:
		s = csvfile.New(d)
	case Parquet:
		s = parquetfile.New(d)
	default:
		return nil, errors.Join(fmt.Errorf("there is no format %q", t.Format), d.Abandon())
	}
	return &output{stage: string(t.Format), place: d, sink: s, complete: func() error {
		if err := d.WriteFile(ArgsName, s.Args()); err != nil {
			return err
		}
		if loaded, ok := s.(*csvfile.Sink); ok {
			if err := d.WriteFile(LoadName, loaded.Script(job.Model)); err != nil {
				return err
			}
		}
		files := browser.Files(job.Model)
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if err := d.WriteFile(name, []byte(files[name])); err != nil {
				return err
			}
		}
		return d.WriteFile(ConstraintsName, []byte(job.Model.Constraints()))
	}}, nil
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
		if err := o.place.Swap(); err != nil {
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
	before := m.Ledger
	for _, o := range e.outputs {
		o.manifest = m
		own := &o.manifest
		own.Ledger = e.ledgers(before, o.stage == lake.Stage)
		own.Stage = o.stage
		own.Model = modelName(e.model)
		if err := o.place.Seal(own); err != nil {
			return err
		}
	}
	return nil
}

// ledgers returns those of a manifest with that of the graph's rows at the end: those written, but for what came from elsewhere, and
// those that others say they dropped. Rows that only a lake has are left out elsewhere.
func (e *Emitter) ledgers(list []dataset.Ledger, isLake bool) []dataset.Ledger {
	own := dataset.NewLedger("emit", dataset.GraphSource, "rows")
	own.Out = e.rows
	if isLake {
		own.Out += e.lake
	}
	var all []dataset.Ledger
	dropped := dataset.NewLedger(own.Stage, own.Source, own.Unit)
	for _, l := range list {
		switch {
		case l.Stage != own.Stage:
		case l.Source == own.Source:
			dropped.Add(l)
			continue
		default:
			own.Out -= l.Out
		}
		all = append(all, l)
	}
	own.In = own.Out
	own.Add(dropped)
	if !isLake && e.lake > 0 {
		own.In += e.lake
		own.Filtered["lake_only"] = e.lake
	}
	return append(all, own)
}

// complete writes what is there in any case: the tables never begun, without rows, and the helpers beside the tables.
func (e *Emitter) complete() error {
	for _, t := range e.model.LakeTables() {
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
		if err := o.complete(); err != nil {
			return err
		}
	}
	return nil
}

// Manifest returns the manifest of the first target, once it is sealed.
func (e *Emitter) Manifest() *dataset.Manifest { return &e.outputs[0].manifest }

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
		err = errors.Join(err, o.place.Abandon())
	}
	return err
}
