package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"liftgraph/emit"
	"liftgraph/emit/lake"
	"liftgraph/emit/published"
	"liftgraph/emit/redact"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Forgotten is what Forget did with one published directory or snapshot.
type Forgotten struct {
	Path    string
	Rows    int64 // left out
	Changed int64 // rows with a property that is absent now
}

// Forget writes a published directory, or every snapshot of a lake, anew without what the rules keep out. What has nothing
// to be kept out stays as it is. Each directory or snapshot is replaced as a whole.
func Forget(ctx context.Context, path string, rules redact.Rules, opts published.Options) ([]Forgotten, error) {
	paths := []string{path}
	if lake.Is(path) {
		var err error
		if paths, err = lake.Manifests(ctx, path, opts.S3); err != nil {
			return nil, err
		}
	}
	var all []Forgotten
	for _, p := range paths {
		f, err := forgetIn(ctx, path, p, rules, opts)
		if err != nil {
			return all, fmt.Errorf("%s: %w", p, err)
		}
		all = append(all, f)
	}
	return all, nil
}

func forgetIn(ctx context.Context, place, path string, rules redact.Rules, opts published.Options) (done Forgotten, err error) {
	done.Path = path
	from, err := published.OpenURI(ctx, path, opts)
	if err != nil {
		return done, err
	}
	m := *from.Manifest
	target := emit.Target{Format: emit.Format(m.Stage), Dir: place}
	switch m.Stage {
	case string(emit.CSV), string(emit.Parquet):
	case lake.Stage:
		target.Format, target.Lake = emit.Parquet, &emit.Lake{S3: opts.S3}
	default:
		return done, fmt.Errorf("it is of the stage %q: name a directory of CSV or Parquet, or a lake", m.Stage)
	}
	e, err := emit.Open(ctx, emit.Job{Model: from.Model, UpdateTag: m.UpdateTag, Temp: opts.Temp, Accounts: m.Accounts, Qualified: m.QualifiedIDs}, target)
	if err != nil {
		return done, err
	}
	published := false
	defer func() {
		if !published {
			err = errors.Join(err, e.Abandon())
		}
	}()
	sink := redact.New(e, rules)
	for _, t := range from.Model.Tables() {
		if err := copyTable(ctx, from, sink, t); err != nil {
			return done, err
		}
	}
	if done.Rows, done.Changed = sink.Left(), sink.Changed(); done.Rows == 0 && done.Changed == 0 {
		return done, nil
	}
	m.Files = nil
	m.Ledger = slices.DeleteFunc(slices.Clone(m.Ledger), func(l dataset.Ledger) bool { return l.Stage == "emit" })
	if l := sink.Ledger(); l.In > 0 {
		m.Ledger = append(m.Ledger, l)
	}
	m.Notes = append(slices.Clone(m.Notes), fmt.Sprintf("written anew on %s without %d rows that are forgotten", time.Now().UTC().Format(time.DateOnly), done.Rows))
	if err := e.Seal(m); err != nil {
		return done, err
	}
	published = true
	return done, e.Swap()
}

func copyTable(ctx context.Context, from *published.Dir, to graph.Sink, t *graph.Table) error {
	w, err := to.Table(t)
	if err != nil {
		return err
	}
	for row, err := range from.Rows(t) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return errors.Join(err, w.Close())
		}
		if err := w.Write(row); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return w.Close()
}

// NamesOf returns an id with the other identifiers of the user that has it in a published graph: login, e-mail address and name.
func NamesOf(ctx context.Context, path, id string, opts published.Options) ([]string, error) {
	d, err := published.OpenURI(ctx, path, opts)
	if err != nil {
		return nil, err
	}
	t, ok := d.Model.Table("SpaceliftUser")
	if !ok {
		return nil, nil
	}
	var names []string
	for row, err := range d.Rows(t) {
		if err != nil {
			return nil, err
		}
		_, bare, _ := strings.Cut("/"+row[0].Text, "/")
		if d.Manifest.QualifiedIDs {
			_, bare, _ = strings.Cut(row[0].Text, "/")
		}
		if !strings.EqualFold(bare, id) {
			continue
		}
		for i, c := range t.Columns {
			if (c.Name == "username" || c.Name == "email" || c.Name == "name") && row[i].Text != "" {
				names = append(names, row[i].Text)
			}
		}
	}
	return names, nil
}
