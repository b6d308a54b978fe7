package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"

	"liftgraph/emit"
	"liftgraph/emit/redact"
	"liftgraph/emit/remodel"
	"liftgraph/emit/rowfile"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
	"liftgraph/transform"
)

// transformer begins a transformation.
func (j *job) transformer() (*transform.Transformer, error) {
	q, err := j.quarantine("transform", sourceNames()...)
	if err != nil {
		return nil, err
	}
	j.rejected = newRejected(j.cfg.Redact, q.Reject)
	t := transform.New(transform.Config{
		TempDir: j.cfg.Temp, UpdateTag: j.cfg.UpdateTag, StubRuns: j.cfg.StubRuns, Resources: string(j.cfg.Resources), Changes: string(j.cfg.Changes), Reject: j.rejected.reject, Stop: j.ctx.Err, Pass: func(name string) { j.pass.Store(&name) },
	})
	j.closers = append(j.closers, t.Close)
	return t, nil
}

// readRaw hands the records of DATA/raw to the transformer.
func (j *job) readRaw(from []rawInput, t *transform.Transformer) error {
	a, err := account(from)
	if err != nil {
		return err
	}
	if a != nil {
		if err := t.Add(a); err != nil {
			return err
		}
	}
	var total int64
	for _, in := range from {
		total += raw.Count(in.manifest)
	}
	stage := j.cfg.Progress.Stage("transform", "records", total, nil)
	defer stage.Done()
	for _, in := range from {
		for rec, err := range raw.Read(j.path(rawDir+in.source), in.manifest) {
			if err := errors.Join(err, j.ctx.Err()); err != nil {
				return err
			}
			if err := t.Add(rec); err != nil {
				return err
			}
			stage.Add(1)
		}
	}
	return nil
}

func rows(m *dataset.Manifest) (n int64) {
	for _, f := range m.Files {
		n += f.Rows
	}
	return n
}

// finish adds the inventory, resolves everything and writes the rows into sink. It records in m what came out.
func (j *job) finish(m *dataset.Manifest, t *transform.Transformer, sink graph.Sink) error {
	if err := j.inventory(t); err != nil {
		return err
	}
	stage := j.cfg.Progress.Stage("write", "rows", -1, func() string {
		if p := j.pass.Load(); p != nil {
			return "resolving " + *p
		}
		return ""
	})
	defer stage.Done()
	if last := lastPublished(j.cfg); last != nil {
		stage.About(rows(last))
	}
	r, err := t.Finish(&watched{sink: sink, ctx: j.ctx, stage: stage})
	if err != nil {
		return err
	}
	m.Notes = append(m.Notes, r.Notes...)
	m.Ledger = append(m.Ledger, r.Ledger...)
	m.SanitizedIDs = &r.Sanitized
	m.Resources, m.Coverage = r.Resources, r.Coverage
	j.judge(m, r.Ledger, j.rejected)
	return nil
}

// inventory adds the instances that are known elsewhere.
func (j *job) inventory(t *transform.Transformer) error {
	if list := j.cfg.Inventory.List; list != nil {
		if err := list(j.ctx, t.Listed); err != nil {
			return err
		}
	}
	name := j.cfg.Inventory.File
	if name == "" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("the instance inventory: %w", err)
	}
	return errors.Join(t.Inventory(f, name), f.Close())
}

// readGraph hands the rows of DATA/graph to sink.
func (j *job) readGraph(m *dataset.Manifest, sink graph.Sink) error {
	stage := j.cfg.Progress.Stage("emit", "rows", rows(m), nil)
	defer stage.Done()
	return rowfile.Read(j.path(graphRows), m, &watched{sink: sink, ctx: j.ctx, stage: stage})
}

// quarantine begins DATA/quarantine/STAGE.
func (j *job) quarantine(stage string, sources ...string) (*raw.Quarantine, error) {
	q, err := raw.NewQuarantine(j.cfg.Data, stage, sources...)
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

// rawOutput is DATA/raw/SOURCE in the making.
type rawOutput struct {
	*raw.Writer
	forgetting forgetting
	manifest   *dataset.Manifest // of this source alone
}

// Record writes what of a record may be kept.
func (w *rawOutput) Record(r raw.Record) error {
	r, err := w.forgetting.record(r)
	if err != nil || r == nil {
		return err
	}
	return w.Writer.Record(r)
}

// seen keeps an object for the next extraction.
func (w *rawOutput) seen(o *raw.Object) error { return w.Record(o) }

// rawDir begins DATA/raw/SOURCE.
func (j *job) rawDir(source string) (*rawOutput, error) {
	d, err := dataset.Create(j.path(rawDir + source))
	if err != nil {
		return nil, err
	}
	w := &rawOutput{Writer: raw.NewWriter(d), forgetting: forgetting{j.cfg.Redact}}
	j.outputs = append(j.outputs, output{
		seal: func(all dataset.Manifest) error {
			if err := w.Close(); err != nil {
				return err
			}
			m := *w.manifest
			m.Stage, m.Ended = "raw", all.Ended
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
	return redact.New(rowfile.NewSink(d), j.cfg.Redact), nil
}

// targets begins the directories that Emit and Run write; m is to name the account when rows come.
func (j *job) targets(m *dataset.Manifest) (graph.Sink, error) {
	model := cmp.Or(j.cfg.Model, graph.Default)
	e, err := emit.Open(j.ctx, emit.Job{Model: model, UpdateTag: j.cfg.UpdateTag, Temp: j.cfg.Temp, Accounts: m.Accounts, Qualified: j.cfg.QualifyIDs}, j.cfg.Targets...)
	if err != nil {
		return nil, err
	}
	j.emitted = e
	j.checks = append(j.checks, e.Fits)
	kept := redact.New(e, j.cfg.Redact)
	carried, err := j.carry(kept, model, m)
	if err != nil {
		return nil, errors.Join(err, e.Abandon())
	}
	sink := carried.Sink
	complete := func() error { return nil }
	if model != graph.Default {
		r := remodel.New(model, sink, j.cfg.Temp, j.ctx.Err)
		j.closers = append(j.closers, r.Close)
		sink, complete = r, r.Finish
	}
	j.outputs = append(j.outputs, output{
		seal: func(m dataset.Manifest) error {
			if err := complete(); err != nil {
				return err
			}
			if err := carried.complete(&m); err != nil {
				return err
			}
			m.QualifiedIDs = j.cfg.QualifyIDs
			if l := kept.Ledger(); l.In > 0 {
				m.Ledger = slices.Concat(m.Ledger, []dataset.Ledger{l})
			}
			return e.Seal(m)
		},
		swap:    e.Swap,
		abandon: e.Abandon,
	})
	if !j.cfg.QualifyIDs {
		return sink, nil
	}
	return graph.Qualify(sink, func() string {
		if len(m.Accounts) == 0 {
			return ""
		}
		return m.Accounts[0]
	}), nil
}
