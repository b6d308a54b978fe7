package pipeline

import (
	"errors"
	"fmt"
	"slices"

	"liftgraph/emit/carryover"
	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Previous is the graph that was published last, and what Emit and Run carry over of it.
type Previous struct {
	URI         string // of a published directory or a lake, see [published.OpenURI]; where nothing is yet, nothing is carried over
	KeepHistory bool   // keep what happened to things that no source lists any more
	published.Options
}

// carried is what is carried over into the directories of a job.
type carried struct {
	graph.Sink
	complete func(*dataset.Manifest) error // writes the rest, and tells the manifest
}

// carry puts the previous graph, if there is one, before a sink that takes tables of a model. The manifest m is to tell the account when rows come.
func (j *job) carry(next graph.Sink, model *graph.Model, m *dataset.Manifest) (carried, error) {
	p := j.cfg.Previous
	if p == nil {
		return carried{next, func(*dataset.Manifest) error { return nil }}, nil
	}
	d, err := published.OpenURI(j.ctx, p.URI, p.Options)
	if errors.Is(err, published.ErrNothing) {
		return carried{next, func(m *dataset.Manifest) error {
			m.Notes = append(slices.Clone(m.Notes), fmt.Sprintf("nothing was published at %s before: what is first seen is seen now", p.URI))
			return nil
		}}, nil
	}
	if err == nil {
		err = fits(d, model, j.cfg.QualifyIDs)
	}
	if err == nil {
		err = sameAccounts(d, m.Accounts)
	}
	if err != nil {
		return carried{}, fmt.Errorf("the previous graph: %w", err)
	}
	h := carryover.New(next, carryover.Config{
		Previous: d, Keep: p.KeepHistory, Temp: j.cfg.Temp, Stop: j.ctx.Err,
		Check: func() error { return sameAccounts(d, m.Accounts) },
	})
	j.checks = append(j.checks, func(accounts []string) error { return sameAccounts(d, accounts) })
	j.closers = append(j.closers, h.Close)
	return carried{h, func(m *dataset.Manifest) error {
		l, err := h.Finish()
		if err != nil {
			return err
		}
		m.Ledger = slices.Concat(m.Ledger, l)
		m.Notes = append(slices.Clone(m.Notes), fmt.Sprintf("firstseen is carried over from %s, update tag %d", d.Path, d.Manifest.UpdateTag))
		if d.Manifest.UpdateTag > m.UpdateTag {
			m.Notes = append(m.Notes, fmt.Sprintf("that is later than these rows, update tag %d: name an earlier one as --previous", m.UpdateTag))
		}
		return nil
	}}, nil
}

// fits refuses a previous graph in which the same things have other keys.
func fits(d *published.Dir, model *graph.Model, qualified bool) error {
	if d.Model != model {
		return fmt.Errorf("%s is laid out by the model %s, not %s: name one of the same model", d.Path, d.Model.Name, model.Name)
	}
	if d.Manifest.QualifiedIDs != qualified {
		is := map[bool]string{true: "with", false: "without"}
		return fmt.Errorf("the ids in %s are written %s their account, but these %s: name one that is written alike", d.Path, is[d.Manifest.QualifiedIDs], is[qualified])
	}
	return nil
}

// sameAccounts refuses another account's graph: what has the same id there is something else.
func sameAccounts(d *published.Dir, now []string) error {
	before := d.Manifest.Accounts
	if len(before) == 0 || len(now) == 0 || slices.Equal(slices.Sorted(slices.Values(before)), slices.Sorted(slices.Values(now))) {
		return nil
	}
	return fmt.Errorf("the previous graph: %s is of the account %q, but this is %q: name the directory that this account was published as", d.Path, before, now)
}
