package trace

import (
	"context"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// FromNeo4j asks a database.
func FromNeo4j(ctx context.Context, driver neo4j.DriverWithContext, database string) ([]Change, error) {
	res, err := neo4j.ExecuteQuery(ctx, driver, Cypher, nil, neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase(database), neo4j.ExecuteQueryWithReadersRouting())
	if err != nil {
		return nil, fmt.Errorf("ask who changed what: %w", err)
	}
	var list []Change
	for _, r := range res.Records {
		text := func(key string) string {
			v, _ := r.Get(key)
			s, _ := v.(string)
			return s
		}
		texts := func(key string) (all []string) {
			v, _ := r.Get(key)
			items, _ := v.([]any)
			for _, i := range items {
				if s, ok := i.(string); ok {
					all = append(all, s)
				}
			}
			return all
		}
		list = append(list, Change{
			Instance: text("instance"), ResolvedBy: text("resolved_by"), Calls: calls(r), Author: text("author"), Commit: text("commit"), Run: text("run"), TriggeredBy: text("triggered_by"),
			ConfirmedBy: texts("confirmed_by"), Stack: text("stack"), Space: text("space"), Workers: texts("workers"), Hosts: texts("hosts"),
		})
	}
	return normalize(list), nil
}

// calls gives the API calls of a record.
func calls(r *neo4j.Record) (list []Call) {
	v, _ := r.Get("calls")
	items, _ := v.([]any)
	for _, i := range items {
		m, _ := i.(map[string]any)
		text := func(key string) string { s, _ := m[key].(string); return s }
		list = append(list, Call{EventID: text("event_id"), Time: text("event_time"), Name: text("event_name"), Account: text("aws_account"), Region: text("aws_region"), Error: text("error_code")})
	}
	return list
}
