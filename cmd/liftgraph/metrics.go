package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/metrics"
	"liftgraph/emit/lake"
	"liftgraph/internal/dataset"
)

// publishedKey is the key in the app's metadata of what a command published.
const publishedKey = "published"

// note records what the command published.
func note(c *cli.Context, published []*dataset.Manifest) { c.App.Metadata[publishedKey] = published }

// measured writes the metrics file of a command that has one and sends the metrics to a collector, whatever comes of the command.
func measured(action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		name, endpoint := c.String(metricsFlag), c.String(otlpFlag)
		if name == "" && endpoint == "" {
			return action(c)
		}
		if name != "" {
			if err := outsidePublished(c, name); err != nil {
				return err
			}
			if err := metrics.Check(name); err != nil {
				return usageErr{err}
			}
		}
		if endpoint != "" {
			if _, err := metrics.ParseEndpoint(endpoint); err != nil {
				return usagef("--%s %w", otlpFlag, err)
			}
		}
		r := metrics.Result{Command: commandOf(c), Began: time.Now()}
		err := action(c)
		r.Ended, r.ExitCode = time.Now(), exitCode(interrupted(c.Context, err))
		r.Published, _ = c.App.Metadata[publishedKey].([]*dataset.Manifest)
		var failed error
		if name != "" {
			failed = metrics.Write(name, r)
		}
		if endpoint != "" {
			failed = errors.Join(failed, metrics.Push(context.WithoutCancel(c.Context), endpoint, r)) // also of a command that was interrupted
		}
		if failed != nil {
			if errors.Is(err, errIncomplete) { // which was printed already
				return failed
			}
			return errors.Join(err, failed)
		}
		return err
	}
}

// outsidePublished refuses a metrics file inside a directory that is published or will be: its manifest doesn't list the file.
func outsidePublished(c *cli.Context, name string) error {
	full, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	var own []string
	for _, dir := range []string{"csv", "parquet", lakeLayout, "graph", "raw", "quarantine"} {
		own = append(own, filepath.Join(c.String(dataFlag), dir))
	}
	if out := c.String(outFlag); out != "" && !strings.Contains(out, "://") {
		own = append(own, out)
	}
	for i, dir := range own {
		if own[i], err = filepath.Abs(dir); err != nil {
			return err
		}
	}
	for dir := filepath.Dir(full); ; dir = filepath.Dir(dir) {
		m, err := dataset.ReadManifest(dir)
		_, latest := os.Stat(filepath.Join(dir, lake.LatestName))
		if err == nil && m.Stage != "" || latest == nil || slices.Contains(own, dir) {
			return usagef("--%s %s is inside %s, which is published as a whole: name a file outside", metricsFlag, name, dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}
