package main

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// flagsFirst moves the flags of the command before its arguments, where the flag package wants them.
func flagsFirst(app *cli.App, args []string) ([]string, error) {
	if len(args) == 0 {
		return args, nil
	}
	var path, flags, rest []string
	commands, known := app.Commands, map[string]bool{}
	for i := 1; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			rest = append(append([]string{"--"}, rest...), args[i+1:]...)
			return append(append(append(args[:1:1], path...), flags...), rest...), nil
		case len(a) > 1 && a[0] == '-':
			flags = append(flags, a)
			name, _, joined := strings.Cut(strings.TrimLeft(a, "-"), "=")
			if takesValue := known[name]; takesValue && !joined && i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		default:
			if c := commandNamed(commands, a); c != nil && len(rest) == 0 && len(flags) == 0 {
				path, commands = append(path, a), c.Subcommands
				known = valueFlags(c)
			} else {
				rest = append(rest, a)
			}
		}
	}
	return append(append(append(args[:1:1], path...), flags...), rest...), nil
}

func commandNamed(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// valueFlags returns the flags of a command that take a value.
func valueFlags(c *cli.Command) map[string]bool {
	m := map[string]bool{}
	for _, f := range c.Flags {
		if _, isBool := f.(*cli.BoolFlag); !isBool {
			for _, n := range f.Names() {
				m[n] = true
			}
		}
	}
	return m
}
