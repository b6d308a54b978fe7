package published

import (
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/lake"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// layout is how the rows of a table are stored that an earlier version wrote.
type layout struct {
	table   *graph.Table // with the columns that are stored; nil: as the model has it
	columns []int        // of the model's table, of each that is stored
}

// Adapt lets tables be read that an earlier version wrote with fewer columns: those that it lacks are absent. A table whose columns
// differ otherwise is as if it had no rows; [Dir.Left] names it. A file that is damaged is an error, here as elsewhere.
func (d *Dir) Adapt() error {
	d.layouts = map[*graph.Table]layout{}
	for _, t := range d.Model.Tables() {
		if len(d.Parts(t)) == 0 {
			continue
		}
		names, err := d.columnsOf(t)
		if err != nil {
			return d.because(err)
		}
		l, ok := layoutOf(t, names)
		if ok {
			d.layouts[t] = l
			continue
		}
		d.left = append(d.left, fmt.Sprintf("its columns of %s are others: %s", t.Name, strings.Join(names, ", ")))
		delete(d.parts, t.Folder())
	}
	return nil
}

// Left returns what of the rows isn't read because its columns differ, in words.
func (d *Dir) Left() []string { return d.left }

// layoutOf compares the names of stored columns with those of a table; nil names are as the model has them. It is false where columns
// are stored that the model doesn't have, in another order, or without the whole key.
func layoutOf(t *graph.Table, names []string) (l layout, ok bool) {
	if names == nil {
		return layout{}, true
	}
	stored := *t
	stored.Columns = nil
	for i, c := range t.Columns {
		if n := len(stored.Columns); n < len(names) && names[n] == c.Name {
			stored.Columns = append(stored.Columns, c)
			l.columns = append(l.columns, i)
		} else if i < t.KeyColumns() || i >= len(t.Columns)-graph.Times {
			return layout{}, false
		}
	}
	if len(stored.Columns) != len(names) {
		return layout{}, false
	}
	if len(names) == len(t.Columns) {
		return layout{}, true
	}
	l.table = &stored
	return l, true
}

// columnsOf returns the names of the columns that a table is stored with; nil where the form has no names.
func (d *Dir) columnsOf(t *graph.Table) ([]string, error) {
	part := d.Parts(t)[0]
	switch d.Manifest.Stage {
	case "csv":
		name := path.Dir(part.Path) + "/header.csv"
		i := slices.IndexFunc(d.Manifest.Files, func(f dataset.File) bool { return f.Path == name })
		if i < 0 {
			return nil, fmt.Errorf("the manifest doesn't list %s", name)
		}
		text, err := d.text(d.Manifest.Files[i])
		if err != nil {
			return nil, err
		}
		return csvfile.ColumnNames(text), nil
	case "parquet", lake.Stage:
		f, err := d.place.open(d.ctx, part, d.check)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		names, err := parquetfile.ColumnNames(f, part)
		if d.Manifest.Stage == lake.Stage {
			names = slices.DeleteFunc(names, func(name string) bool { return lake.IsTimestamp(t, name) })
		}
		return names, err
	}
	return nil, nil
}

// Fits returns an error where a table of CSV with rows has other columns than the model's: another version wrote it.
func (d *Dir) Fits() error {
	for _, t := range d.Model.Tables() {
		if len(d.Parts(t)) == 0 {
			continue
		}
		if err := d.checkHeader(t); err != nil {
			return d.because(err)
		}
	}
	return nil
}

// checkHeader returns an error where a table of CSV has other columns than the model's, and [Dir.Adapt] wasn't asked to read it
// by their names.
func (d *Dir) checkHeader(t *graph.Table) error {
	if d.Manifest.Stage != "csv" || d.layouts != nil || d.fit[t] {
		return nil
	}
	i := slices.IndexFunc(d.Manifest.Files, func(f dataset.File) bool { return f.Path == t.Folder()+"/header.csv" })
	if i < 0 {
		return nil
	}
	text, err := d.text(d.Manifest.Files[i])
	if err != nil {
		return err
	}
	if err := csvfile.CheckHeader(text, t); err != nil {
		return err
	}
	if d.fit == nil {
		d.fit = map[*graph.Table]bool{}
	}
	d.fit[t] = true
	return nil
}

// maxHeader bounds the header of a table, in bytes.
const maxHeader = 1 << 20

// text reads a small file.
func (d *Dir) text(file dataset.File) (string, error) {
	f, err := d.place.open(d.ctx, file, d.check)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxHeader))
	return string(b), err
}

// readAdapted hands the rows of a part to take, with the columns that the model has.
func (d *Dir) readAdapted(f *os.File, t *graph.Table, part dataset.File, take func(graph.Row) error) error {
	l := d.layouts[t]
	if l.table == nil {
		return d.read(f, t, part, take)
	}
	full := make(graph.Row, len(t.Columns))
	return d.read(f, l.table, part, func(row graph.Row) error {
		for i, column := range l.columns {
			full[column] = row[i]
		}
		return take(full)
	})
}
