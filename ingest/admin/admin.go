// Package admin imports a published directory into a fresh database by `neo4j-admin database import full`, with the
// arguments file beside the rows, and starts the server afterwards where that is wanted.
package admin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"liftgraph/ingest/server"
	"liftgraph/ingest/source"
)

// Config says what to import, and where to.
type Config struct {
	Dir       string // the published directory, CSV or Parquet
	Neo4jHome string // else NEO4J_HOME, else neo4j-admin in PATH
	Database  string // name; empty: neo4j
	Overwrite bool   // replace a database that exists
	DryRun    bool   // only say what would be run
	Temp      string // directory for the tool's report file; empty: the system's
	Progress  func(Progress)

	Start  bool          // start the server afterwards, create the constraints and count again
	Server server.Config // where the started server will answer; without a URI: where its configuration says
}

// Report says what was done.
type Report struct {
	Command       string // as one would type it in a shell
	Version       string // of Neo4j; empty in a dry run
	Store         string // directory of the database; empty in a dry run
	Nodes         int64
	Relationships int64
	Properties    int64
	Took          time.Duration
	Started       bool     // a server runs and the constraints are there
	Address       string   // of that server
	Constraints   int      // statements applied
	Next          []string // what is left to do, as shell commands
}

// Import imports a published directory into a database that is empty afterwards or holds exactly that
// directory's rows. It refuses, before it touches anything, a directory that its manifest doesn't
// describe, a database that exists (unless Overwrite) and one that a server uses. Wrong settings are a [server.UsageError]. With Start the server
// is left running, also where something fails after its start. Canceling ctx ends the import at once; the
// error then says that the database is unusable.
func Import(ctx context.Context, cfg Config) (*Report, error) {
	var err error
	if cfg.Dir, err = filepath.Abs(cfg.Dir); err != nil {
		return nil, err
	}
	if cfg, err = cfg.settled(); err != nil {
		return nil, err
	}
	if cfg.Temp == "" {
		cfg.Temp = os.TempDir()
	}
	if cfg.Temp, err = filepath.Abs(cfg.Temp); err != nil { // the tool runs elsewhere
		return nil, err
	}
	want, err := source.Read(cfg.Dir)
	if err != nil {
		return nil, err
	}
	tool, err := findTool(cfg.Neo4jHome)
	if err != nil {
		return nil, err
	}
	cfg.Server = tool.address(cfg)
	cmd := importCommand(tool, cfg)
	report := &Report{Command: cmd.shell()}
	if cfg.DryRun {
		report.Next = nextSteps(tool, cfg)
		return report, nil
	}
	if report.Version, err = tool.ready(ctx, cfg); err != nil {
		return nil, err
	}
	if want.Parquet && brokenParquet(report.Version) {
		return nil, fmt.Errorf("neo4j-admin %s reads Parquet wrongly, and may put relationships between wrong nodes: import the CSV of the same run (liftgraph emit --format csv), or take Neo4j 5.26.28, 2025.12 or later", report.Version)
	}
	began := time.Now()
	done, err := runImport(ctx, cmd, cfg, want.Counts)
	err = errors.Join(err, removeLogs(tool, cfg))
	report.Took, report.Store = time.Since(began), done.store
	if err != nil {
		return report, err
	}
	report.Nodes, report.Relationships, report.Properties = done.imported.Nodes, done.imported.Relationships, done.properties
	if done.imported != want.Counts {
		return report, fmt.Errorf("the import tool source.Counts %s, but the manifest %s: don't use database %s; run `liftgraph verify %s`",
			done.imported, want.Counts, cfg.Database, cfg.Dir)
	}
	if !cfg.Start {
		report.Next = nextSteps(tool, cfg)
		return report, nil
	}
	report.Address = cfg.Server.Address()
	report.Constraints, err = startAndCheck(ctx, tool, cfg, want.Counts)
	report.Started = err == nil
	return report, err
}

// removeLogs removes the directory logs/neo4j-admin-import-… that the import with --verbose leaves behind, which names our report.
// A trace of an exception is left where it is.
func removeLogs(t tool, cfg Config) (err error) {
	path, _ := filepath.EvalSymlinks(t.path)
	homes := []string{filepath.Dir(filepath.Dir(t.path)), filepath.Dir(filepath.Dir(path))}
	for _, home := range homes {
		found, _ := filepath.Glob(filepath.Join(home, "logs", "neo4j-admin-import-*"))
		for _, dir := range found {
			args, readErr := os.ReadFile(filepath.Join(dir, "cli-args"))
			if readErr == nil && strings.Contains(string(args), reportFile(cfg)) {
				err = errors.Join(err, os.RemoveAll(dir))
			}
		}
	}
	return err
}

// nextSteps returns the commands that turn the imported store into a database at work.
func nextSteps(t tool, cfg Config) []string {
	return []string{
		command{path: t.server(), args: []string{"start"}, env: t.env}.shell(),
		shellJoin("cypher-shell", "-d", cfg.Database, "-f", filepath.Join(cfg.Dir, source.ConstraintsName)),
	}
}

// runImport runs the import tool to its end.
func runImport(ctx context.Context, cmd command, cfg Config, want source.Counts) (*output, error) {
	out := &output{progress: cfg.Progress, want: want}
	report := reportFile(cfg)
	if err := os.MkdirAll(cfg.Temp, 0o700); err != nil {
		return out, err
	}
	if err := os.RemoveAll(report); err != nil { // of a killed one
		return out, err
	}
	code, err := cmd.run(ctx, out.line, out.errorLine)
	rejected, readErr := os.ReadFile(report)
	if readErr != nil && !errors.Is(readErr, fs.ErrNotExist) {
		return out, fmt.Errorf("the import tool's report: %w", readErr)
	}
	if len(rejected) == 0 {
		readErr = os.RemoveAll(report)
	}
	if err == nil && code == 0 && len(rejected) == 0 && out.done {
		return out, readErr
	}
	return out, out.failure(cfg, report, rejected, code, err)
}
