package admin

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liftgraph/ingest/server"
)

func isUsage(err error, want string) bool {
	_, ok := errors.AsType[*server.UsageError](err)
	return ok && strings.Contains(err.Error(), want)
}

func TestCheckAdmin(t *testing.T) {
	const old, broken, good = `echo 5.20.0`, `echo no >&2; exit 9`, `[ "$1" = --version ] && { echo 5.26.30; exit; }; `
	const vacant, there, used = good + `echo "Database does not exist: 'neo4j'." >&2; exit 1`, good + `echo 'Database name: neo4j'`,
		good + `echo "Failed to execute command as the database 'neo4j' is in use." >&2; exit 1`
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	says := func(want string) func(error) bool {
		return func(err error) bool { return err != nil && !isUsage(err, "") && strings.Contains(err.Error(), want) }
	}
	usage := func(want string) func(error) bool { return func(err error) bool { return isUsage(err, want) } }
	for name, c := range map[string]struct {
		script string
		cfg    Config
		right  func(error) bool
	}{
		"vacant":           {vacant, Config{}, is(nil)},
		"old":              {old, Config{}, says("5.26 or later")},
		"broken":           {broken, Config{}, says("exit code 9")},
		"exists":           {there, Config{}, is(ErrDatabaseExists)},
		"to replace":       {there, Config{Overwrite: true}, is(nil)},
		"in use":           {used, Config{Overwrite: true}, is(ErrDatabaseInUse)},
		"name":             {vacant, Config{Database: "no_name"}, usage("no name of a database")},
		"system":           {vacant, Config{Database: "System"}, usage("no name of a database")},
		"URI":              {vacant, Config{Start: true, Server: server.Config{URI: "http://localhost:7474"}}, usage("begins with none of bolt")},
		"unused URI":       {vacant, Config{Server: server.Config{URI: "http://localhost:7474"}}, is(nil)},
		"nothing to start": {vacant, Config{Start: true, Server: server.Config{URI: "bolt://127.0.0.1:1"}}, says("no server to start")},
	} {
		c.cfg.Neo4jHome = fakeHome(t, c.script)
		if err := Check(t.Context(), c.cfg); !c.right(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	home := fakeHome(t, vacant)
	must(t, os.Link(filepath.Join(home, "bin", toolName), filepath.Join(home, "bin", "neo4j")))
	must(t, Check(t.Context(), Config{Neo4jHome: home, Start: true, Server: server.Config{URI: "bolt://127.0.0.1:1"}}))
	if err := Check(t.Context(), Config{Neo4jHome: t.TempDir()}); !says("no bin/neo4j-admin in it")(err) {
		t.Errorf("%v", err)
	}
}

func TestServerURI(t *testing.T) {
	for uri, want := range map[string]string{
		"": "", "bolt://localhost": "", "neo4j+s://db.example:7687": "", "bolt://[::1]:7687": "", "neo4j://db.example?policy=eu": "",
		"localhost:7687": "begins with none of", "http://localhost:7474": "begins with none of", "bolt://": "names no host", "bolt://:7687": "names no host",
		"bolt://neo4j:pa55word@localhost": "credentials", "bolt://neo4j:pa55word@local host": "no URI", "bolt://localhost?a=b": "not supported", "bolt://localhost:x": "no URI",
	} {
		d, err := server.Config{URI: uri}.Driver()
		if d != nil {
			must(t, d.Close(t.Context()))
		}
		if (err == nil) != (want == "") || err != nil && !isUsage(err, want) {
			t.Errorf("%q: %v, want %q", uri, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "pa55word") {
			t.Errorf("%q: the password is in the error: %v", uri, err)
		}
	}
}
