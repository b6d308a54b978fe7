package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit"
	"liftgraph/internal/dataset"
)

func emitCommand() *cli.Command {
	return &cli.Command{
		Name:  "emit",
		Usage: "turn DATA/graph into files for Neo4j (csv) and for a data lake (parquet)",
		Flags: slices.Concat(dataFlags(), formatFlags(), []cli.Flag{qualifyIDs()}, previousFlags(), redactFlags(), completeFlags()[:1], s3Flags()),
		Action: func(c *cli.Context) error {
			cfg, err := pipelineConfig(c)
			if err != nil {
				return err
			}
			if cfg.Targets, err = targets(c); err != nil {
				return err
			}
			if cfg.Model, err = modelNamed(c); err != nil {
				return err
			}
			if cfg.Previous, err = previousConfig(c); err != nil {
				return err
			}
			if cfg.Redact, err = redactRules(c); err != nil {
				return err
			}
			cfg.QualifyIDs = c.Bool(qualifyFlag)
			m, err := pipeline.Emit(c.Context, cfg)
			return finish(c, err, nextAfterEmit(cfg.Targets), m)
		},
	}
}

// targets returns the directories that --format and --out ask for.
func targets(c *cli.Context) ([]emit.Target, error) {
	switch layout := c.String(layoutFlag); layout {
	case lakeLayout:
		return lakeTarget(c)
	case plainLayout:
	default:
		return nil, usagef("--%s %q: it is %s or %s", layoutFlag, layout, plainLayout, lakeLayout)
	}
	if c.IsSet(keepSnapshotsFlag) {
		return nil, usagef("--%s is about a lake: give --%s %s too", keepSnapshotsFlag, layoutFlag, lakeLayout)
	}
	if out := c.String(outFlag); strings.Contains(out, "://") {
		return nil, usagef("--%s %s: it is a directory; only a lake can be published in S3 (--%s %s)", outFlag, out, layoutFlag, lakeLayout)
	}
	formats := strings.Split(c.String(formatFlag), ",")
	var list []emit.Target
	for i, f := range formats {
		format := emit.Format(strings.TrimSpace(f))
		if !slices.Contains(emit.Formats(), format) || slices.Contains(formats[:i], f) {
			return nil, usagef("--%s %q: it is csv, parquet or csv,parquet", formatFlag, c.String(formatFlag))
		}
		dir := filepath.Join(c.String(dataFlag), string(format))
		if out := c.String(outFlag); out != "" {
			dir = out
			if len(formats) > 1 {
				dir = filepath.Join(out, string(format))
			}
		}
		if err := checkTarget(format, dir); err != nil {
			return nil, err
		}
		list = append(list, emit.Target{Format: format, Dir: dir})
	}
	return list, nil
}

// checkTarget refuses a place whose replacement would harm what another stage published.
func checkTarget(format emit.Format, dir string) error {
	if m, err := dataset.ReadManifest(dir); err == nil && m.Stage != "" && m.Stage != string(format) {
		return usagef("%s holds what the stage %s published: name another directory for %s", dir, m.Stage, format)
	}
	full, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for above := filepath.Dir(full); above != filepath.Dir(above); above = filepath.Dir(above) {
		if m, err := dataset.ReadManifest(above); err == nil && m.Stage != "" {
			return usagef("%s is inside %s, which is a published directory: name one outside", dir, above)
		}
	}
	return nil
}

// nextAfterEmit says what to do with the files.
func nextAfterEmit(list []emit.Target) string {
	if list[0].Lake != nil {
		return "liftgraph verify " + shellWord(list[0].Dir)
	}
	return "liftgraph ingest --method admin " + shellWord(list[0].Dir)
}
