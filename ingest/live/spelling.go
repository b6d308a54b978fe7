package live

import (
	"context"
	"fmt"
	"strings"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
)

// spelledName is the parameter of statements that holds the keys which the graph has in another case.
const spelledName = "spelled"

// spellings are the keys that the graph has in another case alone: as many as there are such nodes, which are people.
type spellings struct {
	there map[string]any       // the graph's, by the directory's
	here  map[string]string    // the directory's, by the graph's
	of    map[graph.Label]bool // the labels whose keys ignore case
}

// lookUpSpellings finds the nodes of the graph whose key differs by letter case alone from one of the directory, such as a
// GitHub user Alice where the directory has alice: that node is taken as it is, and no second is made. A node that is
// spelled as in the directory comes first, then the first in the order of bytes.
func (l *live) lookUpSpellings(ctx context.Context) error {
	l.spelled = spellings{map[string]any{}, map[string]string{}, map[graph.Label]bool{}}
	for _, t := range l.model.Tables() {
		if t.Node == nil || !t.Node.AnyCase || l.dir.Count(t) == 0 {
			continue
		}
		l.spelled.of[t.Node.Label] = true
		key := cypher.Name(t.Node.Key())
		query := fmt.Sprintf("MATCH (n:%s) WHERE toLower(toStringOrNull(n.%s)) IN $keys RETURN DISTINCT n.%[2]s ORDER BY n.%[2]s", l.options.Label(t.Node.Label), key)
		if err := l.keys(t, 0, func(keys []any) error { return l.lookUpSpelled(ctx, query, keys) }); err != nil {
			return fmt.Errorf("look up how the graph spells %s: %w", t.Name, err)
		}
	}
	return nil
}

// lookUpSpelled finds how the graph spells some keys.
func (l *live) lookUpSpelled(ctx context.Context, query string, keys []any) error {
	lower := make([]any, len(keys))
	for i, k := range keys {
		lower[i] = strings.ToLower(k.(string))
	}
	found, err := l.query(ctx, query, map[string]any{"keys": lower})
	if err != nil {
		return err
	}
	there, first := map[string]bool{}, map[string]string{}
	for _, record := range found {
		name, _ := record.Values[0].(string)
		there[name] = true
		if folded := strings.ToLower(name); first[folded] == "" {
			first[folded] = name
		}
	}
	for _, k := range keys {
		name := k.(string)
		if theirs := first[strings.ToLower(name)]; theirs != "" && !there[name] {
			l.spelled.there[name], l.spelled.here[theirs] = theirs, name
		}
	}
	return nil
}

// theirs returns keys of a table as the graph spells them.
func (s spellings) theirs(t *graph.Table, keys []any) []any {
	if !t.Node.AnyCase || len(s.there) == 0 {
		return keys
	}
	spelled := make([]any, len(keys))
	for i, k := range keys {
		spelled[i] = k
		if there, ok := s.there[k.(string)]; ok {
			spelled[i] = there
		}
	}
	return spelled
}

// ours returns an id of a row of the graph as the directory spells it; column is 0 or 1 for the ends of a relationship.
func (s spellings) ours(t *graph.Table, column int, id string) string {
	label := nodeLabel(t)
	if r := t.Relationship; r != nil {
		label = []graph.Label{r.From, r.To}[column]
	}
	if here, ok := s.here[id]; ok && s.of[label] {
		return here
	}
	return id
}
