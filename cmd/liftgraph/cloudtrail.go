package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/extract/cloudtrail"
	"liftgraph/internal/objects"
)

// cloudTrailConfig returns what to read of CloudTrail, or nil where no place is named.
func cloudTrailConfig(c *cli.Context) (*pipeline.CloudTrail, error) {
	from, to, err := fromTo(c)
	if err != nil {
		return nil, err
	}
	places, err := cloudTrailPlaces(c)
	if err != nil || len(places) == 0 && c.String(engineFlag) == localEngine {
		return nil, err
	}
	log, err := logger(c)
	if err != nil {
		return nil, err
	}
	cfg := &pipeline.CloudTrail{Config: cloudtrail.Config{
		IncludeReadOnly: c.Bool(readOnlyFlag), IncludeFailed: c.Bool(failedFlag),
		FollowRoles: c.Bool(followRolesFlag), HoldBack: true, AllInstances: c.Bool(allInstancesFlag),
		Temp: tempDir(c), Log: log,
	}}
	if cfg.Resources, cfg.Changes, err = chosenResources(c); err != nil {
		return nil, err
	}
	if c.IsSet(workersFlag) {
		cfg.Workers = c.Int(workersFlag)
	}
	cfg.From, cfg.To = from, to
	aws := awsOf(c)
	cfg.S3 = objects.Options{Log: log, AWS: aws}
	if cfg.Engine, err = engineConfig(c, &cfg.Config, aws); err != nil {
		return nil, err
	}
	for _, p := range places {
		store, err := objects.Open(c.Context, p.uri, objects.Options{Exact: p.exact, Log: log, AWS: aws})
		if err != nil {
			return nil, err
		}
		cfg.Sources = append(cfg.Sources, cloudtrail.Source{URI: p.uri, Store: store})
	}
	return cfg, nil
}

// place is where events lie: a path or an s3:// URI, which may name one object exactly.
type place struct {
	uri   string
	exact bool
}

// cloudTrailPlaces returns those of --cloudtrail, and the one that the flags of the EC2 ownership name.
func cloudTrailPlaces(c *cli.Context) ([]place, error) {
	var list []place
	for _, uri := range c.StringSlice(cloudTrailFlag) {
		if uri == "" {
			return nil, usagef("--%s is empty: it is a file, a directory or s3://bucket/prefix", cloudTrailFlag)
		}
		list = append(list, place{uri: uri})
	}
	bucket, key, prefix := c.String(bucketFlag), c.String(keyFlag), c.String(prefixFlag)
	switch {
	case bucket == "" && (key != "" || prefix != ""):
		return nil, usagef("--%s and --%s say what to read of a bucket: name it by --%s", keyFlag, prefixFlag, bucketFlag)
	case bucket == "":
		return list, nil
	case key != "" && prefix != "":
		return nil, usagef("--%s and --%s exclude each other: one names an object, the other many", keyFlag, prefixFlag)
	case key == "" && prefix == "":
		return nil, usagef("--%s %s: say what to read of it by --%s or --%s", bucketFlag, bucket, keyFlag, prefixFlag)
	}
	return append(list, place{"s3://" + bucket + "/" + key + prefix, key != ""}), nil
}

// fromTo returns the first and the last day, which are checked also where no events are read.
func fromTo(c *cli.Context) (from, to time.Time, err error) {
	if from, err = day(fromFlag, c.String(fromFlag)); err != nil {
		return from, to, err
	}
	if to, err = day(toFlag, c.String(toFlag)); err != nil {
		return from, to, err
	}
	if !to.IsZero() && to.Before(from) {
		err = usagef("--%s is before --%s: no day is between them", toFlag, fromFlag)
	}
	return from, to, err
}

// most is the largest number of days that a day may be ago: it is older than any log.
const most = 100 * 366

// day reads a day, the day of a time, or a number of days before today such as 90d, in UTC.
func day(name, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if n, ago := strings.CutSuffix(s, "d"); ago {
		if days, err := strconv.Atoi(n); err == nil && days >= 0 && days <= most && n[0] != '+' {
			return time.Now().UTC().AddDate(0, 0, -days).Truncate(24 * time.Hour), nil
		}
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(24 * time.Hour), nil
		}
	}
	return time.Time{}, usagef("--%s %q: it is a day (UTC) such as 2026-11-13, or days before today such as 90d", name, s)
}
