package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"liftgraph/internal/pipeline"
)

func extractCommand() *cli.Command {
	tag := []cli.Flag{updateTag()}
	return &cli.Command{
		Name:   "extract",
		Usage:  "read every configured source into DATA/raw",
		Flags:  slices.Concat(dataFlags(), spaceliftFlags(), cloudTrailFlags(), tag),
		Action: extract(true, true),
		Subcommands: []*cli.Command{
			{
				Name:   "spacelift",
				Usage:  "read the Spacelift account into DATA/raw/spacelift",
				Flags:  slices.Concat(dataFlags(), spaceliftFlags(), tag),
				Action: extract(true, false),
			},
			{
				Name:   "cloudtrail",
				Usage:  "read CloudTrail events into DATA/raw/cloudtrail",
				Flags:  slices.Concat(dataFlags(), cloudTrailFlags(), []cli.Flag{scanWorkers()}, tag),
				Action: extract(false, true),
			},
		},
	}
}

// extract reads those of the sources named that are configured.
func extract(account, events bool) cli.ActionFunc {
	return func(c *cli.Context) error {
		cfg, err := pipelineConfig(c)
		if err != nil {
			return err
		}
		if events {
			if cfg.CloudTrail, err = cloudTrailConfig(c); err != nil {
				return err
			}
		}
		if account && (cfg.CloudTrail == nil || c.String(endpointFlag) != "") {
			if cfg.Spacelift, err = spaceliftConfig(c); err != nil {
				return err
			}
		}
		if cfg.Spacelift == nil && cfg.CloudTrail == nil {
			return usagef("nothing to read: give --%s s3://bucket/prefix, a directory or a file", cloudTrailFlag)
		}
		published, err := pipeline.Extract(c.Context, cfg)
		return finish(c, err, nextStage(c, "transform"), published...)
	}
}
