package main

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"liftgraph/emit"
	"liftgraph/ingest"
	"liftgraph/internal/pipeline"
)

func runCommand() *cli.Command {
	return &cli.Command{
		Name:  "run",
		Usage: "extract, transform and emit in one go, and load if asked to",
		Flags: slices.Concat(dataFlags(), spaceliftFlags(), cloudTrailFlags(), engineFlags(), auditTrailFlags(), s3Flags(), inventoryFlags(), []cli.Flag{stubRuns(), updateTag()}, formatFlags(), []cli.Flag{
			boolFlag(keepFlag, "write DATA/raw and DATA/graph too"),
			stringFlag(ingestFlag, "", "load the files by this `METHOD` afterwards: admin"),
		}, adminFlags(), serverFlags()),
		Action: func(c *cli.Context) error {
			cfg, err := pipelineConfig(c)
			if err != nil {
				return err
			}
			if cfg.Spacelift, err = spaceliftConfig(c); err != nil {
				return err
			}
			if cfg.CloudTrail, err = cloudTrailConfig(c); err != nil {
				return err
			}
			if cfg.AuditTrail, err = auditTrailConfig(c); err != nil {
				return err
			}
			if cfg.Targets, err = targets(c); err != nil {
				return err
			}
			if cfg.Inventory, err = knownInstances(c); err != nil {
				return err
			}
			cfg.StubRuns, cfg.Keep = c.Bool(stubRunsFlag), c.Bool(keepFlag)
			method := c.String(ingestFlag)
			csv := slices.IndexFunc(cfg.Targets, func(t emit.Target) bool { return t.Format == emit.CSV })
			if method != "" {
				if err := checkMethod(method); err != nil {
					return err
				}
				if csv < 0 {
					return usagef("--%s %s loads CSV, but --%s has none", ingestFlag, method, formatFlag)
				}
				if err := ingest.CheckAdmin(c.Context, ingest.AdminConfig{Neo4jHome: c.String(neo4jHomeFlag), Database: c.String(neo4jDatabaseFlag), Overwrite: c.Bool(overwriteFlag), Start: c.Bool(startFlag), Server: server(c)}); err != nil {
					return err
				}
			}
			m, err := pipeline.Run(c.Context, cfg)
			if method == "" || err != nil {
				return finish(c, err, nextAfterEmit(cfg.Targets), m)
			}
			complete := finish(c, nil, "", m)
			if err := ingestDir(c, cfg.Targets[csv].Dir); err != nil {
				return fmt.Errorf("%s is published, but: %w", cfg.Targets[csv].Dir, err)
			}
			return complete
		},
	}
}
