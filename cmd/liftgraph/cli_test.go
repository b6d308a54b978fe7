package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// No line of any help is wider than 100 columns, and every flag stands in it once.
func TestHelpFits(t *testing.T) {
	app := newApp(io.Discard, io.Discard)
	app.Setup()
	for _, columns := range []int{60, helpWidth} {
		check := func(name string, data any) string {
			var b bytes.Buffer
			printHelp(&b, data, columns)
			for _, line := range strings.Split(b.String(), "\n") {
				if n := utf8.RuneCountInString(line); n > columns && columns == helpWidth {
					t.Errorf("%s: %d columns: %s", name, n, line)
				}
			}
			return b.String()
		}
		text := check("liftgraph", app)
		for _, c := range app.Commands {
			if n := strings.Count(text, "\n  "+c.Name+" "); n != 1 && !c.Hidden {
				t.Errorf("help lists %s %d times, want once", c.Name, n)
			}
			help := check(c.Name, c)
			for _, f := range c.Flags {
				if n := strings.Count(help, "\n  --"+f.Names()[0]+" ") + strings.Count(help, "\n  --"+f.Names()[0]+"\n"); n != 1 && f.Names()[0] != "help" {
					t.Errorf("help of %s lists --%s %d times, want once", c.Name, f.Names()[0], n)
				}
			}
		}
	}
}

// Every name in the tables of topics is of a command, or a flag of one, once it is there; no name stands twice.
func TestTopicsNameEachOnce(t *testing.T) {
	for _, topics := range [][]topic{commandTopics, flagTopics} {
		seen := map[string]string{}
		for _, topic := range topics {
			for _, name := range topic.names {
				if seen[name] != "" {
					t.Errorf("%s stands below %s and %s", name, seen[name], topic.title)
				}
				seen[name] = topic.title
			}
		}
	}
}

func TestVersionJSON(t *testing.T) {
	var out bytes.Buffer
	if code := run(t.Context(), []string{"liftgraph", "version", "--json"}, &out, io.Discard); code != 0 {
		t.Fatal("exit code", code)
	}
	var b buildInfo
	if err := json.Unmarshal(out.Bytes(), &b); err != nil {
		t.Fatal(err)
	}
	if b.Version == "" || b.Go != runtime.Version() || b.Platform != runtime.GOOS+"/"+runtime.GOARCH {
		t.Errorf("got %+v", b)
	}
}

func TestCompletionCandidates(t *testing.T) {
	data := demoData(t)
	for line, want := range map[string]string{
		"ver":                             "verify",
		"extract clou":                    "cloudtrail",
		"run --keep-h":                    "--keep-history",
		"run --format pa":                 "parquet",
		"run --format=csv,":               "--format=csv,parquet",
		"completion z":                    "zsh",
		"man ing":                         "ingest",
		"trace --data DATA i-046d87f":     "i-046d87f24fb0ca530",
		"trace --data=DATA/csv payments-": "payments-prod",
		"trace --kind user --data DATA priya.nair@": "priya.nair@acme-corp.example",
		"trace nothing-begins-so --data DATA":       "", // the cursor is at a value: a directory
		"trace --data nowhere i-":                   "",
		"verify ":                                   "",
		"frobnicate ":                               "extract",
	} {
		words := strings.Split(strings.ReplaceAll(line, "DATA", data), " ")
		got := complete(t.Context(), newApp(io.Discard, io.Discard), words)
		if want == "" && len(got) > 0 || want != "" && !slices.ContainsFunc(got, func(c candidate) bool { return c.word == want }) {
			t.Errorf("%q: got %v, want %q", line, got, want)
		}
	}
}

// bash completes with the script that the program prints, also ids with a colon in them, at which bash splits words.
func TestBashCompletes(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	data := demoData(t)
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "liftgraph")); err != nil { // the test binary is the command by that name
		t.Fatal(err)
	}
	script := bashCompletion + `
try() { # LINE CURRENT-WORD
  COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=(x "$2") COMP_CWORD=1
  _liftgraph
  printf '%s|' "${COMPREPLY[@]}"
  echo
}
try 'liftgraph tra' tra
try "liftgraph trace --data $1 i-046d87f" i-046d87f
try "liftgraph trace --data $1 api::" ::
try 'liftgraph run --format=par' par
`
	cmd := exec.Command(bash, "-c", script, "bash", data)
	cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(string(out), "\n")
	for i, want := range []string{"trace|", "i-046d87f24fb0ca530|", "", "parquet|"} {
		if i != 2 && !strings.Contains(lines[i], want[:len(want)-1]) {
			t.Errorf("line %d: got %q, want %q", i, lines[i], want)
		}
	}
	for _, reply := range strings.Split(strings.TrimSuffix(lines[2], "|"), "|") {
		if reply == "" || strings.HasPrefix(reply, "api") {
			t.Errorf("after api:: bash is offered %q, want what follows the colons", reply)
		}
	}
}

// fish completes with its script: commands, flags' values and ids.
func TestFishCompletes(t *testing.T) {
	fish, err := exec.LookPath("fish")
	if err != nil {
		t.Skip("there is no fish")
	}
	data, dir := demoData(t), t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "liftgraph")); err != nil { // the test binary is the command by that name
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"liftgraph tra": "trace\t", "liftgraph run --format=par": "--format=parquet", "liftgraph trace --kind ro": "role",
		"liftgraph trace --data " + data + " i-046d87f": "i-046d87f24fb0ca530\t", "liftgraph trace --data " + data + " api::": "api::01JSMHTFM9TXWW1XK4AZN1SA8K\t",
	} {
		cmd := exec.CommandContext(t.Context(), fish, "--no-config", "-c", completionScripts["fish"]+"\ncomplete -C '"+line+"'")
		cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "HOME="+dir)
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: got %q (%v), want %q", line, out, err, want)
		}
	}
}

// The scripts of the other shells are accepted by those that are installed.
func TestCompletionScriptsParse(t *testing.T) {
	for shell, script := range completionScripts {
		path, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("%s is not installed: its script is not parsed here", shell)
			continue
		}
		if out, err := exec.Command(path, "-n", "-c", script).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", shell, err, out)
		}
	}
}

// Every command has a manual page with each of its flags, whose lines are no macros by accident.
func TestManPages(t *testing.T) {
	dir := t.TempDir()
	if code := run(t.Context(), []string{"liftgraph", "man", "--dir", dir}, io.Discard, os.Stderr); code != 0 {
		t.Fatal("exit code", code)
	}
	app := newApp(io.Discard, io.Discard)
	for _, c := range app.Commands {
		page := read(t, filepath.Join(dir, "liftgraph-"+c.Name+".1"))
		for _, f := range c.Flags {
			if !strings.Contains(page, ".BI "+roff("--"+f.Names()[0])+" ") {
				t.Errorf("%s: no --%s", c.Name, f.Names()[0])
			}
		}
		for _, line := range strings.Split(page, "\n") {
			if strings.HasPrefix(line, ".") && !slices.Contains([]string{".TH", ".SH", ".TP", ".PP", ".B", ".BI", ".BR", ".RI", ".I", ".br"}, strings.Fields(line)[0]) {
				t.Errorf("%s: %s", c.Name, line)
			}
		}
	}
	if man, err := exec.LookPath("groff"); err == nil {
		if out, err := exec.Command(man, "-man", "-Tutf8", "-ww", filepath.Join(dir, "liftgraph-run.1")).CombinedOutput(); err != nil || bytes.Contains(out, []byte("warning: ")) {
			t.Errorf("groff: %v: %.500s", err, out)
		}
	}
}

// --quiet leaves incomplete scopes and errors on stderr, and --json prints what was published.
func TestQuietAndJSON(t *testing.T) {
	var out, stderr bytes.Buffer
	data := filepath.Join(t.TempDir(), "demo")
	if code := run(t.Context(), []string{"liftgraph", "demo", "--data", data, "--quiet", "--json"}, &out, &stderr); code != exitComplete {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	if stderr.Len() > 0 {
		t.Errorf("stderr: got %q, want nothing", stderr.String())
	}
	var r result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if r.Command != "demo" || r.ExitCode != 0 || r.Rows["nodes/SpaceliftRun"] == 0 || len(r.Ledger) == 0 {
		t.Errorf("got %+v", r)
	}
	out.Reset()
	if code := run(t.Context(), []string{"liftgraph", "verify", "--json", filepath.Join(data, "csv")}, &out, &stderr); code != 0 {
		t.Fatal("exit code", code)
	}
	var v verified
	if err := json.Unmarshal(out.Bytes(), &v); err != nil || v.Stage != "csv" || v.Nodes == 0 {
		t.Errorf("got %+v, %v", v, err)
	}
	stderr.Reset()
	if code := run(t.Context(), []string{"liftgraph", "verify", "--quiet", "nowhere"}, &out, &stderr); code != exitFailed || !strings.HasPrefix(stderr.String(), errorPrefix) {
		t.Errorf("exit code %d, stderr %q: want the error", code, stderr.String())
	}
}

func TestQuietLines(t *testing.T) {
	var to bytes.Buffer
	q := &quietLines{to: &to}
	io.WriteString(q, "nodes/SpaceliftRun  12\nINCOMPLETE: ro")
	io.WriteString(q, "les: refused\ntime=1 level=WARN msg=x\nnext: that\n{\"level\":\"WARN\"}\n")
	if want := "INCOMPLETE: roles: refused\ntime=1 level=WARN msg=x\n{\"level\":\"WARN\"}\n"; to.String() != want {
		t.Errorf("got %q, want %q", to.String(), want)
	}
}

// Ctrl-C, before a command does anything and while a server keeps it waiting: exit code 130, and what was published is as it was.
func TestInterruptedExitCode(t *testing.T) {
	data := demoData(t)
	before := sums(t, filepath.Join(data, "csv"))
	reached := make(chan struct{}, 100)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		reached <- struct{}{}
		<-r.Context().Done()
	}))
	defer s.Close()
	t.Setenv("SPACELIFT_API_KEY_ENDPOINT", s.URL)
	t.Setenv("SPACELIFT_API_TOKEN", "t")
	t.Setenv("HOOK", hookSecret)
	for _, args := range [][]string{
		{"demo", "--data", filepath.Join(t.TempDir(), "demo")},
		{"run", "--data", data}, {"extract", "--data", data}, {"transform", "--data", data}, {"emit", "--data", data},
		{"ingest", "--method", "bolt", "--neo4j-uri", strings.Replace(s.URL, "http", "bolt", 1), "--data", data},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var stderr bytes.Buffer
		if code := run(ctx, append([]string{"liftgraph"}, args...), io.Discard, &stderr); code != exitInterrupted {
			t.Errorf("%s: got exit code %d, want %d: %s", args[0], code, exitInterrupted, stderr.String())
		}
	}
	for _, args := range [][]string{{"run", "--data", data}, {"extract", "--data", data}} {
		cmd := exec.Command("liftgraph", args...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-reached
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != exitInterrupted {
			t.Errorf("%s: got %v, want exit code %d: %s", args[0], cmd.ProcessState, exitInterrupted, stderr.String())
		}
	}
	if !maps.Equal(before, sums(t, filepath.Join(data, "csv"))) {
		t.Error("what was published before has changed")
	}
}

// demoData publishes the sample account and returns its data directory.
func demoData(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "demo")
	if code := run(t.Context(), []string{"liftgraph", "demo", "--data", data, "--quiet"}, io.Discard, os.Stderr); code != 0 {
		t.Fatal("exit code", code)
	}
	return data
}

func TestIAMPolicy(t *testing.T) {
	for args, want := range map[string]string{
		"":                                     "Space Admin in root",
		"read-events --uri s3://acme/AWSLogs":  `"arn:aws:s3:::acme/AWSLogs/*"`,
		"write-lake --uri s3://lake":           `"arn:aws:s3:::lake/*"`,
		"athena --table c.audit.t --region x1": `"arn:aws:glue:x1:ACCOUNT:table/audit/t"`,
		"irsa-trust --service-account a/b":     "system:serviceaccount:a:b",
	} {
		var out bytes.Buffer
		if code := run(t.Context(), append([]string{"liftgraph", "iam-policy"}, strings.Fields(args)...), &out, os.Stderr); code != 0 || !strings.Contains(out.String(), want) {
			t.Errorf("%q: exit code %d, no %s in %s", args, code, want, out.String())
		}
		if args != "" && !json.Valid(out.Bytes()) {
			t.Errorf("%q: it isn't JSON", args)
		}
	}
	for _, bad := range []string{"everything", "read-events --uri /tmp", "read-events --uri s3://", "athena --table t", "irsa-trust --service-account *"} {
		var out bytes.Buffer
		if code := run(t.Context(), append([]string{"liftgraph", "iam-policy"}, strings.Fields(bad)...), &out, io.Discard); code != exitUsage || out.Len() > 0 {
			t.Errorf("%q: exit code %d, stdout %q; want %d", bad, code, out.String(), exitUsage)
		}
	}
}
