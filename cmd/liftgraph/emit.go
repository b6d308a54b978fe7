package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/emit"
	"liftgraph/internal/pipeline"
)

func emitCommand() *cli.Command {
	return &cli.Command{
		Name:  "emit",
		Usage: "turn DATA/graph into files for Neo4j (csv) and for a data lake (parquet)",
		Flags: slices.Concat(dataFlags(), formatFlags()),
		Action: func(c *cli.Context) error {
			cfg, err := pipelineConfig(c)
			if err != nil {
				return err
			}
			if cfg.Targets, err = targets(c); err != nil {
				return err
			}
			m, err := pipeline.Emit(c.Context, cfg)
			return finish(c, m, err, nextAfterEmit(cfg.Targets))
		},
	}
}

// targets gives the directories that --format and --out ask for.
func targets(c *cli.Context) ([]emit.Target, error) {
	if out := c.String(outFlag); strings.Contains(out, "://") {
		return nil, usagef("--%s %s: it is a directory", outFlag, out)
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
		list = append(list, emit.Target{Format: format, Dir: dir})
	}
	return list, nil
}

// nextAfterEmit says what to do with the files.
func nextAfterEmit(list []emit.Target) string {
	return "liftgraph ingest --method admin " + list[0].Dir
}
