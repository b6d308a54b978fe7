package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"liftgraph/emit"
	"liftgraph/emit/carryover"
	"liftgraph/emit/lake"
	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Previous is the graph that was published last, and what Emit and Run carry over of it.
type Previous struct {
	URI         string        // of a published directory or a lake, see [published.OpenURI]; "": what the targets replace
	Beside      []string      // directories of other formats in the same data directory, which may hold a later night than the targets; only without URI
	KeepHistory bool          // keep what logs recorded and what can't be read now; else only firstseen is carried over
	Retention   time.Duration // how long what logs recorded is kept; 0: for ever
	published.Options
}

// carried is what is carried over into the directories of a job.
type carried struct {
	graph.Sink
	complete func(*dataset.Manifest) error // writes the rest, and enters it in the manifest
}

// nothing is a carry-over of nothing, for a reason that is noted unless it is empty.
func nothing(next graph.Sink, why string) carried {
	return carried{next, func(m *dataset.Manifest) error {
		if why != "" {
			m.Notes = append(slices.Clone(m.Notes), why)
		}
		return nil
	}}
}

// carry puts the previous graph, if there is one, before a sink that takes tables of a model. The manifest m names the account and the
// scopes when rows come.
func (j *job) carry(next graph.Sink, model *graph.Model, m *dataset.Manifest) (carried, error) {
	p := j.cfg.Previous
	if p == nil {
		return nothing(next, ""), nil
	}
	d, why, err := j.previous(p, model)
	if err != nil {
		return carried{}, fmt.Errorf("the previous graph: %w", err)
	}
	if d == nil {
		return nothing(next, why), nil
	}
	fits := func(accounts []string) error {
		if err := sameAccounts(d, accounts); err != nil {
			return fmt.Errorf("%w%s", err, p.advice())
		}
		return nil
	}
	if err := fits(m.Accounts); err != nil {
		return carried{}, err
	}
	c := carryover.New(next, carryover.Config{
		Previous: d, Keep: p.KeepHistory, Now: m, Qualified: j.cfg.QualifyIDs, Retention: p.Retention, Temp: j.cfg.Temp, Stop: j.ctx.Err,
		Lake:  slices.ContainsFunc(j.cfg.Targets, func(t emit.Target) bool { return t.Lake != nil }),
		Check: func() error { return fits(m.Accounts) },
	})
	j.checks = append(j.checks, fits)
	j.closers = append(j.closers, c.Close)
	return carried{c, func(m *dataset.Manifest) error {
		r, err := c.Finish()
		if err != nil {
			return err
		}
		m.Notes = slices.Clone(m.Notes)
		m.Ledger = slices.Concat(m.Ledger, r.Ledgers)
		m.CarriedOver = r.Carried
		m.Notes = append(m.Notes, fmt.Sprintf("firstseen is carried over from %s, update tag %d", d.Path, d.Manifest.UpdateTag))
		for _, left := range d.Left() {
			m.Notes = append(m.Notes, fmt.Sprintf("nothing was carried over from %s: %s", d.Path, left))
		}
		if d.Manifest.UpdateTag > m.UpdateTag {
			m.Notes = append(m.Notes, fmt.Sprintf("that is later than these rows, update tag %d: name an earlier one as --previous", m.UpdateTag))
		}
		return nil
	}}, nil
}

// previous opens the previous graph; nil, with a reason worth a note or none, where there is none to carry over.
func (j *job) previous(p *Previous, model *graph.Model) (d *published.Dir, why string, err error) {
	if p.URI != "" {
		d, err := published.OpenURI(j.ctx, p.URI, p.Options)
		if errors.Is(err, published.ErrNothing) {
			return nil, fmt.Sprintf("nothing was published at %s before: what is first seen is seen now", p.URI), nil
		}
		if err == nil {
			err = fits(d, model, j.cfg.QualifyIDs)
		}
		if err == nil {
			err = d.Adapt()
		}
		return d, "", err
	}
	if d, err = j.standing(p, model); err != nil || d == nil {
		return nil, "", err
	}
	if err := fits(d, model, j.cfg.QualifyIDs); err != nil {
		return nil, "", fmt.Errorf("%w%s", err, p.advice())
	}
	if j.cfg.Targets[0].Lake != nil && d.Manifest.UpdateTag > j.cfg.UpdateTag {
		return nil, fmt.Sprintf("nothing was carried over: the newest snapshot of %s is later than these rows", d.Path), nil
	}
	if err := d.Adapt(); err != nil {
		return nil, "", fmt.Errorf("%w%s", err, p.advice())
	}
	d.Advice = p.advice()
	if left := d.Left(); len(left) > 0 {
		return nil, "", fmt.Errorf("%s can't be carried over as a whole: %s; to carry over the rest, name it by --previous %s; `--previous none` begins anew without what it knows",
			d.Path, strings.Join(left, "; "), d.Path)
	}
	return d, "", nil
}

// advice says what to do where the previous graph can't be carried over. It begins with a semicolon, to stand after an error.
func (p *Previous) advice() string {
	if p.URI != "" {
		return ""
	}
	return "; publish into another directory (--out), name another one by --previous, or `--previous none` to begin anew without what it knows"
}

// standing returns the newest of what the targets replace. Where another format of the same data directory holds a later night, or the
// targets hold none, it is that: who changes the format changes nothing else. nil: there is nothing.
func (j *job) standing(p *Previous, model *graph.Model) (d *published.Dir, err error) {
	for _, t := range j.cfg.Targets {
		standing, err := published.OpenURI(j.ctx, t.Dir, p.Options)
		if errors.Is(err, dataset.ErrNotPublished) && t.Lake != nil {
			standing, err = j.newestSnapshot(p, t.Dir)
		}
		if errors.Is(err, dataset.ErrNotPublished) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%w%s", err, p.advice())
		}
		if d == nil || standing.Manifest.UpdateTag > d.Manifest.UpdateTag {
			d = standing
		}
	}
	replaced := d != nil
	for _, dir := range p.Beside {
		other, err := published.OpenURI(j.ctx, dir, p.Options)
		switch {
		case err != nil || fits(other, model, j.cfg.QualifyIDs) != nil: // it isn't replaced, and may be anything
		case replaced && other.Manifest.UpdateTag >= j.cfg.UpdateTag: // of this very night, perhaps redacted otherwise
		case d == nil || other.Manifest.UpdateTag > d.Manifest.UpdateTag:
			d = other
		}
	}
	return d, nil
}

// newestSnapshot opens the newest snapshot of a lake without a latest.json. It wraps [dataset.ErrNotPublished] where there is none.
func (j *job) newestSnapshot(p *Previous, root string) (*published.Dir, error) {
	list, err := lake.Manifests(j.ctx, root, p.S3)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dataset.ErrNotPublished
	}
	return published.OpenURI(j.ctx, list[len(list)-1], p.Options)
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
