package live

import (
	"context"
	"fmt"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/graph/cypher"
	"liftgraph/ingest/server"
)

// schema makes every label findable by its key, and waits until it is. What is indexed already stays as it is: beside a plain index no constraint can be made.
func (l *live) schema(ctx context.Context) error {
	states, err := l.indexes(ctx)
	if err != nil {
		return err
	}
	keys := cypher.Keys(l.options)
	for _, k := range keys {
		if _, there := states[[2]string{k.Label, k.Property}]; there {
			continue
		}
		if _, err := server.Apply(ctx, l.driver, l.cfg.Database, []string{k.Make()}); err != nil {
			return fmt.Errorf("index the graph: %w", err)
		}
	}
	for {
		states, err := l.indexes(ctx)
		if err != nil {
			return err
		}
		ready := true
		for _, k := range keys {
			switch state := states[[2]string{k.Label, k.Property}]; state {
			case "ONLINE":
			case "":
				return fmt.Errorf("there is no index on %s.%s: something else in the schema has the name that one would get", k.Label, k.Property)
			case "FAILED":
				return fmt.Errorf("the index on %s.%s has failed (SHOW INDEXES YIELD * says why): drop it and run this again", k.Label, k.Property)
			default:
				ready = false
			}
		}
		if ready {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// indexes returns the states of the range indexes on one property of one label, those of constraints among them.
func (l *live) indexes(ctx context.Context) (map[[2]string]string, error) {
	r, err := neo4j.ExecuteQuery(ctx, l.driver, `SHOW INDEXES YIELD type, entityType, labelsOrTypes, properties, state
WHERE type = 'RANGE' AND entityType = 'NODE' AND size(labelsOrTypes) = 1 AND size(properties) = 1
RETURN labelsOrTypes[0] AS label, properties[0] AS property, state`, nil, neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase(l.cfg.Database))
	if err != nil {
		return nil, err
	}
	states := map[[2]string]string{}
	for _, record := range r.Records {
		label, _ := record.Values[0].(string)
		property, _ := record.Values[1].(string)
		state, _ := record.Values[2].(string)
		if key := [2]string{label, property}; states[key] != "ONLINE" {
			states[key] = state
		}
	}
	return states, nil
}
