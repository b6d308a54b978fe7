package admin

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"

	"liftgraph/ingest/server"
)

// Check returns an error that says what would keep [Import] from importing, so that a long job can ask before it begins: no tool or one
// too old, no Java, a database that exists (unless Overwrite) or that a server uses and, with Start, a server that runs
// already or can't be started. Wrong settings are a [server.UsageError]. Dir isn't looked at. It takes a few seconds.
func Check(ctx context.Context, cfg Config) error {
	cfg, err := cfg.settled()
	if err != nil {
		return err
	}
	t, err := findTool(cfg.Neo4jHome)
	if err != nil {
		return err
	}
	cfg.Server = t.address(cfg)
	if _, err := t.ready(ctx, cfg); err != nil {
		return err
	}
	return t.checkVacant(ctx, cfg)
}

// databaseName is Neo4j's rule, and keeps a name from being taken for an option. The import tool takes names that begin
// with system, but no server does.
var databaseName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.-]{2,62}$`)

// settled fills in what was left out, or returns a [server.UsageError].
func (cfg Config) settled() (Config, error) {
	if cfg.Database == "" {
		cfg.Database = "neo4j"
	}
	if !databaseName.MatchString(cfg.Database) || strings.HasPrefix(strings.ToLower(cfg.Database), "system") {
		return cfg, &server.UsageError{Problem: fmt.Sprintf("%q is no name of a database to import into: 3 to 63 letters, digits, dots and dashes, a letter first, and not system at the beginning", cfg.Database)}
	}
	if !cfg.Start {
		return cfg, nil
	}
	return cfg, cfg.Server.Check()
}

// ready returns the version of a tool that can do what is asked, and with Start of a server that can be started.
func (t tool) ready(ctx context.Context, cfg Config) (version string, err error) {
	if cfg.Start {
		if _, err := os.Stat(t.server()); err != nil {
			return "", fmt.Errorf("no server to start: %w", err)
		}
		if err := cfg.Server.CheckUnused(ctx); err != nil {
			return "", err
		}
	}
	return t.version(ctx)
}

// checkVacant asks the tool about the database. What it says of a vacant place differs, so all but a clear yes source.Counts
// as such: the import itself looks again.
func (t tool) checkVacant(ctx context.Context, cfg Config) error {
	o := new(output)
	code, err := command{path: t.path, args: []string{"database", "info", cfg.Database}, env: t.env}.run(ctx, func(string) {}, o.errorLine)
	switch {
	case err != nil:
		return err
	case strings.Contains(strings.Join(o.errors, "\n"), "is in use"):
		return inUseError(cfg)
	case code == 0 && !cfg.Overwrite:
		return existsError(cfg, "")
	}
	return nil
}
