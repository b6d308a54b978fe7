package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"
)

const manDirFlag = "dir"

func manCommand() *cli.Command {
	return &cli.Command{
		Name:        "man",
		Usage:       "print the manual page of liftgraph or of one of its commands",
		ArgsUsage:   "[COMMAND]",
		Description: "Show one: liftgraph man run | man -l -. Install all: liftgraph man --dir /usr/local/share/man/man1.",
		Flags:       []cli.Flag{stringFlag(manDirFlag, "", "`DIR` to write every page to, instead of one to stdout")},
		Action: func(c *cli.Context) error {
			if dir := c.String(manDirFlag); dir != "" {
				return writeManPages(c.App, dir)
			}
			name := c.Args().First()
			if name == "" {
				return appManPage(c.App.Writer, c.App)
			}
			command := commandNamed(c.App.Commands, name)
			if command == nil {
				return usagef("no command %q; see liftgraph --help", name)
			}
			return commandManPage(c.App.Writer, c.App, command)
		},
	}
}

// writeManPages writes liftgraph.1 and liftgraph-COMMAND.1 of every command into a directory, which is made if missing.
func writeManPages(app *cli.App, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	write := func(name string, page func(io.Writer) error) error {
		var b strings.Builder
		if err := page(&b); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o644)
	}
	if err := write("liftgraph.1", func(w io.Writer) error { return appManPage(w, app) }); err != nil {
		return err
	}
	for _, c := range app.Commands {
		if c.Hidden {
			continue
		}
		if err := write("liftgraph-"+c.Name+".1", func(w io.Writer) error { return commandManPage(w, app, c) }); err != nil {
			return err
		}
	}
	return nil
}

func appManPage(w io.Writer, app *cli.App) error {
	var b strings.Builder
	manHead(&b, app, "liftgraph", app.Usage)
	b.WriteString(".SH SYNOPSIS\n.B liftgraph\n.I COMMAND\n.RI [ flags ]\n.SH DESCRIPTION\n")
	for _, line := range strings.Split(app.Description, "\n") {
		b.WriteString(roff(line) + "\n.PP\n")
	}
	for _, g := range commandsByTopic(app.Commands) {
		fmt.Fprintf(&b, ".SH %s\n", strings.ToUpper(roff(g.title)))
		for _, c := range g.commands {
			fmt.Fprintf(&b, ".TP\n.BR liftgraph\\-%s (1)\n%s\n", roff(c.Name), roff(sentence(c.Usage)))
		}
	}
	manExit(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func commandManPage(w io.Writer, app *cli.App, c *cli.Command) error {
	var b strings.Builder
	manHead(&b, app, "liftgraph-"+c.Name, c.Usage)
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B liftgraph %s\n.RI [ flags ]\n", roff(c.Name))
	if c.ArgsUsage != "" {
		fmt.Fprintf(&b, ".I %s\n", roff(c.ArgsUsage))
	}
	for _, s := range c.Subcommands {
		fmt.Fprintf(&b, ".br\n.B liftgraph %s %s\n.RI [ flags ]\n", roff(c.Name), roff(s.Name))
	}
	b.WriteString(".SH DESCRIPTION\n" + roff(sentence(c.Usage)) + "\n")
	if c.Description != "" {
		b.WriteString(".PP\n" + roff(c.Description) + "\n")
	}
	for _, s := range c.Subcommands {
		fmt.Fprintf(&b, ".PP\n.B liftgraph %s %s\n%s\n", roff(c.Name), roff(s.Name), roff(sentence(s.Usage)))
	}
	for _, g := range flagsByTopic(c.Flags) {
		fmt.Fprintf(&b, ".SH %s\n", strings.ToUpper(roff(g.title)))
		for _, f := range g.flags {
			name, usage := flagUsage(f.(cli.DocGenerationFlag))
			flag, value, _ := strings.Cut(name, " ")
			fmt.Fprintf(&b, ".TP\n.BI %s \" %s\"\n%s\n", roff(flag), roff(value), roff(usage))
		}
	}
	b.WriteString(".SH ENVIRONMENT\nEach flag can be set by the variable LIFTGRAPH_ and its name in capitals, with _ for \\-.\nThe command line wins over the environment, and the environment over the file of \\-\\-config.\n")
	manExit(&b)
	b.WriteString(".SH SEE ALSO\n.BR liftgraph (1)\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func manHead(b *strings.Builder, app *cli.App, name, usage string) {
	fmt.Fprintf(b, ".TH %s 1 \"\" \"liftgraph %s\"\n.SH NAME\n%s \\- %s\n", roff(strings.ToUpper(name)), roff(app.Version), roff(name), roff(usage))
}

func manExit(b *strings.Builder) {
	b.WriteString(".SH EXIT STATUS\n")
	for _, e := range exitCodes {
		fmt.Fprintf(b, ".TP\n.B %d\n%s\n", e.code, roff(e.meaning))
	}
}

// roff escapes text for a manual page, all in ASCII.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", "", "\n", " ", `"`, `\(dq`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\[u%04X]`, r) // whatever the reader's locale
		}
	}
	return b.String()
}
