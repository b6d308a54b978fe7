package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"liftgraph/ingest"
	"liftgraph/internal/dataset"
	"liftgraph/internal/progress"
)

func ingestCommand() *cli.Command {
	return &cli.Command{
		Name:      "ingest",
		Usage:     "load published files into Neo4j",
		ArgsUsage: "[DIR]",
		Flags: slices.Concat(dataFlags(), []cli.Flag{
			stringFlag(methodFlag, "admin", "how to load: admin (`neo4j-admin database import full` into a fresh database)"),
			boolFlag(dryRunFlag, "only print the command that would be run"),
		}, adminFlags(), serverFlags()),
		Action: func(c *cli.Context) error {
			if err := checkMethod(c.String(methodFlag)); err != nil {
				return err
			}
			dir := c.Args().First()
			if dir == "" {
				dir = publishedIn(c.String(dataFlag))
			}
			return ingestDir(c, dir)
		},
	}
}

// publishedIn gives where the CSV of a data directory lies, or the directory itself where it is a published one.
func publishedIn(data string) string {
	if _, err := dataset.ReadManifest(data); err == nil {
		return data
	}
	return filepath.Join(data, "csv")
}

// checkMethod refuses a method that there is not.
func checkMethod(method string) error {
	if method != "admin" {
		return usagef("method %q: it is admin", method)
	}
	return nil
}

// ingestDir loads a published directory as the flags say.
func ingestDir(c *cli.Context, dir string) error {
	display, err := display(c)
	if err != nil {
		return err
	}
	report, err := importDir(c, display, ingest.AdminConfig{
		Dir: dir, Neo4jHome: c.String(neo4jHomeFlag), Database: c.String(neo4jDatabaseFlag), Overwrite: c.Bool(overwriteFlag),
		DryRun: c.Bool(dryRunFlag), Temp: tempDir(c), Start: c.Bool(startFlag), Server: server(c),
	})
	if err != nil {
		return err
	}
	if c.Bool(dryRunFlag) {
		fmt.Fprintln(c.App.Writer, report.Command)
		return nil
	}
	for _, next := range report.Next {
		fmt.Fprintln(c.App.ErrWriter, "next:", next)
	}
	return nil
}

// importDir runs the import and tells what came in.
func importDir(c *cli.Context, display *progress.Display, cfg ingest.AdminConfig) (*ingest.AdminReport, error) {
	var at lastProgress
	stage := display.Stage("ingest", "", -1, at.String)
	cfg.Progress = at.Store
	release, err := dataset.Hold(cfg.Dir)
	if err != nil {
		return nil, err
	}
	report, err := ingest.Admin(c.Context, cfg)
	err = errors.Join(err, release())
	stage.Done()
	if err != nil || cfg.DryRun {
		return report, err
	}
	fmt.Fprintf(c.App.ErrWriter, "imported %d nodes, %d relationships, %d properties with Neo4j %s into %s, as the manifest says\n",
		report.Nodes, report.Relationships, report.Properties, report.Version, report.Store)
	if report.Started {
		fmt.Fprintf(c.App.ErrWriter, "the server is up at %s, with %d constraints\n", cfg.Server.URI, report.Constraints)
	}
	return report, nil
}
