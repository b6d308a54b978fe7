package stale

import (
	"errors"
	"fmt"
	"iter"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
)

// Deletion is rows of a table to delete.
type Deletion struct {
	Table    *graph.Table
	Elements []any // ids within the database, as [Removal] takes them
}

// Deletions returns what a decided sweep deletes, relationships before nodes, at most size rows at a time. The slice of a
// deletion is reused for the next one.
func (s *Sweep) Deletions(size int) iter.Seq2[Deletion, error] {
	return func(yield func(Deletion, error) bool) {
		w, err := s.doomed.Cursor()
		if err != nil {
			yield(Deletion{}, err)
			return
		}
		batch := make([]any, 0, size)
		tables := s.model.Tables()
		for w.More() {
			number := w.Key()[1]
			for batch = batch[:0]; w.More() && w.Key()[1] == number && len(batch) < size; w.Advance() {
				batch = append(batch, string(w.Key()[3:]))
			}
			if !yield(Deletion{tables[number], batch}, nil) {
				return
			}
		}
		if err := errors.Join(w.Err(), w.Close()); err != nil {
			yield(Deletion{}, err)
		}
	}
}

// Removal returns the statement that deletes rows of a table by the ids of their elements ($elements; $tag, $account). What
// another load has written since, or what isn't the same thing any more, is kept: ids are used anew. It may run again.
func Removal(t *graph.Table, o cypher.Options) string {
	if r := t.Relationship; r != nil {
		return fmt.Sprintf("UNWIND $elements AS element\nMATCH (:%s)-[r:%s]->(:%s) WHERE elementId(r) = element AND r.%s < $tag\nDELETE r",
			o.Label(r.From), cypher.Name(r.Type), o.Label(r.To), graph.LastUpdated)
	}
	return fmt.Sprintf(`UNWIND $elements AS element
MATCH (n:%s) WHERE elementId(n) = element
MATCH (n)<-[c:%s]-(:%s {id: $account}) WHERE c.%s < $tag
WITH n, c, %s AS shared
FOREACH (one IN CASE WHEN shared THEN [c] ELSE [] END | DELETE one)
FOREACH (one IN CASE WHEN shared THEN [] ELSE [n] END | DETACH DELETE one)`, o.Label(t.Node.Label), graph.Resource, graph.SpaceliftAccount, graph.LastUpdated, claimedByOther("n"))
}
