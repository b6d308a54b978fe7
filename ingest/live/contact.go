package live

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"liftgraph/ingest/server"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// contactLimit is the time a server gets to answer at all.
const contactLimit = 30 * time.Second

// met is what a server says of itself.
type met struct{ version, database string } // database: its id, which one made anew doesn't have

// contact asks the server who it is. An error says what to do.
func contact(ctx context.Context, d neo4j.DriverWithContext, cfg Config) (met, error) {
	ctx, cancel := context.WithTimeout(ctx, contactLimit)
	defer cancel()
	at := cfg.Server.Address()
	if err := d.VerifyConnectivity(ctx); err != nil {
		return met{}, fmt.Errorf("%s: %w; %s", at, err, advice(err, cfg.Database))
	}
	var m met
	for _, q := range []struct {
		query string
		into  *string
	}{
		{"CALL dbms.components() YIELD versions RETURN versions[0] AS it", &m.version},
		{"CALL db.info() YIELD id RETURN id AS it", &m.database},
	} {
		r, err := neo4j.ExecuteQuery(ctx, d, q.query, nil, neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase(cfg.Database))
		if err != nil {
			return met{}, fmt.Errorf("%s, database %s: %w; %s", at, cfg.Database, err, advice(err, cfg.Database))
		}
		*q.into, _ = r.Records[0].Values[0].(string)
	}
	if !newEnough(m.version) {
		return met{}, fmt.Errorf("%s is Neo4j %s: loading into an existing database needs 5.23 or later; `--method admin` makes a fresh database with any 5", at, m.version)
	}
	return m, nil
}

// advice says what to do about an answer, or none.
func advice(err error, database string) string {
	if said, ok := errors.AsType[*neo4j.Neo4jError](err); ok {
		if h := server.Refusal(said, database); h != "" {
			return h
		}
	}
	return "is the server up, and is it the one of --neo4j-uri?"
}

// newEnough reports whether a version has CALL (row) { … } IN TRANSACTIONS, which came with 5.23. Later ones count by years: 2025.01.
func newEnough(version string) bool {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err := strconv.Atoi(first)
	if err != nil {
		return true // one that is named otherwise says what it can't do when it is asked to
	}
	second, _, _ = strings.Cut(second, "-") // of 5.27-aura
	minor, err := strconv.Atoi(second)
	return err != nil || major > 5 || major == 5 && minor >= 23
}
