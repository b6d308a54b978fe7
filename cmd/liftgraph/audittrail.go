package main

import (
	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/extract/audittrail"
	"liftgraph/extract/audittrail/spool"
	"liftgraph/internal/objects"
)

// auditTrailConfig returns what to read of the audit trail, or nil where nothing is asked for.
func auditTrailConfig(c *cli.Context) (*pipeline.AuditTrail, error) {
	uris := c.StringSlice(auditTrailFlag)
	if len(uris) == 0 && !c.Bool(auditTrailAPIFlag) {
		return nil, nil
	}
	log, err := logger(c)
	if err != nil {
		return nil, err
	}
	cfg := new(pipeline.AuditTrail)
	if c.Bool(auditTrailAPIFlag) {
		if cfg.API, err = spaceliftConfig(c); err != nil {
			return nil, err
		}
	}
	aws := awsOf(c)
	for _, uri := range uris {
		if uri == "" {
			return nil, usagef("--%s is empty: it is a spool, a directory, a file or s3://bucket/prefix", auditTrailFlag)
		}
		src := audittrail.Source{URI: uri}
		if spool.Is(uri) {
			src.Spool = uri
		} else if src.Store, err = objects.Open(c.Context, uri, objects.Options{Log: log, AWS: aws}); err != nil {
			return nil, err
		}
		cfg.Files.Sources = append(cfg.Files.Sources, src)
	}
	return cfg, nil
}
