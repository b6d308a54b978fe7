package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
)

func extractCommand() *cli.Command {
	tag := append([]cli.Flag{since(), updateTag()}, completeFlags()...)
	return &cli.Command{
		Name:   "extract",
		Usage:  "read every configured source into DATA/raw",
		Flags:  slices.Concat(dataFlags(), spaceliftFlags(), cloudTrailFlags(), engineFlags(), auditTrailFlags(), s3Flags(), []cli.Flag{resume()}, tag),
		Action: extract(wanted{account: true, calls: true, audit: true}),
		Subcommands: []*cli.Command{
			{
				Name:   "spacelift",
				Usage:  "read the Spacelift account into DATA/raw/spacelift",
				Flags:  slices.Concat(dataFlags(), spaceliftFlags(), []cli.Flag{resume()}, tag),
				Action: extract(wanted{account: true}),
			},
			{
				Name:   "cloudtrail",
				Usage:  "read CloudTrail events into DATA/raw/cloudtrail",
				Flags:  slices.Concat(dataFlags(), cloudTrailFlags(), engineFlags(), s3Flags(), []cli.Flag{scanWorkers(), boolFlag(dryRunFlag, "only print the SQL that the engine would run")}, tag),
				Action: extract(wanted{calls: true}),
			},
			{
				Name:   "audittrail",
				Usage:  "read Spacelift's audit trail into DATA/raw/audittrail",
				Flags:  slices.Concat(dataFlags(), auditTrailFlags(), spaceliftFlags(), s3Flags(), tag),
				Action: extract(wanted{audit: true}),
			},
		},
	}
}

// sinceLast reports whether to go on from the last extraction.
func sinceLast(c *cli.Context) (bool, error) {
	switch s := c.String(sinceFlag); s {
	case "":
		return false, nil
	case "auto":
		return true, nil
	default:
		return false, usagef("--%s %s: it is auto, or not given", sinceFlag, s)
	}
}

// wanted says which sources are read.
type wanted struct{ account, calls, audit bool }

// extract reads those of the sources that are configured.
func extract(w wanted) cli.ActionFunc {
	return func(c *cli.Context) error {
		cfg, err := pipelineConfig(c)
		if err != nil {
			return err
		}
		if cfg.SinceLast, err = sinceLast(c); err != nil {
			return err
		}
		if w.calls {
			if cfg.CloudTrail, err = cloudTrailConfig(c); err != nil {
				return err
			}
		}
		if w.audit {
			if cfg.AuditTrail, err = auditTrailConfig(c); err != nil {
				return err
			}
		}
		if w.account && (cfg.CloudTrail == nil && cfg.AuditTrail == nil || c.String(endpointFlag) != "") {
			if cfg.Spacelift, err = spaceliftConfig(c); err != nil {
				return err
			}
		}
		switch {
		case w.calls && cfg.CloudTrail == nil && !w.account:
			return usagef("nothing to read: give --%s s3://bucket/prefix, a directory or a file", cloudTrailFlag)
		case w.audit && cfg.AuditTrail == nil && !w.account:
			return usagef("nothing to read: give --%s with a spool, a directory or s3://bucket/prefix, or --%s", auditTrailFlag, auditTrailAPIFlag)
		}
		if c.Bool(dryRunFlag) {
			if cfg.CloudTrail.Engine == nil {
				return usagef("--%s prints what an engine would run: name one by --%s", dryRunFlag, engineFlag)
			}
			return printSQL(c, cfg.CloudTrail.Engine)
		}
		published, err := pipeline.Extract(c.Context, cfg)
		return finish(c, err, nextStage(c, "transform"), published...)
	}
}
