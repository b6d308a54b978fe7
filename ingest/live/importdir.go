package live

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"liftgraph/ingest/live/importdir"
	"liftgraph/ingest/server"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// nowhere is what is wrong where nothing says how the server reads the files.
const nowhere = "the server itself reads the files: --neo4j-import-dir names its import directory, or --load-url a place where the directory is served to it; --method bolt needs neither"

// found returns the import directory that a server on this machine has set, where none was named. A server in a container names one
// that isn't there, which is a [server.UsageError], as is one that it doesn't tell.
func (cfg Config) found(ctx context.Context, d neo4j.DriverWithContext) (Config, error) {
	if cfg.Method != LoadCSV || cfg.ImportDir != "" || cfg.LoadURL != "" || cfg.Sign != nil {
		return cfg, nil
	}
	settings := map[string]string{}
	r, err := neo4j.ExecuteQuery(ctx, d, "SHOW SETTINGS 'server.directories.import', 'server.directories.neo4j_home' YIELD name, value", nil,
		neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase(cfg.Database))
	if err != nil {
		return cfg, &server.UsageError{Problem: nowhere} // to tell takes the right to
	}
	for _, record := range r.Records {
		name, _ := record.Values[0].(string)
		settings[name], _ = record.Values[1].(string)
	}
	dir := settings["server.directories.import"]
	if dir != "" && !filepath.IsAbs(dir) {
		dir = filepath.Join(settings["server.directories.neo4j_home"], dir)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return cfg, &server.UsageError{Problem: nowhere}
	}
	cfg.ImportDir = dir
	return cfg, nil
}

// checkPlace returns a [server.UsageError] where it isn't said how the server reads the files.
func (cfg Config) checkPlace() error {
	switch {
	case cfg.ImportDir == "" && cfg.LoadURL == "" && cfg.Sign == nil:
		if !cfg.Server.Local() {
			return &server.UsageError{Problem: nowhere}
		}
		return nil // it is asked
	case cfg.ImportDir != "" && (cfg.LoadURL != "" || cfg.Sign != nil):
		return &server.UsageError{Problem: "--neo4j-import-dir and --load-url say the same in two ways: give one"}
	case cfg.ImportDir != "":
		if info, err := os.Stat(cfg.ImportDir); err != nil || !info.IsDir() {
			return &server.UsageError{Problem: fmt.Sprintf("--neo4j-import-dir %s is no directory", cfg.ImportDir)}
		}
	case cfg.Sign == nil:
		u, err := url.Parse(cfg.LoadURL)
		switch { // without repeating it: it may hold a password
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			return &server.UsageError{Problem: "--load-url is no URL that begins with https://, http:// or s3://"}
		case u.User != nil || u.RawQuery != "" || u.Fragment != "":
			return &server.UsageError{Problem: "--load-url has a user, a ? or a #: it is the URL of a directory, to which paths are added, and servers of Neo4j send no user along"}
		}
	}
	return nil
}

// place makes the files readable for the server.
func (cfg Config) place(ctx context.Context, paths []string) (*importdir.Place, error) {
	switch {
	case cfg.Sign != nil:
		return importdir.Signed(cfg.Sign), nil
	case cfg.LoadURL != "":
		return importdir.Served(cfg.LoadURL), nil
	}
	return importdir.Put(ctx, cfg.ImportDir, cfg.Dir, paths)
}
