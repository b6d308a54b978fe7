package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liftgraph/query/trace"
)

// Whatever people have in their hands names a thing of the demo, and a row of it is in the answer.
func TestTraceForms(t *testing.T) {
	data := demoData(t)
	for _, c := range []struct{ id, kind, found, row string }{
		{"i-046d87f24fb0ca530", "", "instance i-046d87f24fb0ca530", "RunInstances"},
		{"i-046d87", "", "instance i-046d87f24fb0ca530", "event 5e889d84-8774-425f-86ad-a0bc06b0e842"},
		{"arn:aws:ec2:us-east-1:111122223333:instance/i-046d87f24fb0ca530", "", "instance i-046d87f24fb0ca530", "run 01M7HP6NF7CJ701XN8B299K8S1"},
		{"sg-0a9c8e7d6b5f43210", "", "resource arn:aws:ec2:us-east-1:111122223333:security-group/sg-0a9c8e7d6b5f43210", "via console, outside of runs"},
		{"arn:aws:ec2:us-east-1:111122223333:security-group/sg-0a9c8e7d6b5f43210", "", "resource arn:aws:ec2:us-east-1:111122223333:security-group/sg-0a9c8e7d6b5f43210", "stack payments-prod"},
		{"01M7B6WRR2SHTT9YBY5JMATC7M", "", "run 01M7B6WRR2SHTT9YBY5JMATC7M", "affected i-046d87f24fb0ca530"},
		{"https://acme-corp.app.spacelift.io/stack/payments-prod/run/01M7B6WRR2SHTT9YBY5JMATC7M", "", "run 01M7B6WRR2SHTT9YBY5JMATC7M", "worker 01HPS6K4BNB7BPHCDHDWFAMJNV"},
		{"0c744e30-a867-494b-af29-640fd3b5b249", "", "run 01M7B6WRR2SHTT9YBY5JMATC7M", "event 0c744e30-a867-494b-af29-640fd3b5b249"},
		{"5fc7e38", "", "commit 5fc7e38bffe00ca46add89145464a2eaf759d5c2", "author dana-reyes (Dana Reyes), 2026-11-13 19:31:00Z"},
		{"https://github.com/acme-corp/infra-payments/commit/5fc7e38bffe00ca46add89145464a2eaf759d5c2", "", "commit 5fc7e38bffe00ca46add89145464a2eaf759d5c2", "confirmed by priya.nair@acme-corp.example"},
		{"priya.nair@acme-corp.example", "", "user priya.nair@acme-corp.example", "role ADMIN in root / production"},
		{"dana.reyes@acme-corp.example", "", "user dana-reyes", "role WRITE in root / staging"},
		{"saml::Priya.Nair@acme-corp.example", "", "user priya.nair@acme-corp.example", "role WRITE in root / production / payments"},
		{"Dana Reyes", "", "github-user dana-reyes", "pushed 5fc7e38bffe0"},
		{"ci-deployer", "", "user api::01JSMHTFM9TXWW1XK4AZN1SA8K", "role space-writer in root / production"},
		{"payments-prod", "", "stack payments-prod", "code https://github.com/acme-corp/infra-payments"},
		{"https://acme-corp.app.spacelift.io/stack/payments-prod", "", "stack payments-prod", "run 01M7HP6NF7CJ701XN8B299K8S1"},
		{"Payments", "space", "space payments-01KGEWPYSVQD5AXCPD4QVJ3TZE", "stack payments-prod"},
		{"01HPS6K4BNB7BPHCDHDWFAMJNV", "", "worker 01HPS6K4BNB7BPHCDHDWFAMJNV", "host i-0be2be7fdc122d01f"},
		{"ADMIN", "", "role ADMIN", "held by priya.nair@acme-corp.example"},
		{"space-WRITER", "role", "role space-writer", "held by api::01JSMHTFM9TXWW1XK4AZN1SA8K (ci-deployer), machine in root / production"},
		{"203.0.113.24", "", "address 203.0.113.24", "SECURITY SIGNAL: audit_trail_webhook.delete on ACCOUNT acme-corp from 203.0.113.24"},
		{"cfa0d67477d6ecb26fc6a818909c47dbd13994eded3eae074a77ae32a1c57b3f", "", "audit-event cfa0d67477d6ecb26fc6a818909c47dbd13994eded3eae074a77ae32a1c57b3f", "session.create on SESSION from 203.0.113.24"},
	} {
		args := []string{"liftgraph", "trace", c.id, "--data", data, "--kind", c.kind}
		var tree, doc, stderr strings.Builder
		if code := run(t.Context(), args, &tree, &stderr); code != exitComplete || !strings.Contains(tree.String(), c.row) {
			t.Errorf("%s: exit code %d, and no %q in\n%s%s", c.id, code, c.row, &tree, &stderr)
			continue
		}
		if code := run(t.Context(), append(args, "--json"), &doc, &stderr); code != exitComplete {
			t.Errorf("%s as JSON: exit code %d: %s", c.id, code, &stderr)
			continue
		}
		var a trace.Answer
		if err := json.Unmarshal([]byte(doc.String()), &a); err != nil {
			t.Fatal(err)
		}
		if got := string(a.Answers[0].Kind) + " " + a.Answers[0].ID; got != c.found || len(a.Answers) != 1 && c.kind != "" {
			t.Errorf("%s is %s, want %s", c.id, got, c.found)
		}
	}
}

// What is no id, or several, is refused with what could be meant, on stderr.
func TestTraceRefusals(t *testing.T) {
	data := demoData(t)
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"trace", "01M7"}, exitFailed, []string{"01M7 begins several ids: run 01M7", ", run 01M7", "give more of one"}},
		{[]string{"trace", "frobnicate"}, exitFailed, []string{`no run, user`, `role or address "frobnicate"`, "update tag"}},
		{[]string{"trace", "nothing", "--kind", "role"}, exitFailed, []string{`has no role "nothing"`}},
		{[]string{"trace", "203.0.113.250", "--kind", "address"}, exitFailed, []string{`has no address "203.0.113.250"`}},
		{[]string{"trace", "x", "--kind", "instnce"}, exitUsage, []string{"did you mean instance?"}},
		{[]string{"trace", "x", "s3://"}, exitUsage, []string{"s3:// names no bucket: give s3://bucket/prefix"}},
		{[]string{"trace", incident, "--html", "/nonexistent/page.html"}, exitFailed, []string{"cannot write page.html into /nonexistent: no such file or directory"}},
		{[]string{"trace", "x", "--timelin"}, exitUsage, []string{"did you mean --timeline?"}},
		{[]string{"emit", "--formt", "csv"}, exitUsage, []string{"did you mean --format?"}},
		{[]string{"verify", data}, exitFailed, []string{data + " is a data directory: verify one of " + data + "/csv, " + data + "/parquet"}},
		{[]string{"trce", "x"}, exitUsage, []string{"did you mean trace?"}},
		{[]string{"help", "trce"}, exitUsage, []string{"did you mean trace?"}},
	} {
		var out, stderr strings.Builder
		args := append([]string{"liftgraph"}, c.args...)
		if c.args[0] == "trace" {
			args = append(args, "--data", data)
		}
		if code := run(t.Context(), args, &out, &stderr); code != c.code || out.Len() > 0 {
			t.Errorf("%v: exit code %d, want %d; on stdout: %s", c.args, code, c.code, &out)
		}
		for _, want := range c.says {
			if !strings.Contains(stderr.String(), want) {
				t.Errorf("%v: no %q in %s", c.args, want, &stderr)
			}
		}
	}
}

// `help COMMAND` is what `COMMAND --help` is.
func TestHelpCommand(t *testing.T) {
	for _, pair := range [][2][]string{{{"help"}, {"--help"}}, {{"help", "trace"}, {"trace", "--help"}}} {
		var got, want, stderr strings.Builder
		if code := run(t.Context(), append([]string{"liftgraph"}, pair[0]...), &got, &stderr); code != exitComplete {
			t.Fatalf("exit code %d: %s", code, &stderr)
		}
		run(t.Context(), append([]string{"liftgraph"}, pair[1]...), &want, &stderr)
		if got.String() != want.String() || want.Len() == 0 {
			t.Errorf("%v: got %s", pair[0], &got)
		}
	}
}

// The page of the demo's incident is one file of at most 300 KB, which loads nothing.
func TestIncidentPage(t *testing.T) {
	data := demoData(t)
	file := filepath.Join(t.TempDir(), "page.html")
	var out, stderr strings.Builder
	if code := run(t.Context(), []string{"liftgraph", "trace", incident, "--data", data, "--html", file, "--json"}, &out, &stderr); code != exitComplete {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	if !json.Valid([]byte(out.String())) {
		t.Errorf("beside the page, --json prints %q", out.String())
	}
	for _, name := range []string{file, filepath.Join(data, "incident.html")} {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) > 300<<10 || len(page) < 20<<10 {
			t.Errorf("%s has %d bytes, want 300 KB at most", name, len(page))
		}
		for _, loads := range []string{" src=", "<link", "@import", "url(h", "url(\"h", "url(/"} {
			if strings.Contains(string(page), loads) {
				t.Errorf("%s has %q: it would load something", name, loads)
			}
		}
	}
}
