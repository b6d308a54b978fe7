// Package graphtest makes rows for tests, and writes them.
package graphtest

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Row makes a row of a table: its first cells, each a string, an int, a bool or nil where it is absent, and the times it ends in.
func Row(t *graph.Table, cells ...any) graph.Row {
	r := make(graph.Row, len(t.Columns))
	for i, c := range cells {
		switch c := c.(type) {
		case nil:
		case string:
			r[i] = graph.Text(c)
		case int:
			r[i] = graph.Num(int64(c))
		case bool:
			r[i] = graph.Truth(c)
		default:
			panic(fmt.Sprintf("graphtest: a cell is a %T", c))
		}
	}
	r[len(r)-2], r[len(r)-1] = graph.Num(1700000000000), graph.Num(1700000000)
	return r
}

// ExtremeRow is a [Row] whose times are the least and the greatest number that there is.
func ExtremeRow(t *graph.Table, cells ...any) graph.Row {
	r := Row(t, cells...)
	r[len(r)-2], r[len(r)-1] = graph.Num(math.MinInt64), graph.Num(math.MaxInt64)
	return r
}

// Clone returns a row that owns its texts, to keep one that a reader gave.
func Clone(r graph.Row) graph.Row {
	own := make(graph.Row, len(r))
	for i, v := range r {
		v.Text = strings.Clone(v.Text)
		own[i] = v
	}
	return own
}

// Write writes tables into sink, in the model's order.
func Write(t testing.TB, sink graph.Sink, rows map[*graph.Table][]graph.Row) {
	t.Helper()
	for _, table := range graph.Tables() {
		list, ok := rows[table]
		if !ok {
			continue
		}
		w, err := sink.Table(table)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Publish publishes what fill writes as a directory of the stage, and returns it with its manifest.
func Publish(t testing.TB, stage string, fill func(*dataset.Dir)) (string, *dataset.Manifest) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), stage)
	d, err := dataset.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Abandon() }()
	fill(d)
	m := &dataset.Manifest{Stage: stage}
	if err := d.Publish(m); err != nil {
		t.Fatal(err)
	}
	return dir, m
}
