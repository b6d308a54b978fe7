package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"liftgraph/internal/pipeline"
)

func extractCommand() *cli.Command {
	flags := slices.Concat(dataFlags(), spaceliftFlags(), []cli.Flag{updateTag()})
	return &cli.Command{
		Name:   "extract",
		Usage:  "read every configured source into DATA/raw",
		Flags:  flags,
		Action: extractSpacelift,
		Subcommands: []*cli.Command{{
			Name:   "spacelift",
			Usage:  "read the Spacelift account into DATA/raw/spacelift",
			Flags:  slices.Clone(flags),
			Action: extractSpacelift,
		}},
	}
}

func extractSpacelift(c *cli.Context) error {
	cfg, err := pipelineConfig(c)
	if err != nil {
		return err
	}
	if cfg.Spacelift, err = spaceliftConfig(c); err != nil {
		return err
	}
	m, err := pipeline.Extract(c.Context, cfg)
	return finish(c, m, err, nextStage(c, "transform"))
}
