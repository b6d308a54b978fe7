// Package inventory reads which EC2 instances are known elsewhere: they are what a sanitized id may stand for.
package inventory

import (
	"context"
	"errors"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/internal/raw"
)

// instances asks for what Cartography and liftgraph write. Cartography calls the label AWSEC2Instance since its version
// 0.139.1, keeps the old one beside it, and hangs instances below their account.
const instances = `MATCH (i:EC2Instance|AWSEC2Instance)
OPTIONAL MATCH (a:AWSAccount)-[:RESOURCE]->(i)
RETURN coalesce(i.instanceid, i.id) AS id, a.id AS account, i.region AS region
ORDER BY id, account, region`

// FromNeo4j hands each instance of a graph to take: its id, whatever its form, and its account and region where the
// graph knows them.
func FromNeo4j(ctx context.Context, driver neo4j.DriverWithContext, database string, take func(raw.Instance) error) (err error) {
	s := driver.NewSession(ctx, neo4j.SessionConfig{AccessMode: neo4j.AccessModeRead, DatabaseName: database})
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	failed := func(err error) error {
		return fmt.Errorf("read the instance inventory from Neo4j at %s: %w", driver.Target().Host, err)
	}
	res, err := s.Run(ctx, instances, nil)
	if err != nil {
		return failed(err)
	}
	for res.Next(ctx) {
		var i raw.Instance
		for n, to := range []*string{&i.ID, &i.Account, &i.Region} {
			*to, _ = res.Record().Values[n].(string)
		}
		if err := take(i); err != nil {
			return err
		}
	}
	if err := res.Err(); err != nil {
		return failed(err)
	}
	return nil
}
