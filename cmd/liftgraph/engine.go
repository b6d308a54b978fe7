package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/urfave/cli/v2"

	"liftgraph/extract/cloudtrail"
	"liftgraph/extract/cloudtrail/engine"
	"liftgraph/internal/objects"
)

// localEngine is --engine for reading everything here.
const localEngine = "local"

func engineFlags() []cli.Flag {
	return []cli.Flag{
		stringFlag(engineFlag, localEngine, "`ENGINE` that selects events before they are read: local (none), athena or trino"),
		stringFlag(engineTableFlag, "", "`TABLE` of CloudTrail that the engine searches: [catalog.]database.table"),
		stringFlag(engineOutputFlag, "", "`URI` (s3://bucket/prefix) below which the engine writes its results"),
		stringFlag(athenaWorkgroupFlag, "primary", "`NAME` of Athena's workgroup"),
		stringFlag(trinoURIFlag, "", "`URI` of the Trino server: https://user@host:port/catalog/schema"),
		stringFlag(trinoPasswordEnvFlag, "TRINO_PASSWORD", "`NAME` of the environment variable that holds the Trino user's password; unset where none is asked for"),
	}
}

// engineConfig returns the search that reads like cfg, or nil for none.
func engineConfig(c *cli.Context, cfg *cloudtrail.Config, aws *objects.AWS) (*engine.Config, error) {
	kind := engine.Kind(c.String(engineFlag))
	if kind == localEngine {
		return nil, nil
	}
	e := &engine.Config{
		Engine: kind, Table: c.String(engineTableFlag), Output: c.String(engineOutputFlag), From: cfg.From, To: cfg.To,
		IncludeReadOnly: cfg.IncludeReadOnly, IncludeFailed: cfg.IncludeFailed, FollowRoles: cfg.FollowRoles, AllInstances: cfg.AllInstances,
		AllResources: cfg.Resources == cloudtrail.ResourcesAll, Changes: cfg.Changes == cloudtrail.ChangesManaged || cfg.Changes == cloudtrail.ChangesAll,
		AllChanges: cfg.Changes == cloudtrail.ChangesAll,
		Athena:     engine.AthenaConfig{Workgroup: c.String(athenaWorkgroupFlag)},
		Trino:      engine.TrinoConfig{URI: c.String(trinoURIFlag), Password: os.Getenv(c.String(trinoPasswordEnvFlag))},
		Log:        cfg.Log,
	}
	if kind == engine.Athena {
		settings, err := aws.Config(c.Context)
		if err != nil {
			return nil, err
		}
		e.Athena.Client = athena.NewFromConfig(settings)
	}
	if err := e.Check(); err != nil {
		return nil, usageErr{err}
	}
	return e, nil
}

// printSQL prints what the engine would run.
func printSQL(c *cli.Context, e *engine.Config) error {
	statement, notes, err := engine.DryRun(c.Context, *e)
	if err != nil {
		return err
	}
	for _, n := range notes {
		fmt.Fprintln(c.App.ErrWriter, "note:", n)
	}
	_, err = fmt.Fprintln(c.App.Writer, statement)
	return err
}
