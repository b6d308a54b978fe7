package trace

import (
	"context"
	"maps"
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

// nodes returns the nodes with these ids that there are.
func (a *asker) nodes(ctx context.Context, label graph.Label, ids []string) (map[string]node, error) {
	list := map[string]node{}
	t := graph.NodeTable(label)
	err := a.dir.Rows(ctx, t, lookup.ByKey, ids, func(row graph.Row) error {
		kept := own(row)
		list[kept[0].Text] = node{t, kept, a.carried(t, row)}
		return nil
	})
	return list, err
}

// own returns a row that owns its texts.
func own(row graph.Row) graph.Row {
	kept := slices.Clone(row)
	for i := range kept {
		kept[i].Text = strings.Clone(kept[i].Text)
	}
	return kept
}

// node is a node's row. That of a node which isn't there has nothing in it.
type node struct {
	table *graph.Table
	row   graph.Row

	carried Carried
}

// value returns a property by its name.
func (n node) value(name string) graph.Value {
	if n.row == nil {
		return graph.Value{}
	}
	return n.row[column(n.table, name)]
}

func (n node) text(name string) string { return n.value(name).Text }

// column returns the index of a table's column, which the model declares.
func column(t *graph.Table, name string) int {
	i := slices.IndexFunc(t.Columns, func(p graph.Property) bool { return p.Name == name })
	if i < 0 {
		panic("trace: " + t.Name + " has no column " + name)
	}
	return i
}

// links returns, for each of the ids that has edges, the ids at their other ends, in order.
func (a *asker) links(ctx context.Context, from graph.Label, typ string, to graph.Label, by lookup.By, ids []string) (map[string][]string, error) {
	list := map[string][]string{}
	err := a.dir.Rows(ctx, graph.RelationshipTable(from, typ, to), by, ids, func(row graph.Row) error {
		id, other := row[by].Text, strings.Clone(row[lookup.ByEnd-by].Text)
		if l := list[id]; len(l) == 0 || l[len(l)-1] != other {
			list[strings.Clone(id)] = append(l, other)
		}
		return nil
	})
	return list, err
}

// targets returns every id that links lead to, once.
func targets(links map[string][]string) []string {
	set := map[string]bool{}
	for _, l := range links {
		for _, id := range l {
			set[id] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// first returns the first of a list, or nothing.
func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// pick returns what is known of each id, in their order.
func pick[T any](ids []string, known map[string]*T) []T {
	list := make([]T, 0, len(ids))
	for _, id := range ids {
		list = append(list, *known[id])
	}
	return list
}
