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
		Flags: slices.Concat(dataFlags(), spaceliftFlags(), []cli.Flag{inventory(), updateTag()}, formatFlags(), []cli.Flag{
			boolFlag(keepFlag, "write DATA/raw and DATA/graph too"),
			stringFlag(ingestFlag, "", "load the files by this `METHOD` afterwards: admin"),
		}, neo4jFlags()),
		Action: func(c *cli.Context) error {
			cfg, err := pipelineConfig(c)
			if err != nil {
				return err
			}
			if cfg.Spacelift, err = spaceliftConfig(c); err != nil {
				return err
			}
			if cfg.Targets, err = targets(c); err != nil {
				return err
			}
			if cfg.Inventory, err = inventoryFile(c); err != nil {
				return err
			}
			cfg.Keep = c.Bool(keepFlag)
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
				return finish(c, m, err, nextAfterEmit(cfg.Targets))
			}
			complete := finish(c, m, nil, "")
			if err := ingestDir(c, cfg.Targets[csv].Dir); err != nil {
				return fmt.Errorf("%s is published, but: %w", cfg.Targets[csv].Dir, err)
			}
			return complete
		},
	}
}
