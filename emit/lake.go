package emit

import (
	"context"

	"liftgraph/emit/lake"
	"liftgraph/emit/lake/file"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// Lake says how a snapshot of a lake is published.
type Lake struct {
	KeepSnapshots int             // how many stay, this one included; 0: all
	S3            objects.Options // how one in S3 is reached
}

// Job is what must be known of the rows before they come.
type Job struct {
	Model     *graph.Model // of their tables
	UpdateTag int64        // its date is a lake's snapshot's
	Temp      string       // where rows are spilled that have to be sorted for a lake
	Accounts  []string     // they are of; none where that isn't known yet
	Qualified bool         // ids are written with their account
}

func (j Job) of() lake.Of {
	return lake.Of{Accounts: j.Accounts, Model: modelName(j.Model), Qualified: j.Qualified}
}

// modelName returns the name of a model as a manifest has it.
func modelName(m *graph.Model) string {
	if m == graph.Default {
		return ""
	}
	return m.Name
}

// lakePlace publishes a snapshot as if it were a directory.
type lakePlace struct {
	*lake.Publication
	ctx context.Context
	job Job
}

// Fits reports whether what is published may be of these accounts, as soon as they are known: a lake is of one account.
func (e *Emitter) Fits(accounts []string) error {
	for _, o := range e.outputs {
		if p, ok := o.place.(lakePlace); ok {
			p.job.Accounts = accounts
			if err := p.Fits(p.job.of()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Seal implements place.
func (p lakePlace) Seal(m *dataset.Manifest) error { return p.Publication.Seal(p.ctx, m) }

// Swap implements place.
func (p lakePlace) Swap() error { return p.Publication.Swap(p.ctx) }

// Abandon implements place.
func (p lakePlace) Abandon() error { return p.Publication.Abandon(p.ctx) }

func beginLake(ctx context.Context, job Job, t Target) (*output, error) {
	p, err := lake.Begin(ctx, t.Dir, lake.Config{UpdateTag: job.UpdateTag, Keep: t.Lake.KeepSnapshots, S3: t.Lake.S3, Of: job.of()})
	if err != nil {
		return nil, err
	}
	return &output{
		stage: lake.Stage, place: lakePlace{p, ctx, job}, sink: file.New(ctx, p, job.Temp),
		complete: func() error { return nil },
	}, nil
}
