package admin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"liftgraph/ingest/server"
	"liftgraph/ingest/source"
)

// startLimit is the time a server gets to open its store. A cold start takes up to a minute on a small, busy machine.
const startLimit = 3 * time.Minute

// startAndCheck starts the server, compares what it holds with want, creates the constraints and returns their number.
func startAndCheck(ctx context.Context, t tool, cfg Config, want source.Counts) (constraints int, err error) {
	text, err := os.ReadFile(filepath.Join(cfg.Dir, source.ConstraintsName))
	if err != nil {
		return 0, err
	}
	d, err := cfg.Server.Driver()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.Close(context.WithoutCancel(ctx))) }()
	alive, err := startServer(ctx, t)
	if err != nil {
		return 0, fmt.Errorf("the import is done, but the server doesn't start: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("the import is done, but after the start of the server: %w; end it with %s",
				err, command{path: t.server(), args: []string{"stop"}, env: t.env}.shell())
		}
	}()
	if cfg.Progress != nil {
		cfg.Progress(Progress{Step: "waiting for Neo4j at " + cfg.Server.Address()})
	}
	waiting, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := server.Await(waiting, d, cfg.Database, alive); err != nil {
		return 0, fmt.Errorf("%s: %w", cfg.Server.Address(), err)
	}
	// First of all, so that nothing is changed in a database that isn't ours.
	have, err := server.Count(ctx, d, cfg.Database)
	if err != nil {
		return 0, err
	}
	if have != want {
		return 0, fmt.Errorf("database %s at %s holds %s, but the manifest says %s: is it the server of this Neo4j home?", cfg.Database, cfg.Server.Address(), have, want)
	}
	return server.Apply(ctx, d, cfg.Database, statements(string(text)))
}

var (
	pidPattern  = regexp.MustCompile(`\(pid:(\d+)\)`)
	logsPattern = regexp.MustCompile(`(?m)^logs: +(.*)$`)
)

// startServer starts the server as a daemon and returns what reports whether it still runs.
func startServer(ctx context.Context, t tool) (alive func() error, err error) {
	// Into a file: the daemon may hold on to a pipe, whose end we would wait for.
	said, err := os.CreateTemp("", "liftgraph-neo4j-start-")
	if err != nil {
		return nil, err
	}
	said.Close()
	defer func() { err = errors.Join(err, os.Remove(said.Name())) }()
	start := command{path: "/bin/sh", args: []string{"-c", `exec "$0" start >"$1" 2>&1 </dev/null`, t.server(), said.Name()}, env: t.env}
	code, err := start.run(ctx, func(string) {}, func(string) {})
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(said.Name())
	if err != nil {
		return nil, err
	}
	text := string(b)
	m := pidPattern.FindStringSubmatch(text)
	if code != 0 || m == nil || strings.Contains(text, "already running") {
		return nil, fmt.Errorf("%s start ended with exit code %d and says: %s", t.server(), code, strings.TrimSpace(text))
	}
	pid, err := strconv.Atoi(m[1])
	if err != nil {
		return nil, err
	}
	log := "its logs"
	if m := logsPattern.FindStringSubmatch(text); m != nil {
		log = filepath.Join(m[1], "neo4j.log")
	}
	return func() error {
		if syscall.Kill(pid, 0) != nil {
			return fmt.Errorf("the server has ended again; %s says why", log)
		}
		return nil
	}, nil
}
