package graph

import (
	"slices"
	"testing"
)

func FuzzRow(f *testing.F) {
	f.Add("", "a\x00b", int64(-1), true, false)
	f.Add("x", "", int64(1)<<62, false, true)
	columns := []Property{{Name: "a"}, {Name: "b"}, {Name: "c", Type: Int}, {Name: "d", Type: Bool}, {Name: "e"}}
	f.Fuzz(func(t *testing.T, a, b string, c int64, d, absent bool) {
		row := Row{Text(a), Text(b), Num(c), Truth(d), {}}
		if absent {
			row[1] = Value{}
		}
		src := AppendRow(nil, row, columns)
		got := make(Row, len(row))
		if err := DecodeRow(got, src); err != nil || !slices.Equal(got, row) {
			t.Errorf("%+v came back as %+v, %v", row, got, err)
		}
		for n := range src {
			if DecodeRow(got, src[:n]) == nil {
				t.Errorf("%d of %d bytes pass for a row", n, len(src))
			}
		}
	})
}

func TestColumn(t *testing.T) {
	for name, want := range map[string]int{"id": 0, "name": 1, "lastupdated": 8, "yeti": -1} {
		func() {
			defer func() {
				if p := recover(); (p != nil) != (want < 0) {
					t.Errorf("%s: panic %v", name, p)
				}
			}()
			if got := Column(SpaceliftSpace, name); got != want {
				t.Errorf("%s is column %d, not %d", name, got, want)
			}
		}()
	}
}

func TestModel(t *testing.T) {
	for _, table := range Tables() {
		for i, c := range table.Columns {
			if c.Doc == "" {
				t.Errorf("%s.%s has no doc", table.Name, c.Name)
			}
			if slices.ContainsFunc(table.Columns[:i], func(p Property) bool { return p.Name == c.Name }) {
				t.Errorf("%s has two columns %s", table.Name, c.Name)
			}
		}
		if r := table.Relationship; r != nil {
			NodeTable(r.From)
			NodeTable(r.To)
			for i, name := range r.Identity {
				if r.Properties[i].Name != name {
					t.Errorf("%s: identity %s isn't among the leading properties", table.Name, name)
				}
			}
		}
	}
}
