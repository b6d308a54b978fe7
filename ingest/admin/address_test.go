package admin

import (
	"os"
	"path/filepath"
	"testing"

	"liftgraph/ingest/server"
)

func TestBoltAddress(t *testing.T) {
	for conf, want := range map[string]string{
		"":                                   "bolt://localhost:7687",
		"#server.bolt.listen_address=:1\n":   "bolt://localhost:7687",
		"server.bolt.listen_address=:7999\n": "bolt://localhost:7999",
		"server.bolt.listen_address = 10.0.0.7:8\n":                              "bolt://10.0.0.7:8",
		"server.default_listen_address=0.0.0.0\nserver.bolt.listen_address=:8\n": "bolt://localhost:8",
		"server.default_listen_address=10.0.0.7\n":                               "bolt://10.0.0.7:7687",
		"server.bolt.listen_address=[::1]:8\nserver.bolt.tls_level=REQUIRED\n":   "bolt+ssc://[::1]:8",
		"server.bolt.listen_address=nonsense\n":                                  "",
	} {
		path := filepath.Join(t.TempDir(), "neo4j.conf")
		must(t, os.WriteFile(path, []byte(conf), 0o600))
		if got := boltAddress(path); got != want {
			t.Errorf("%q: %s, want %s", conf, got, want)
		}
	}
	if got := boltAddress(filepath.Join(t.TempDir(), "none")); got != "" {
		t.Errorf("no file: %s", got)
	}
}

// The server's own configuration says where it answers, unless the load's does; and only where one is started.
func TestAddressOfTheServer(t *testing.T) {
	home := fakeHome(t, "exit 1")
	must(t, os.MkdirAll(filepath.Join(home, "conf"), 0o700))
	must(t, os.WriteFile(filepath.Join(home, "conf", "neo4j.conf"), []byte("server.bolt.listen_address=127.0.0.1:7999\n"), 0o600))
	found, err := findTool(home)
	must(t, err)
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Start: true}, "bolt://127.0.0.1:7999"},
		{Config{Start: true, Server: server.Config{URI: "bolt://other:1"}}, "bolt://other:1"},
		{Config{}, "bolt://localhost:7687"},
	} {
		if got := found.address(c.cfg).Address(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
