package ingest

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// nowhere is what is wrong where nothing says how the server reads the files.
const nowhere = "the server itself reads the files: --neo4j-import-dir names its import directory, or --load-url a place where the directory is served to it; --method bolt needs neither"

// local tells whether the server is on this machine.
func (s Server) local() bool {
	u, err := url.Parse(s.uri())
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// found gives the import directory that a server on this machine tells, where none was named. A server in a container tells one
// that isn't there, which is a [UsageError], as is one that it doesn't tell.
func (cfg LiveConfig) found(ctx context.Context, d neo4j.DriverWithContext) (LiveConfig, error) {
	if cfg.Method != LoadCSV || cfg.ImportDir != "" || cfg.LoadURL != "" || cfg.Sign != nil {
		return cfg, nil
	}
	told := map[string]string{}
	r, err := neo4j.ExecuteQuery(ctx, d, "SHOW SETTINGS 'server.directories.import', 'server.directories.neo4j_home' YIELD name, value", nil,
		neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase(cfg.Database))
	if err != nil {
		return cfg, &UsageError{nowhere} // to tell takes the right to
	}
	for _, record := range r.Records {
		name, _ := record.Values[0].(string)
		told[name], _ = record.Values[1].(string)
	}
	dir := told["server.directories.import"]
	if dir != "" && !filepath.IsAbs(dir) {
		dir = filepath.Join(told["server.directories.neo4j_home"], dir)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return cfg, &UsageError{nowhere}
	}
	cfg.ImportDir = dir
	return cfg, nil
}
