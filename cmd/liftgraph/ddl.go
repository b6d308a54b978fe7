package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"liftgraph/emit/lake/ddl"
	"liftgraph/graph"
)

// ddlFlags are those of `schema --as ddl`.
func ddlFlags() []cli.Flag {
	return []cli.Flag{
		stringFlag(engineFlag, "", "`ENGINE` that the tables of --as ddl are for: athena, trino, duckdb or spark"),
		stringFlag(locationFlag, "", "`URI` of the lake they are over: s3://bucket/prefix, or its directory"),
		stringFlag(databaseFlag, "", "`NAME` of the database they are made in; for trino and spark also CATALOG.SCHEMA (default: the session's)"),
		stringFlag(firstSnapshotFlag, ddl.FirstDay, "first `DAY` that a snapshot may be of: athena and trino look at no folder of an earlier one, and at one of each day since"),
	}
}

// printDDL prints the tables over a lake.
func printDDL(c *cli.Context, model *graph.Model) error {
	for _, name := range []string{engineFlag, locationFlag} {
		if c.String(name) == "" {
			return usagef("--%s ddl needs --%s", asFlag, name)
		}
	}
	statements, notes, err := ddl.Statements(ddl.Config{
		Engine: ddl.Engine(c.String(engineFlag)), Location: c.String(locationFlag), Database: c.String(databaseFlag),
		From: c.String(firstSnapshotFlag), Model: model,
	})
	if err != nil {
		return usageErr{err}
	}
	for _, n := range notes {
		fmt.Fprintln(c.App.ErrWriter, "note:", n)
	}
	for _, s := range statements {
		if _, err := fmt.Fprint(c.App.Writer, s, ";\n\n"); err != nil {
			return err
		}
	}
	return nil
}
