package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
)

func transformCommand() *cli.Command {
	return &cli.Command{
		Name:  "transform",
		Usage: "turn DATA/raw into the rows of the graph, DATA/graph",
		Flags: slices.Concat(dataFlags(), inventoryFlags(), serverFlags(), []cli.Flag{stubRuns(), resources(), changes(), updateTag()}, completeFlags()),
		Action: func(c *cli.Context) error {
			cfg, err := pipelineConfig(c)
			if err != nil {
				return err
			}
			if !c.IsSet(updateTagFlag) {
				cfg.UpdateTag = 0 // raw's
			}
			if cfg.Inventory, err = knownInstances(c); err != nil {
				return err
			}
			cfg.StubRuns = c.Bool(stubRunsFlag)
			if cfg.Resources, cfg.Changes, err = chosenResources(c); err != nil {
				return err
			}
			m, err := pipeline.Transform(c.Context, cfg)
			return finish(c, err, nextStage(c, "emit"), m)
		},
	}
}
