package main

import (
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/emit"
	"liftgraph/emit/lake"
	"liftgraph/internal/objects"
)

// The layouts of what is emitted.
const (
	plainLayout = "plain"
	lakeLayout  = "lake"
)

// lakeTarget returns the lake that --out names.
func lakeTarget(c *cli.Context) ([]emit.Target, error) {
	if f := strings.TrimSpace(c.String(formatFlag)); f != string(emit.Parquet) {
		return nil, usagef("--%s %s holds Parquet: give --%s %s, not %q", layoutFlag, lakeLayout, formatFlag, emit.Parquet, f)
	}
	keep := c.Int(keepSnapshotsFlag)
	if keep < 1 && c.IsSet(keepSnapshotsFlag) {
		return nil, usagef("--%s %d: it is 1 or more", keepSnapshotsFlag, keep)
	}
	out := c.String(outFlag)
	if out == "" {
		out = filepath.Join(c.String(dataFlag), lakeLayout)
	}
	opts, err := s3Options(c)
	if err != nil {
		return nil, err
	}
	if !lake.IsURI(out) {
		if err := checkTarget(emit.Format(lake.Stage), out); err != nil {
			return nil, err
		}
	}
	return []emit.Target{{Format: emit.Parquet, Dir: out, Lake: &emit.Lake{KeepSnapshots: keep, S3: opts}}}, nil
}

// s3Options returns how S3 is reached, by the flags of [s3Flags].
func s3Options(c *cli.Context) (objects.Options, error) {
	log, err := logger(c)
	if err != nil {
		return objects.Options{}, err
	}
	return objects.Options{Log: log, AWS: awsOf(c)}, nil
}
