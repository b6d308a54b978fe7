package main

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit"
)

func runCommand() *cli.Command {
	return &cli.Command{
		Name:  "run",
		Usage: "extract, transform and emit in one go, and load if asked to",
		Flags: slices.Concat(dataFlags(), spaceliftFlags(), cloudTrailFlags(), engineFlags(), auditTrailFlags(), s3Flags(), inventoryFlags(), []cli.Flag{stubRuns(), since(), resume(), updateTag()}, formatFlags(), previousFlags(), redactFlags(), completeFlags(), []cli.Flag{
			qualifyIDs(),
			resultFlag(),
			boolFlag(keepFlag, "write DATA/raw and DATA/graph too"),
			stringFlag(ingestFlag, "", "load the files afterwards, by this `METHOD`: "+methodsUsage),
		}, adminFlags(), liveFlags(), staleFlags(), serverFlags()),
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
			if cfg.SinceLast, err = sinceLast(c); err != nil {
				return err
			}
			if cfg.SinceLast && !c.Bool(keepFlag) {
				return usagef("--%s auto goes on from DATA/raw, and leaves it for the next time: give --%s too", sinceFlag, keepFlag)
			}
			if cfg.Targets, err = targets(c); err != nil {
				return err
			}
			if cfg.Model, err = modelNamed(c); err != nil {
				return err
			}
			if cfg.Inventory, err = knownInstances(c); err != nil {
				return err
			}
			if cfg.Redact, err = redactRules(c); err != nil {
				return err
			}
			if cfg.Previous, err = previousConfig(c); err != nil {
				return err
			}
			if cfg.Resources, cfg.Changes, err = chosenResources(c); err != nil {
				return err
			}
			cfg.StubRuns, cfg.Keep, cfg.QualifyIDs = c.Bool(stubRunsFlag), c.Bool(keepFlag), c.Bool(qualifyFlag)
			method := c.String(ingestFlag)
			csv := slices.IndexFunc(cfg.Targets, func(t emit.Target) bool { return t.Format == emit.CSV })
			if method != "" {
				if err := checkMethod(method); err != nil {
					return err
				}
				if csv < 0 {
					return usagef("--%s %s loads CSV, but --%s has none", ingestFlag, method, formatFlag)
				}
				if err := checkLoad(c, method); err != nil {
					return err
				}
			}
			m, err := pipeline.Run(c.Context, cfg)
			if method == "" || err != nil {
				return finish(c, err, nextAfterEmit(cfg.Targets), m)
			}
			complete := finish(c, nil, "", m)
			if err := ingestDir(c, method, cfg.Targets[csv].Dir); err != nil {
				return fmt.Errorf("%s is published, but: %w", cfg.Targets[csv].Dir, err)
			}
			return complete
		},
	}
}
