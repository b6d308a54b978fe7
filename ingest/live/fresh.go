package live

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
)

// fresh reports whether rows of a table can be created without looking for each: where the graph has none of the table, none was
// loaded before, and no other load may come to write the same row at the same time. It is asked when no transaction of this
// load is at work. What is tried again is never created: it is unknown what the try before has written.
func (l *live) fresh(ctx context.Context, t *graph.Table, from int64) (bool, error) {
	if from > 0 || l.looked[t] || !l.alone(t) {
		return false, nil
	}
	l.looked[t] = true
	patterns := []string{fmt.Sprintf("(x:%s)", l.options.Label(nodeLabel(t)))}
	if r := t.Relationship; r != nil { // each count is one that the server keeps
		patterns = []string{
			fmt.Sprintf("(:%s)-[x:%s]->()", l.options.Label(r.From), cypher.Name(r.Type)),
			fmt.Sprintf("()-[x:%s]->(:%s)", cypher.Name(r.Type), l.options.Label(r.To)),
		}
	}
	for _, pattern := range patterns {
		found, err := l.query(ctx, fmt.Sprintf("MATCH %s RETURN count(x)", pattern), nil)
		if err != nil {
			return false, err
		}
		if found[0].Values[0] == int64(0) {
			return true, nil
		}
	}
	return false, nil
}

// alone reports whether no load of another account writes the same rows: those of nodes whose key is unique by a constraint, which
// would refuse the second, and relationships with an end that is this account's.
func (l *live) alone(t *graph.Table) bool {
	own := func(label graph.Label) bool {
		end, ok := l.model.Table(string(label))
		return ok && label != graph.SpaceliftWorker && (label == graph.SpaceliftAccount || end.Node.Local ||
			slices.ContainsFunc(end.Columns, func(p graph.Property) bool { return p.Name == "spacelift_account_id" }))
	}
	if r := t.Relationship; r != nil {
		return own(r.From) || own(r.To)
	}
	return !t.Node.Foreign
}

// taken reports whether a row can't be created because it is there.
func taken(err error) bool {
	said, ok := errors.AsType[*neo4j.Neo4jError](err)
	return ok && said.Code == "Neo.ClientError.Schema.ConstraintValidationFailed"
}

// creating returns the options by which rows are created, or not.
func (l *live) creating(create bool) cypher.Options {
	o := l.options
	o.Create = create
	return o
}
