package main

import (
	"errors"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/metrics"
	"liftgraph/internal/dataset"
)

// publishedKey is where a command notes in the app's metadata what it published.
const publishedKey = "published"

// note remembers what the command published.
func note(c *cli.Context, published []*dataset.Manifest) { c.App.Metadata[publishedKey] = published }

// measured writes the metrics file of a command that has one, whatever comes of the command.
func measured(action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		name := c.String(metricsFlag)
		if name == "" {
			return action(c)
		}
		if err := metrics.Check(name); err != nil {
			return usageErr{err}
		}
		r := metrics.Result{Command: strings.TrimPrefix(c.Command.HelpName, c.App.Name+" "), Began: time.Now()}
		err := action(c)
		r.Ended, r.ExitCode = time.Now(), exitCode(err)
		r.Published, _ = c.App.Metadata[publishedKey].([]*dataset.Manifest)
		if failed := metrics.Write(name, r); failed != nil {
			if errors.Is(err, errIncomplete) { // which was told already
				return failed
			}
			return errors.Join(err, failed)
		}
		return err
	}
}
