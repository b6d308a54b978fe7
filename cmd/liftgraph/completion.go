package main

import (
	_ "embed"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"
)

// completeCommand is the hidden command that the shells' scripts call with the words of a command line up to the cursor.
const completeCommand = "__complete"

//go:embed completion/liftgraph.bash
var bashCompletion string

//go:embed completion/liftgraph.zsh
var zshCompletion string

//go:embed completion/liftgraph.fish
var fishCompletion string

var completionScripts = map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:        "completion",
		Usage:       "print a shell's completion script: bash, zsh or fish",
		ArgsUsage:   "SHELL",
		Description: "For bash: source <(liftgraph completion bash). For zsh: liftgraph completion zsh > \"${fpath[1]}/_liftgraph\". For fish: liftgraph completion fish > ~/.config/fish/completions/liftgraph.fish.",
		Action: func(c *cli.Context) error {
			script, ok := completionScripts[c.Args().First()]
			if !ok {
				return usagef("completion %q: name a shell: bash, zsh or fish", c.Args().First())
			}
			_, err := io.WriteString(c.App.Writer, script)
			return err
		},
	}
}

// printCandidates writes what may stand at the cursor, one a line, with its meaning after a tab. Nothing stands for a file.
func printCandidates(w io.Writer, candidates []candidate) int {
	for _, c := range candidates {
		if c.meaning == "" {
			fmt.Fprintln(w, c.word)
		} else {
			fmt.Fprintf(w, "%s\t%s\n", c.word, c.meaning)
		}
	}
	return exitComplete
}
