package admin

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"strings"

	"liftgraph/ingest/server"
)

// address returns where the server answers that [Config.Start] starts: as the configuration of the load says, else as the
// server's own does.
func (t tool) address(cfg Config) server.Config {
	s := cfg.Server
	if !cfg.Start || s.URI != "" {
		return s
	}
	conf := t.variable("NEO4J_CONF")
	if conf == "" {
		conf = filepath.Join(filepath.Dir(filepath.Dir(t.path)), "conf")
	}
	s.URI = boltAddress(filepath.Join(conf, "neo4j.conf"))
	return s
}

// variable returns one of the environment that the tool's commands get.
func (t tool) variable(name string) string {
	for _, entry := range t.env {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return os.Getenv(name)
}

// boltAddress returns the URI at which a server with this neo4j.conf answers on this machine; empty where nothing says so.
func boltAddress(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return "" // the server takes its defaults, and so do we
	}
	defer f.Close()
	settings := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if ok && !strings.HasPrefix(name, "#") {
			settings[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	host, port := settings["server.default_listen_address"], "7687"
	if listen := settings["server.bolt.listen_address"]; listen != "" {
		h, p, err := net.SplitHostPort(listen)
		if err != nil {
			return ""
		}
		if h != "" {
			host = h
		}
		if p != "" {
			port = p
		}
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	scheme := "bolt"
	if strings.EqualFold(settings["server.bolt.tls_level"], "REQUIRED") {
		scheme = "bolt+ssc" // the certificate names the machine, not localhost
	}
	return scheme + "://" + net.JoinHostPort(strings.Trim(host, "[]"), port)
}
