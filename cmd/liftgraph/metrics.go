package main

import (
	"context"
	"errors"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/metrics"
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
		r.Ended, r.ExitCode = time.Now(), exitCode(err)
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
