package graph

import (
	"bytes"
	"cmp"
	"slices"
	"testing"
)

// The keys' bytes, the comparison of rows and the checker agree on the order.
func TestOrder(t *testing.T) {
	table := RelationshipTable(SpaceliftRun, Affected, EC2Instance)
	var rows []Row
	ids := []string{"\x00", "\x00\x00", "\x00\x01", "\x01", "a", "a\x00", "a\x00b", "a\x01", "ab", "é", "\xff", "\xff\xff"}
	for _, a := range ids {
		for _, b := range ids {
			for _, event := range []Value{{}, Text(""), Text("\x00"), Text("e")} {
				row := make(Row, len(table.Columns))
				row[0], row[1], row[2] = Text(a), Text(b), event
				rows = append(rows, row)
			}
		}
	}
	for _, a := range rows {
		for _, b := range rows {
			want := cmp.Or(cmp.Compare(a[0].Text, b[0].Text), cmp.Compare(a[1].Text, b[1].Text))
			if got := table.Compare(a, b); want != 0 && got != want {
				t.Fatalf("%v is %d to %v, not %d", a[:3], got, b[:3], want)
			}
			if got := bytes.Compare(table.AppendKey(nil, a), table.AppendKey(nil, b)); got != table.Compare(a, b) {
				t.Fatalf("the keys of %v and %v compare as %d, the rows as %d", a[:3], b[:3], got, table.Compare(a, b))
			}
		}
	}
	slices.SortFunc(rows, table.Compare)
	check := NewChecker(table)
	for _, row := range rows {
		if err := check.Check(row); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOrderOfNumbers(t *testing.T) {
	table := &Table{Node: &Node{}, Columns: []Property{{Name: "n", Type: Int}}}
	var last []byte
	for _, n := range []int64{-1 << 63, -2, -1, 0, 1, 1<<63 - 1} {
		key := table.AppendKey(nil, Row{Num(n)})
		if bytes.Compare(last, key) >= 0 {
			t.Errorf("%d comes too early", n)
		}
		last = key
	}
}
