package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/progress"
	"liftgraph/ingest"
	"liftgraph/internal/dataset"
)

func ingestCommand() *cli.Command {
	return &cli.Command{
		Name:      "ingest",
		Usage:     "load published files into Neo4j",
		ArgsUsage: "[DIR]",
		Flags: slices.Concat(dataFlags(), []cli.Flag{
			stringFlag(methodFlag, adminMethod, "how to load, a `METHOD`: "+methodsUsage),
			boolFlag(dryRunFlag, "change nothing: admin prints the command that would be run; load-csv and bolt compare, and print what would be added, changed and removed"),
			boolFlag(jsonFlag, "print the plan of a dry run as JSON"),
			loadWorkers(),
		}, adminFlags(), liveFlags(), staleFlags(), []cli.Flag{loadRetention()}, serverFlags(), s3Flags()),
		Action: func(c *cli.Context) error {
			if err := checkMethod(c.String(methodFlag)); err != nil {
				return err
			}
			dir := c.Args().First()
			if dir == "" {
				dir = publishedIn(c.String(dataFlag))
			}
			return ingestDir(c, c.String(methodFlag), dir)
		},
	}
}

// publishedIn returns where the CSV of a data directory lies, or the directory itself where it is a published one.
func publishedIn(data string) string {
	if _, err := dataset.ReadManifest(data); err == nil {
		return data
	}
	return filepath.Join(data, "csv")
}

// adminMethod is the method of loading that isn't one of [ingest.Live].
const adminMethod = "admin"

const methodsUsage = "admin (neo4j-admin database import full, into a fresh database), load-csv (into an existing database, from files that the server reads) or bolt (the same over the driver)"

// checkMethod refuses a method that there is not.
func checkMethod(method string) error {
	if method != adminMethod && method != ingest.LoadCSV && method != ingest.Bolt {
		return usagef("method %q: it is %s, %s or %s", method, adminMethod, ingest.LoadCSV, ingest.Bolt)
	}
	return nil
}

// ingestDir loads a published directory by a method, as the flags say.
func ingestDir(c *cli.Context, method, dir string) error {
	display, err := display(c)
	if err != nil {
		return err
	}
	if method != adminMethod {
		cfg, err := liveConfig(c, method, dir)
		if err != nil {
			return err
		}
		return liveDir(c, display, cfg)
	}
	report, err := importDir(c, display, ingest.AdminConfig{
		Dir: dir, Neo4jHome: c.String(neo4jHomeFlag), Database: c.String(neo4jDatabaseFlag), Overwrite: c.Bool(overwriteFlag),
		DryRun: c.Bool(dryRunFlag), Temp: tempDir(c), Start: c.Bool(startFlag), Server: importServer(c),
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

// importDir runs the import and prints what came in.
func importDir(c *cli.Context, display *progress.Display, cfg ingest.AdminConfig) (*ingest.AdminReport, error) {
	at := &lastProgress{waiting: "waiting for neo4j-admin"}
	stage := display.Stage("ingest", "", -1, at.String)
	cfg.Progress = func(p ingest.AdminProgress) { at.Store(p) }
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
		fmt.Fprintf(c.App.ErrWriter, "the server is up at %s, with %d constraints\n", report.Address, report.Constraints)
	}
	return report, nil
}
