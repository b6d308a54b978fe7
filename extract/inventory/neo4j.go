// Package inventory reads which EC2 instances are known elsewhere: they are what a sanitized id may stand for.
package inventory

import (
	"context"
	"errors"
	"fmt"
	"time"

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

// checkTime is how long a server may take to answer for the first time.
const checkTime = 30 * time.Second

// Check returns an error where the server doesn't answer, or not us.
func Check(ctx context.Context, driver neo4j.DriverWithContext, database string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	s := driver.NewSession(ctx, neo4j.SessionConfig{AccessMode: neo4j.AccessModeRead, DatabaseName: database})
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	res, err := s.Run(ctx, "RETURN 1", nil)
	if err == nil {
		_, err = res.Consume(ctx)
	}
	if err != nil {
		return fmt.Errorf("Neo4j at %s, for the instance inventory: %w", driver.Target().Host, err)
	}
	return nil
}
