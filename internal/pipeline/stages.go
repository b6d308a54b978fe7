package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"liftgraph/emit"
	"liftgraph/extract/spacelift"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/progress"
	"liftgraph/internal/raw"
	"liftgraph/internal/rawfile"
	"liftgraph/internal/rowfile"
	"liftgraph/transform"
)

// extract reads the account and hands each record to take.
func (j *job) extract(take func(raw.Record) error) (*spacelift.Report, error) {
	q, err := j.quarantine("extract")
	if err != nil {
		return nil, err
	}
	cfg := j.cfg.Spacelift
	cfg.Stats = new(spacelift.Stats)
	stage := j.cfg.Progress.Stage("extract", "records", -1, func() string {
		s := cfg.Stats.Snapshot()
		return fmt.Sprintf("%s: %d requests, %d retries", cmp.Or(s.Scope, "first contact"), s.Requests, s.Retries)
	})
	defer stage.Done()
	return spacelift.Extract(j.ctx, cfg, &records{take: take, reject: q.Reject, stage: stage})
}

// records is where extraction delivers to.
type records struct {
	take   func(raw.Record) error
	reject func(raw.Rejected) error
	stage  *progress.Stage
}

func (o *records) Record(r raw.Record) error {
	o.stage.Add(1)
	return o.take(r)
}

func (o *records) Reject(r raw.Rejected) error { return o.reject(r) }

// transformer begins a transformation.
func (j *job) transformer() (*transform.Transformer, error) {
	q, err := j.quarantine("transform")
	if err != nil {
		return nil, err
	}
	t := transform.New(transform.Config{
		TempDir: j.cfg.Temp, UpdateTag: j.cfg.UpdateTag, Reject: q.Reject, Stop: j.ctx.Err, Pass: func(name string) { j.pass.Store(&name) },
	})
	j.closers = append(j.closers, t.Close)
	return t, nil
}

// readRaw hands the records of DATA/raw to the transformer.
func (j *job) readRaw(m *dataset.Manifest, t *transform.Transformer) error {
	var total int64
	for _, f := range m.Files {
		total += f.Rows
	}
	stage := j.cfg.Progress.Stage("transform", "records", total, nil)
	defer stage.Done()
	for rec, err := range rawfile.Read(j.path(rawSpacelift), m) {
		if err := errors.Join(err, j.ctx.Err()); err != nil {
			return err
		}
		if err := t.Add(rec); err != nil {
			return err
		}
		stage.Add(1)
	}
	return nil
}

// finish adds the inventory, resolves everything and writes the rows into sink.
func (j *job) finish(t *transform.Transformer, sink graph.Sink) (*transform.Result, error) {
	if name := j.cfg.Inventory; name != "" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("the instance inventory: %w", err)
		}
		err = t.Inventory(f, name)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
	}
	stage := j.cfg.Progress.Stage("write", "rows", -1, func() string {
		if p := j.pass.Load(); p != nil {
			return "resolving " + *p
		}
		return ""
	})
	defer stage.Done()
	return t.Finish(&watched{sink: sink, ctx: j.ctx, stage: stage})
}

// readGraph hands the rows of DATA/graph to sink.
func (j *job) readGraph(m *dataset.Manifest, sink graph.Sink) error {
	var total int64
	for _, f := range m.Files {
		total += f.Rows
	}
	stage := j.cfg.Progress.Stage("emit", "rows", total, nil)
	defer stage.Done()
	return rowfile.Read(j.path(graphRows), m, &watched{sink: sink, ctx: j.ctx, stage: stage})
}

// quarantine begins DATA/quarantine/STAGE.
func (j *job) quarantine(stage string) (*rawfile.Quarantine, error) {
	q, err := rawfile.NewQuarantine(j.cfg.Data, stage)
	if err != nil {
		return nil, err
	}
	j.outputs = append(j.outputs, output{
		seal:    q.Seal,
		swap:    q.Swap,
		abandon: q.Abandon,
	})
	return q, nil
}

// rawDir begins DATA/raw/spacelift.
func (j *job) rawDir() (*rawfile.Writer, error) {
	d, err := dataset.Create(j.path(rawSpacelift))
	if err != nil {
		return nil, err
	}
	w := rawfile.NewWriter(d)
	j.outputs = append(j.outputs, output{
		seal: func(m dataset.Manifest) error {
			if err := w.Close(); err != nil {
				return err
			}
			m.Stage = "raw"
			return d.Seal(&m)
		},
		swap:    d.Swap,
		abandon: func() error { return errors.Join(w.Close(), d.Abandon()) },
	})
	return w, nil
}

// graphDir begins DATA/graph.
func (j *job) graphDir() (graph.Sink, error) {
	d, err := dataset.Create(j.path(graphRows))
	if err != nil {
		return nil, err
	}
	j.outputs = append(j.outputs, output{
		seal:    func(m dataset.Manifest) error { m.Stage = "graph"; return d.Seal(&m) },
		swap:    d.Swap,
		abandon: d.Abandon,
	})
	return rowfile.NewSink(d), nil
}

// targets begins the directories that Emit and Run write.
func (j *job) targets() (graph.Sink, error) {
	e, err := emit.Open(j.cfg.Targets...)
	if err != nil {
		return nil, err
	}
	j.outputs = append(j.outputs, output{seal: e.Seal, swap: e.Swap, abandon: e.Abandon})
	return e, nil
}
