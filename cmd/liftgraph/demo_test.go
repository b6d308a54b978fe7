package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The address of Neo4j Browser is said where there is one, and only there.
func TestBrowserAddress(t *testing.T) {
	home := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(home, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := func(address string) {
		t.Helper()
		if got := browserAddress(home); got != address {
			t.Errorf("got %q, want %q", got, address)
		}
	}
	want("")
	write("conf/neo4j.conf", "server.http.enabled=true\nserver.http.listen_address=127.0.0.1:17474\n")
	want("")
	write("plugins/neo4j-browser.jar", "")
	want("http://127.0.0.1:17474/browser/")
	write("conf/neo4j.conf", "server.http.enabled=false\nserver.http.listen_address=127.0.0.1:17474\n")
	want("")
}
