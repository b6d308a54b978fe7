package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// suggestCommand returns what to add to an error about a command that there isn't: the one that was meant, where it is near.
func suggestCommand(commands []*cli.Command, name string) string {
	var names []string
	for _, c := range commands {
		if !c.Hidden {
			names = append(names, c.Names()...)
		}
	}
	return meant(name, names, "")
}

// undefined begins the flag package's error about a flag that there isn't.
const undefined = "flag provided but not defined: -"

// suggestFlag returns the same of a flag, by the error about it.
func suggestFlag(c *cli.Context, problem string) string {
	name, ok := strings.CutPrefix(problem, undefined)
	if !ok || c == nil || c.Command == nil {
		return ""
	}
	var names []string
	for _, f := range c.Command.Flags {
		for _, n := range f.Names() {
			if len(n) > 1 {
				names = append(names, n)
			}
		}
	}
	return meant(strings.TrimLeft(name, "-"), names, "--")
}

// suggestValue adds to a usage error about a flag's value the one that was meant, where it is near.
func suggestValue(c *cli.Context, err error) error {
	if exitCode(err) != exitUsage || strings.Contains(err.Error(), "did you mean") {
		return err
	}
	for name, values := range flagValues {
		value := c.String(name)
		if !c.IsSet(name) || slices.Contains(values, value) || !strings.Contains(err.Error(), strconv.Quote(value)) {
			continue
		}
		if question := meant(value, values, ""); question != "" {
			return usageErr{fmt.Errorf("%w%s", err, question)}
		}
	}
	return err
}

// meant returns a question that names the nearest of the names, nothing where none is near.
func meant(name string, names []string, before string) string {
	best, least := "", 1+max(1, len(name)/3)
	for _, n := range names {
		if d := distance(name, n); d < least {
			best, least = n, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + before + best + "?"
}

// distance counts the letters to add, take out, change, or swap with their neighbours, to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range y {
		d[0][j+1] = j + 1
	}
	for i := range x {
		for j := range y {
			change := d[i][j]
			if x[i] != y[j] {
				change++
			}
			d[i+1][j+1] = min(d[i][j+1]+1, d[i+1][j]+1, change)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d[i+1][j+1] = min(d[i+1][j+1], d[i-1][j-1]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}
