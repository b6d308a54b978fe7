package verify

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"liftgraph/emit/lake"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/extsort"
	"liftgraph/internal/objects"
)

// Lake verifies the newest snapshot of a lake, in a directory or in S3, as [Dir] does a directory. Files of S3 are copied to tmp, one at a time.
func Lake(ctx context.Context, place, tmp string, opts objects.Options) (*Report, error) {
	s, err := lake.Open(ctx, place, "", opts)
	if err != nil {
		return nil, err
	}
	m := s.Manifest
	for i := range m.Ledger {
		if err := m.Ledger[i].Check(); err != nil {
			return nil, err
		}
	}
	model, ok := graph.ModelNamed(m.Model)
	if !ok {
		return nil, fmt.Errorf("%s: the manifest names the graph model %q, which is unknown here", place, m.Model)
	}
	if of := lake.SnapshotDate(m.UpdateTag); of != s.Date {
		return nil, fmt.Errorf("the snapshot of %s has the update tag %d, which is of %s", s.Date, m.UpdateTag, of)
	}
	for stray, err := range s.Strays(ctx) {
		if err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%s isn't in the manifest, but engines that read the snapshot's folders read it: a publication was killed or is under way, and the next one removes it; or, if its name isn't part-NNNNN-PUBLICATION.parquet, another tool put it there: remove it", stray)
	}
	parts, indexes, err := lakeLayout(model, s)
	if err != nil {
		return nil, err
	}
	r := &Report{Stage: m.Stage, Files: len(m.Files)}
	l := lakeFiles{ctx: ctx, snapshot: s, tmp: tmp, parts: parts, indexes: indexes, checks: map[*graph.Table]*indexCheck{}}
	g := &graphCheck{ctx: ctx, tmp: tmp, format: format{readPart: l.readPart}, model: model, report: r, parts: parts}
	if err := g.rows(); err != nil {
		return nil, err
	}
	if err := l.wrong; err != nil {
		return nil, err
	}
	return r, ledgerRows(m, r)
}

// lakeLayout sorts the files of a snapshot by table, those of rows and the indexes. Each table has one of rows; in each folder they are
// numbered without a gap.
func lakeLayout(model *graph.Model, s *lake.Snapshot) (parts, indexes map[*graph.Table][]dataset.File, err error) {
	parts, indexes = map[*graph.Table][]dataset.File{}, map[*graph.Table][]dataset.File{}
	tables := map[string]*graph.Table{}
	for _, t := range model.LakeTables() {
		tables[t.Folder()] = t
	}
	var last lake.Part
	for _, f := range s.Manifest.Files { // sorted by path
		p, ok := lake.ParsePart(f.Path)
		t := tables[p.Table]
		if x, is := lake.ParseIndex(f.Path); is && x.Snapshot == s.Date && tables[x.Table] != nil && x.Number == len(indexes[tables[x.Table]]) && f.Rows == 0 {
			indexes[tables[x.Table]] = append(indexes[tables[x.Table]], f)
			continue
		}
		switch {
		case !ok || t == nil || (p.Event != "") != (lake.EventColumn(t) >= 0):
			return nil, nil, fmt.Errorf("the manifest lists %q, which is no file of a table of the model", f.Path)
		case p.Snapshot != s.Date:
			return nil, nil, fmt.Errorf("the manifest of %s lists %s, which is of another snapshot", s.Date, f.Path)
		}
		want := 0
		if p.Table == last.Table && p.Event == last.Event {
			want = last.Number + 1
		}
		if p.Number != want {
			return nil, nil, fmt.Errorf("the manifest lists %s, but not the part %d before it", f.Path, p.Number-1)
		}
		parts[t], last = append(parts[t], f), p
	}
	for _, t := range model.LakeTables() {
		if len(parts[t]) == 0 {
			return nil, nil, fmt.Errorf("the manifest lists no file of %s", t.Folder())
		}
	}
	return parts, indexes, nil
}

// lakeFiles reads the files of a snapshot.
type lakeFiles struct {
	ctx      context.Context
	snapshot *lake.Snapshot
	tmp      string

	parts, indexes map[*graph.Table][]dataset.File
	checks         map[*graph.Table]*indexCheck
	wrong          error // with an index, the first
}

// readPart proves a file, hands its rows to take, and proves the indexes that lead to them. The parts of a table are read in order.
func (l *lakeFiles) readPart(_ string, t *graph.Table, part dataset.File, take func(graph.Row) error) error {
	check := l.checks[t]
	if check == nil {
		check = &indexCheck{files: l, table: t, scattered: lake.EventColumn(t) >= 0, left: l.indexes[t], none: len(l.indexes[t]) == 0}
		l.checks[t] = check
	}
	err := l.file(part, func(f *os.File) error {
		return parquetfile.ReadLakeFile(f, t, part, func(row graph.Row) error {
			check.add(row)
			return take(row)
		})
	})
	if err != nil {
		return err
	}
	list := l.parts[t]
	check.endPart(part, part.Path == list[len(list)-1].Path)
	l.wrong = cmp.Or(l.wrong, check.wrong)
	return nil
}

// file proves a file, which is copied from S3 where the lake lies there, and hands it to read.
func (l *lakeFiles) file(part dataset.File, read func(*os.File) error) (err error) {
	dir, local := l.snapshot.Local()
	if !local {
		if dir, err = os.MkdirTemp(l.tmp, ".liftgraph-verify-*"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		if err := l.snapshot.Fetch(l.ctx, part, dir); err != nil {
			return fmt.Errorf("%s is in the manifest, but can't be read: %w", part.Path, err)
		}
	}
	if err := dataset.CheckFile(dir, part, true); err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(part.Path)))
	if err != nil {
		return err
	}
	defer f.Close()
	return read(f)
}

// readDated reads a table that has a folder for each date: rows are sorted within each, and come here sorted over all.
func (g *graphCheck) readDated(t *graph.Table, take func(row graph.Row, part int, n int64) error) (err error) {
	s := extsort.New(extsort.Config{Dir: g.tmp, Stop: g.ctx.Err})
	defer func() { err = errors.Join(err, s.Close()) }()
	var check *graph.Checker
	var key, value []byte
	event := ""
	for i := range g.parts[t] {
		p, _ := lake.ParsePart(g.parts[t][i].Path)
		if p.Event != event {
			event, check = p.Event, graph.NewChecker(t)
		}
		err := g.readOne(check, t, i, func(row graph.Row, part int, n int64) error {
			if d := lake.EventDate(t, row); d != event {
				return fmt.Errorf("%s row %d is of %s", g.parts[t][part].Path, n, d)
			}
			key = t.AppendKey(key[:0], row)
			value = binary.BigEndian.AppendUint64(value[:0], uint64(part))
			value = binary.BigEndian.AppendUint64(value, uint64(n))
			return s.Add(key, graph.AppendRow(value, row, t.Columns))
		})
		if err != nil {
			return err
		}
	}
	sorted, err := s.Sort()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sorted.Close()) }()
	check = graph.NewChecker(t)
	row := make(graph.Row, len(t.Columns))
	for sorted.Next() {
		v := sorted.Value()
		part, n := int(binary.BigEndian.Uint64(v)), int64(binary.BigEndian.Uint64(v[8:]))
		if err := graph.DecodeRow(row, v[16:]); err != nil {
			return err
		}
		if err := check.Check(row); err != nil {
			return fmt.Errorf("%s row %d: %w", g.parts[t][part].Path, n, err)
		}
		if err := take(row, part, n); err != nil {
			return err
		}
	}
	return sorted.Err()
}
