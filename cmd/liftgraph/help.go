package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"
)

// helpWidth is the widest line of help, in columns; a narrower terminal has narrower lines.
const helpWidth = 100

// The command-line package calls one global function for every help text.
func init() {
	cli.HelpPrinter = func(w io.Writer, _ string, data any) { printHelp(w, data, width(w)) }
}

// width returns how many columns w shows: those of a terminal, at most helpWidth.
func width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns >= 40 {
			return min(columns, helpWidth)
		}
	}
	return helpWidth
}

// printHelp writes the help of a program or a command.
func printHelp(w io.Writer, data any, width int) {
	switch d := data.(type) {
	case *cli.App:
		appHelp(w, d, width)
	case *cli.Command:
		commandHelp(w, d, width)
	}
}

func appHelp(w io.Writer, app *cli.App, width int) {
	fmt.Fprintf(w, "%s: %s\n\nUsage: %s COMMAND [flags]\n\n", app.Name, app.Usage, app.Name)
	for _, line := range strings.Split(app.Description, "\n") {
		fmt.Fprintln(w, wrap(line, 0, width))
	}
	for _, g := range commandsByTopic(app.Commands) {
		fmt.Fprintf(w, "\n%s\n", g.title)
		for _, c := range g.commands {
			entry(w, "  "+c.Name, c.Usage, 14, width)
		}
	}
	fmt.Fprintf(w, "\n%s\n", wrap("See `"+app.Name+" COMMAND --help` for a command's flags, `"+app.Name+" man COMMAND` for its manual page.", 0, width))
	fmt.Fprintln(w, "Exit codes: 0 complete, 1 failed, 2 usage error, 3 published but incomplete, 130 interrupted.")
}

func commandHelp(w io.Writer, c *cli.Command, width int) {
	fmt.Fprintln(w, wrap(sentence(c.Usage), 0, width))
	fmt.Fprintf(w, "\nUsage: %s\n", strings.TrimSpace(c.HelpName+" [flags] "+c.ArgsUsage))
	for _, s := range c.Subcommands {
		entry(w, "       "+c.HelpName+" "+s.Name, s.Usage, 40, width)
	}
	if c.Description != "" {
		fmt.Fprintf(w, "\n%s\n", wrap(c.Description, 0, width))
	}
	for _, g := range flagsByTopic(c.Flags) {
		fmt.Fprintf(w, "\n%s\n", g.title)
		for _, f := range g.flags {
			d, ok := f.(cli.DocGenerationFlag)
			if !ok {
				continue
			}
			name, usage := flagUsage(d)
			entry(w, "  "+name, usage, 34, width)
		}
	}
	fmt.Fprintf(w, "\n%s\n", wrap("Each flag can be set in the environment, as LIFTGRAPH_ and its name in capitals, or in the file of --config.", 0, width))
}

// flagUsage returns a flag with the word for its value, and its meaning with its default and the environment variables
// of other programs that set it too.
func flagUsage(f cli.DocGenerationFlag) (name, usage string) {
	value, text := "", f.GetUsage()
	if parts := strings.SplitN(text, "`", 3); len(parts) == 3 {
		value, text = parts[1], parts[0]+parts[1]+parts[2]
	} else if f.TakesValue() {
		value = "VALUE"
	}
	name = strings.TrimSpace("--" + f.(cli.Flag).Names()[0] + " " + value)
	if def := defaultOf(f); def != "" {
		text += " (default: " + def + ")"
	}
	var others []string
	for _, v := range f.GetEnvVars() {
		if !strings.HasPrefix(v, "LIFTGRAPH_") {
			others = append(others, "$"+v)
		}
	}
	if len(others) > 0 {
		text += " [" + strings.Join(others, ", ") + "]"
	}
	return name, strings.ReplaceAll(text, "`", "")
}

// defaultOf returns the text of a flag's default; none for one that is off or empty.
func defaultOf(f cli.DocGenerationFlag) string {
	def := f.GetDefaultText()
	if def == "" {
		def = f.GetValue()
	}
	def = strings.Trim(def, `"`)
	if def == "false" || def == "[]" {
		return ""
	}
	if strings.HasPrefix(def, os.TempDir()) {
		return "in the temporary directory"
	}
	return def
}

// entry writes a term and, from a column on, its text; a term that reaches into the column has a line of its own.
func entry(w io.Writer, term, text string, column, width int) {
	text = wrap(text, column, width)
	if utf8.RuneCountInString(term) >= column-1 {
		fmt.Fprintf(w, "%s\n%s%s\n", term, strings.Repeat(" ", column), text)
		return
	}
	fmt.Fprintf(w, "%-*s%s\n", column, term, text)
}

// wrap breaks a text between words so that no line that begins at a column is wider than width.
func wrap(text string, column, width int) string {
	var b strings.Builder
	at := column
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", column))
			at = column
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}

// sentence returns a usage line as a sentence.
func sentence(usage string) string {
	if usage == "" {
		return ""
	}
	return strings.ToUpper(usage[:1]) + usage[1:] + "."
}
