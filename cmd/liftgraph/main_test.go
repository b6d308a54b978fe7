package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"liftgraph/fixtures/fakespacelift"
	neo4jtest "liftgraph/fixtures/neo4j"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/fixtures/sample"
)

// The test binary is the command: a script's `exec liftgraph` runs it as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(withServer{m}, map[string]func(){
		"liftgraph": main,
	})
}

// withServer ends after the last test what tests shared: a Neo4j, and the program.
type withServer struct{ m *testing.M }

func (w withServer) Run() int {
	code := neo4jtest.Main(w.m)
	if builtIn != "" {
		_ = os.RemoveAll(builtIn)
	}
	return code
}

// raced are the scripts whose processes are the test binary, with the race detector where the tests have it: those of commands with
// goroutines of their own. The other scripts run the program as users have it, in a fifth of the time; what the pipeline does at
// the same time is tested in its own process.
var raced = []string{"demo", "mcp", "receive", "run", "serve"}

// withNeo4j are the scripts that share a server, one after the other: what it has planned for one it needn't plan for the next.
var withNeo4j = []string{"bolt", "loadcsv", "nights"}

// TestScripts runs a user's stories, one file each.
func TestScripts(t *testing.T) {
	program := filepath.Dir(build(t))
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	name := func(file string) string { return strings.TrimSuffix(filepath.Base(file), ".txtar") }
	for _, shared := range withNeo4j {
		files = slices.DeleteFunc(files, func(file string) bool { return name(file) == shared })
	}
	testscript.Run(t, scripts(t, program, files...))
	for _, shared := range withNeo4j {
		t.Run("neo4j", func(t *testing.T) {
			testscript.Run(t, scripts(t, program, "testdata/"+shared+".txtar"))
		})
	}
}

// scripts returns how to run some files. Program is the directory of the program without the race detector.
func scripts(t *testing.T, program string, files ...string) testscript.Params {
	return testscript.Params{
		Files:               files,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("JAVA_HOME", os.Getenv("JAVA_HOME"))
			e.Setenv("GORACE", os.Getenv("GORACE"))
			if !slices.Contains(raced, strings.TrimPrefix(filepath.Base(e.WorkDir), "script-")) {
				e.Setenv("PATH", program+string(os.PathListSeparator)+e.Getenv("PATH"))
			}
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name == "short" {
				return testing.Short(), nil
			}
			return false, fmt.Errorf("no condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"spacelift": serveSpacelift,
			"exits":     exits,
			"s3":        serveS3,
			"company":   serveCompany(),
			"spacectl":  profileOfSpacectl,
			"neo4j": func(ts *testscript.TestScript, _ bool, args []string) { // a Neo4j of the script's own, which no test started, or the shared one
				i := serverFor(t, args)
				ts.Setenv("NEO4J_HOME", i.Home)
				ts.Setenv("NEO4J_URI", i.URI)
			},
			"neo4jpassword": func(ts *testscript.TestScript, _ bool, _ []string) { // one that runs and asks for RIGHT_PASSWORD
				i := neo4jtest.NewInstanceWithPassword(t, "correct horse battery")
				i.Start(t)
				ts.Setenv("NEO4J_HOME", i.Home)
				ts.Setenv("NEO4J_URI", i.URI)
				ts.Setenv("RIGHT_PASSWORD", i.Password)
			},
		},
	}
}

func serverFor(t *testing.T, args []string) *neo4jtest.Instance {
	if slices.Equal(args, []string{"shared"}) {
		return neo4jtest.Shared(t)
	}
	return neo4jtest.NewInstance(t)
}

// serveSpacelift serves the sample account and points the environment at it. Arguments:
// refuse=FIELD, without=TYPE.FIELD, hide=STACK, account=NAME.
func serveSpacelift(ts *testscript.TestScript, _ bool, args []string) {
	o := sample.Options()
	var account fakespacelift.Account = sample.Account()
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		switch name {
		case "account":
			account = renamed{account, value}
		case "refuse":
			o.Refuse = append(o.Refuse, value)
		case "without":
			o.Without = append(o.Without, value)
		case "hide":
			o.HideStacks = append(o.HideStacks, value)
		default:
			ts.Fatalf("spacelift: what is %q?", a)
		}
	}
	o.Keys, o.GitHubTokens = map[string]string{profileKeyID: profileKeySecret}, []string{profileGitHub}
	h, err := fakespacelift.New(account, o)
	ts.Check(err)
	s := httptest.NewServer(h)
	ts.Defer(s.Close)
	ts.Setenv("SPACELIFT_API_KEY_ENDPOINT", s.URL)
	ts.Setenv("SPACELIFT_API_TOKEN", sample.Token)
	ts.Setenv("LIFTGRAPH_REQUESTS_PER_SECOND", "0")
	ts.Setenv("LIFTGRAPH_PROGRESS", "none")
	ts.Check(os.WriteFile(ts.MkAbs("inventory.csv"), sample.Inventory(), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("deliveries.ndjson"), append(bytes.Join(sample.Deliveries(), []byte("\n")), '\n'), 0o600))
}

// renamed is an account of another name.
type renamed struct {
	fakespacelift.Account
	name string
}

func (r renamed) Fields() fakespacelift.Row {
	fields := maps.Clone(r.Account.Fields())
	fields["name"] = r.name
	return fields
}

// serveS3 serves the sample's CloudTrail from the bucket trail and points the environment at it; DIR, where given, gets the
// same files. Arguments: [DIR], refuse=KEY.
func serveS3(ts *testscript.TestScript, _ bool, args []string) {
	s, err := fakes3.New()
	ts.Check(err)
	ts.Defer(s.Close)
	for key, body := range sample.CloudTrail() {
		ts.Check(s.Put("trail", key, body, nil))
	}
	ts.Check(s.MakeBucket("lake"))
	for key, body := range sample.BadCloudTrail() {
		ts.Check(s.Put("bad", key, body, nil))
	}
	for _, variable := range s.Env() {
		key, value, _ := strings.Cut(variable, "=")
		ts.Setenv(key, value)
	}
	ts.Setenv("LIFTGRAPH_S3_PATH_STYLE", "true")
	for _, a := range args {
		if key, ok := strings.CutPrefix(a, "refuse="); ok {
			s.Inject(fakes3.Fault{Op: fakes3.Get, Key: key, Do: fakes3.Refuse(403, "AccessDenied")})
			continue
		}
		ts.Check(sample.WriteCloudTrail(ts.MkAbs(a)))
	}
}

// exits runs a command and wants its exit code: exits CODE COMMAND [ARG ...].
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, not %d", code, want)
	}
}
