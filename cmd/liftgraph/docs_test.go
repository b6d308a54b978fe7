package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/iam"
	"liftgraph/cmd/liftgraph/metrics"
	"liftgraph/graph"
)

var update = flag.Bool("update", false, "write the pages that are printed from the program")

// The pages under docs/ that are printed from the program are what it would print now.
func TestPrintedPagesAreFresh(t *testing.T) {
	for name, want := range map[string]string{
		"../../docs/reference/schema.md":             graph.Default.Markdown(),
		"../../docs/reference/schema-cartography.md": graph.Cartography.Markdown(),
		"../../docs/reference/commands.md":           commandsPage(newApp(io.Discard, io.Discard)),
		"../../docs/reference/permissions.md":        iam.Page(),
		"../../docs/reference/metrics.md":            metricsPage(t),
		"../../docs/reference/exit-codes.md":         exitCodesPage(),
	} {
		if *update {
			if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s is stale (%v): run `make docs`", name, err)
		}
	}
}

// commandsPage is the reference of every command and flag.
func commandsPage(app *cli.App) string {
	var b strings.Builder
	b.WriteString(`# Commands and flags

Flags stand after the command, before or after its arguments. Every flag can also be set by its environment
variable, or in the YAML file of ` + "`--config`" + ` under its name without dashes. The command line wins over the
environment, and the environment over the file.

[Exit codes](exit-codes.md) have a page of their own.

Logs and progress go to stderr, results to stdout or to files. Secrets come from environment variables or files, never
from the command line.
`)
	for _, c := range app.Commands {
		if c.Hidden {
			continue
		}
		name := "liftgraph " + c.Name
		if c.ArgsUsage != "" {
			name += " " + c.ArgsUsage
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n", name, strings.ToUpper(c.Usage[:1])+c.Usage[1:])
		for _, s := range c.Subcommands {
			fmt.Fprintf(&b, "`liftgraph %s %s`: %s.\n\n", c.Name, s.Name, s.Usage)
		}
		for _, g := range flagsByTopic(c.Flags) {
			fmt.Fprintf(&b, "| %s | environment | meaning | default |\n|---|---|---|---|\n", strings.ToLower(g.title[:1])+g.title[1:])
			for _, f := range g.flags {
				d := f.(cli.DocGenerationFlag)
				fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", f.Names()[0], strings.Join(d.GetEnvVars(), "`, `"), strings.ReplaceAll(d.GetUsage(), "`", ""), defaultOf(d))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// exitCodesPage is the reference of exit codes.
func exitCodesPage() string {
	var b strings.Builder
	b.WriteString("# Exit codes\n\n| code | meaning |\n|---|---|\n")
	for _, e := range exitCodes {
		fmt.Fprintf(&b, "| %d | %s |\n", e.code, e.meaning)
	}
	b.WriteString(`
A script that runs every night treats 0 as success, 3 as success that needs a look, and everything else as failure:

` + "```sh" + `
liftgraph run --config /etc/liftgraph/nightly.yaml
case $? in
  0) ;;
  3) echo "published, but incomplete: see INCOMPLETE in the log" ;;
  *) exit 1 ;;
esac
` + "```" + `

What to do about each: [troubleshooting](../guide/troubleshooting.md).
`)
	return b.String()
}

// metricsPage is the reference of the metrics of commands.
func metricsPage(t *testing.T) string {
	families, err := metrics.Families()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(`# Metrics

` + "`" + `--metrics-file FILE` + "`" + ` writes them for Prometheus's node_exporter, ` + "`" + `--otlp-endpoint URL` + "`" + ` sends them to an OpenTelemetry collector; both when the command ends,
whatever came of it. Every one is a gauge with the label ` + "`" + `command` + "`" + `.

`)
	b.WriteString("| metric | meaning | further labels |\n|---|---|---|\n")
	for _, f := range families {
		var labels []string
		for _, l := range f.Metric[0].Label {
			if l.GetName() != "command" {
				labels = append(labels, "`"+l.GetName()+"`")
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.GetName(), strings.TrimSuffix(f.GetHelp(), "."), strings.Join(labels, ", "))
	}
	b.WriteString(`

A command that failed leaves what the file says of the previous output. Alerts: [` + "`" + `deploy/prometheus/alerts.yaml` + "`" + `](../../deploy/prometheus/alerts.yaml); a dashboard for Grafana: [` + "`deploy/grafana/liftgraph.json`" + `](../../deploy/grafana/liftgraph.json).
` + "`" + `liftgraph receive` + "`" + ` serves metrics of its own at ` + "`" + `/metrics` + "`" + `: [the webhook](../guide/receive.md#metrics-and-alerts).
`)
	return b.String()
}
