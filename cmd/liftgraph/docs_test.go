package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"liftgraph/graph"
)

var update = flag.Bool("update", false, "write the pages that are printed from the program")

// The pages under docs/ that are printed from the program are what it would print now.
func TestPrintedPagesAreFresh(t *testing.T) {
	for name, want := range map[string]string{
		"../../docs/reference/schema.md":             graph.Default.Markdown(),
		"../../docs/reference/schema-cartography.md": graph.Cartography.Markdown(),
		"../../docs/reference/commands.md":           commandsPage(newApp(io.Discard, io.Discard)),
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

| exit code | meaning |
|---|---|
| 0 | complete |
| 1 | failed; nothing was published, or it was and the load failed, which is then said |
| 2 | wrong use |
| 3 | published, but incomplete: a scope was refused, failed or cut short, and is named on stderr and in the manifest |

Logs and progress go to stderr, results to stdout or to files. Secrets come from environment variables or files, never
from the command line.
`)
	for _, c := range app.Commands {
		name := "liftgraph " + c.Name
		if c.ArgsUsage != "" {
			name += " " + c.ArgsUsage
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n", name, strings.ToUpper(c.Usage[:1])+c.Usage[1:])
		for _, s := range c.Subcommands {
			fmt.Fprintf(&b, "`liftgraph %s %s`: %s.\n\n", c.Name, s.Name, s.Usage)
		}
		b.WriteString("| flag | environment | meaning | default |\n|---|---|---|---|\n")
		for _, f := range c.Flags {
			d, ok := f.(cli.DocGenerationFlag)
			if !ok || f.Names()[0] == "help" {
				continue
			}
			def := d.GetDefaultText()
			if def == "" {
				def = strings.Trim(d.GetValue(), `"`)
			}
			if strings.HasPrefix(def, os.TempDir()) {
				def = "in the temporary directory"
			}
			if d.GetValue() == "false" {
				def = ""
			}
			fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", f.Names()[0], strings.Join(d.GetEnvVars(), "`, `"), strings.ReplaceAll(d.GetUsage(), "`", ""), def)
		}
	}
	return b.String()
}
