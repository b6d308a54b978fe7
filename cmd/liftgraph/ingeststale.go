package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/ingest"
)

// staleFlags say what becomes of what a graph holds and the directory lacks.
func staleFlags() []cli.Flag {
	return []cli.Flag{
		stringFlag(maxRemovedFlag, "20", "load-csv, bolt: remove nothing, and end with exit code 1, where more than this `PERCENT` of the account's nodes would be removed"),
		boolFlag(yesFlag, "load-csv, bolt: remove what the plan says, however much it is"),
		boolFlag(keepStaleFlag, "load-csv, bolt: remove nothing that the account no longer has"),
		boolFlag(olderFlag, "load-csv, bolt: load although the graph holds a later state of the account; nothing is removed then"),
	}
}

// loadRetention is the retention of a load alone.
func loadRetention() cli.Flag {
	return stringFlag(retentionFlag, "", "load-csv, bolt: remove calls of CloudTrail and events of the audit trail that are older than this `DURATION` before the update tag and not loaded anew, e.g. 365d or 8760h (default: they are kept)")
}

// staleConfig enters what these flags say.
func staleConfig(c *cli.Context, cfg *ingest.LiveConfig) (err error) {
	cfg.KeepStale, cfg.Older, cfg.DryRun, cfg.Temp = c.Bool(keepStaleFlag), c.Bool(olderFlag), c.Bool(dryRunFlag), tempDir(c)
	if c.IsSet(retentionFlag) { // that of run has a default, which isn't about the load
		if cfg.Retention, err = days(c.String(retentionFlag)); err != nil {
			return badRetention(c)
		}
	}
	most, err := strconv.ParseFloat(c.String(maxRemovedFlag), 64)
	if err != nil || !(most >= 0 && most <= 100) {
		return usagef("--%s %q: it is a percentage between 0 and 100", maxRemovedFlag, c.String(maxRemovedFlag))
	}
	if !c.Bool(yesFlag) {
		cfg.MaxRemoved = &most
	}
	cfg.Plan = func(p *ingest.Plan) error {
		switch {
		case cfg.DryRun && c.Bool(jsonFlag):
			return p.JSON(c.App.Writer)
		case cfg.DryRun:
			return p.Write(c.App.Writer)
		default:
			return p.Write(c.App.ErrWriter)
		}
	}
	return nil
}

// days reads a duration, in days too; nothing and 0 are 0.
func days(s string) (d time.Duration, err error) {
	if s == "" || s == "0" {
		return 0, nil
	}
	if n, isDays := strings.CutSuffix(s, "d"); isDays {
		var count int
		if count, err = strconv.Atoi(n); err == nil && count > 100*366 {
			return 0, fmt.Errorf("%d days are too long", count)
		}
		d = time.Duration(count) * 24 * time.Hour
	} else {
		d, err = time.ParseDuration(s)
	}
	if err == nil && d <= 0 {
		err = fmt.Errorf("%s is no time to keep anything", d)
	}
	return d, err
}
