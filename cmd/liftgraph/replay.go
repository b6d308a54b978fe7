package main

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/extract/cloudtrail"
	"liftgraph/internal/dataset"
)

func replayCommand() *cli.Command {
	return &cli.Command{
		Name:  "replay",
		Usage: "judge the quarantine's records again, after an upgrade or a fix, and add what can be used now to DATA/raw",
		Flags: slices.Concat(dataFlags(), []cli.Flag{
			boolFlag(readOnlyFlag, "as in the extraction"),
			boolFlag(failedFlag, "as in the extraction"),
			&cli.BoolFlag{Name: followRolesFlag, Value: true, Usage: "as in the extraction", EnvVars: env(followRolesFlag)},
			boolFlag(allInstancesFlag, "as in the extraction"),
			resources(), changes(),
		}, completeFlags(), s3Flags()),
		Action: func(c *cli.Context) error {
			cfg, err := pipelineConfig(c)
			if err != nil {
				return err
			}
			opts, err := s3Options(c)
			if err != nil {
				return err
			}
			cfg.CloudTrail = &pipeline.CloudTrail{Config: cloudtrail.Config{
				IncludeReadOnly: c.Bool(readOnlyFlag), IncludeFailed: c.Bool(failedFlag), FollowRoles: c.Bool(followRolesFlag), AllInstances: c.Bool(allInstancesFlag),
				Temp: tempDir(c), Log: opts.Log,
			}}
			if cfg.CloudTrail.Resources, cfg.CloudTrail.Changes, err = chosenResources(c); err != nil {
				return err
			}
			all, err := pipeline.Replay(c.Context, cfg, opts)
			var published []*dataset.Manifest
			for _, r := range all {
				fmt.Fprintf(c.App.Writer, "%s: %d records were quarantined; %d objects were read again; %d records are quarantined now\n", r.Source, r.Before, r.Objects, r.Remaining)
				if r.Records > 0 {
					fmt.Fprintf(c.App.ErrWriter, "note: %d of them were used as the quarantine has them\n", r.Records)
				}
				if r.Elsewhere > 0 {
					fmt.Fprintf(c.App.ErrWriter, "note: %d of them name no object: `liftgraph extract %s` reads them again\n", r.Elsewhere, r.Source)
				}
				published = append(published, r.Manifest)
			}
			if err == nil && len(all) == 0 {
				fmt.Fprintln(c.App.Writer, "nothing in the quarantine names an object to be read again")
			}
			next := ""
			if len(all) > 0 {
				next = nextStage(c, "transform")
			}
			return finish(c, err, next, published...)
		},
	}
}
