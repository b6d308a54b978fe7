package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/progress"
	"liftgraph/ingest"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// signedFor is how long a signed URL is valid: the server opens a file at once, and reads it for as long as it takes.
const signedFor = time.Hour

// liveConfig returns how a directory is loaded into an existing graph, as the flags say.
func liveConfig(c *cli.Context, method, dir string) (ingest.LiveConfig, error) {
	cfg := ingest.LiveConfig{
		Method: method, Dir: dir, Server: server(c), Database: c.String(neo4jDatabaseFlag),
		EC2Label: c.String(ec2LabelFlag), NoCreateForeign: c.Bool(noForeignFlag),
		ImportDir: c.String(importDirFlag), LoadURL: c.String(loadURLFlag), Workers: c.Int(workersFlag),
	}
	if method != ingest.LoadCSV || !strings.HasPrefix(cfg.LoadURL, "s3://") {
		return cfg, nil
	}
	opts, err := s3Options(c)
	if err != nil {
		return cfg, err
	}
	folder, err := objects.OpenFolder(c.Context, cfg.LoadURL, opts)
	if err != nil {
		return cfg, err
	}
	cfg.LoadURL, cfg.Sign = "", func(ctx context.Context, f dataset.File) (string, error) {
		return folder.Presign(ctx, f.Path, f.Bytes, signedFor)
	}
	return cfg, nil
}

// liveDir runs the load and prints what came in.
func liveDir(c *cli.Context, display *progress.Display, cfg ingest.LiveConfig) error {
	if err := staleConfig(c, &cfg); err != nil {
		return err
	}
	at := &lastProgress{waiting: "waiting for Neo4j at " + cfg.Server.Address()}
	stage := display.Stage("ingest", "", -1, at.String)
	cfg.Progress = func(p ingest.LiveProgress) { at.Store(p) }
	release, err := dataset.Hold(cfg.Dir)
	if err != nil {
		return err
	}
	report, err := ingest.Live(c.Context, cfg)
	err = errors.Join(err, release())
	stage.Done()
	if err != nil || cfg.DryRun {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "loaded %d nodes, %d relationships into database %s at %s (Neo4j %s) in %s, as the manifest says\n",
		report.Nodes, report.Relationships, cfg.Database, cfg.Server.URI, report.Version, report.Took.Round(time.Millisecond))
	if report.Resumed > 0 {
		fmt.Fprintf(c.App.ErrWriter, "%d of these rows had been loaded before, by a load that was interrupted\n", report.Resumed)
	}
	if report.LeftOut > 0 {
		fmt.Fprintf(c.App.ErrWriter, "left out: %d relationships of instances or users that the graph doesn't have (--%s)\n", report.LeftOut, noForeignFlag)
	}
	if report.RemovedNodes+report.RemovedRelationships > 0 {
		fmt.Fprintf(c.App.ErrWriter, "removed %d nodes, %d relationships that the account no longer has\n", report.RemovedNodes, report.RemovedRelationships)
	}
	return nil
}

// checkLoad returns an error that says what would keep the load from working, so that a run needn't end to find out.
func checkLoad(c *cli.Context, method string) error {
	if method != adminMethod {
		cfg, err := liveConfig(c, method, "")
		if err != nil {
			return err
		}
		if err := staleConfig(c, &cfg); err != nil {
			return err
		}
		return ingest.CheckLive(c.Context, cfg)
	}
	return ingest.CheckAdmin(c.Context, ingest.AdminConfig{Neo4jHome: c.String(neo4jHomeFlag), Database: c.String(neo4jDatabaseFlag), Overwrite: c.Bool(overwriteFlag), Start: c.Bool(startFlag), Server: importServer(c)})
}
