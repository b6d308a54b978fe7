package main

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

// candidate is a word that may stand at the cursor of a command line.
type candidate struct{ word, meaning string }

// mostIDs is how many ids of a label are offered.
const mostIDs = 30

// flagValues are the values of flags that have few.
var flagValues = map[string][]string{
	formatFlag: {"csv", "parquet", "csv,parquet"}, layoutFlag: {plainLayout, lakeLayout}, logLevelFlag: {"debug", "info", "warn", "error"},
	logFormatFlag: {"text", "json"}, progressFlag: {"auto", "plain", "none"}, sinceFlag: {"auto"}, detailsFlag: {"all", "history", "none"},
	resourcesFlag: {"none", "instances", "all"}, changesFlag: {"none", "managed", "all"},
	kindFlag:   kindNames(),
	methodFlag: {"admin", "load-csv", "bolt"}, ingestFlag: {"admin", "load-csv", "bolt"}, asFlag: {"markdown", "cypher", "ddl", "json"},
}

// complete returns what may stand for the last of the words, which follow the program's name.
func complete(ctx context.Context, app *cli.App, words []string) []candidate {
	if len(words) == 0 {
		words = []string{""}
	}
	cur, before := words[len(words)-1], words[:len(words)-1]
	commands, c := app.Commands, (*cli.Command)(nil)
	var args []string
	flags, valueOf := map[string]string{}, ""
	for _, word := range before {
		name, value, joined := strings.Cut(strings.TrimLeft(word, "-"), "=")
		switch {
		case valueOf != "":
			flags[valueOf], valueOf = word, ""
		case strings.HasPrefix(word, "-"):
			if joined {
				flags[name] = value
			} else if c != nil && valueFlags(c)[name] {
				valueOf = name
			}
		case len(args) == 0 && commandNamed(commands, word) != nil:
			c = commandNamed(commands, word)
			commands = c.Subcommands
		default:
			args = append(args, word)
		}
	}
	var all []candidate
	switch {
	case valueOf != "":
		all = values(valueOf, "")
	case strings.HasPrefix(cur, "-") && c != nil:
		if name, _, joined := strings.Cut(strings.TrimLeft(cur, "-"), "="); joined {
			all = values(name, "--"+name+"=")
			break
		}
		for _, g := range flagsByTopic(c.Flags) {
			for _, f := range g.flags {
				_, usage := flagUsage(f.(cli.DocGenerationFlag))
				all = append(all, candidate{"--" + f.Names()[0], usage})
			}
		}
	case c == nil || len(commands) > 0 && len(args) == 0:
		for _, s := range commands {
			if !s.Hidden {
				all = append(all, candidate{s.Name, s.Usage})
			}
		}
	case c.Name == "trace" && len(args) == 0:
		data, named := flags[dataFlag]
		if !named {
			data = os.Getenv(env(dataFlag)[0])
		}
		if data == "" {
			data = "liftgraph-data"
		}
		all = ids(ctx, filesIn(data), cur)
	case c.Name == "completion" && len(args) == 0:
		all = []candidate{{"bash", ""}, {"zsh", ""}, {"fish", ""}}
	case c.Name == "man" && len(args) == 0:
		for _, s := range app.Commands {
			if !s.Hidden {
				all = append(all, candidate{s.Name, s.Usage})
			}
		}
	}
	return slices.DeleteFunc(all, func(c candidate) bool { return !strings.HasPrefix(c.word, cur) })
}

// values returns the values of a flag, each after a prefix.
func values(flag, prefix string) []candidate {
	var all []candidate
	for _, v := range flagValues[flag] {
		all = append(all, candidate{prefix + v, ""})
	}
	return all
}

// ids returns ids of a published directory that begin with a prefix, with their labels; none where nothing can be read.
func ids(ctx context.Context, dir, prefix string) []candidate {
	d, err := lookup.Open(ctx, dir)
	if err != nil {
		return nil
	}
	defer func() { _ = d.Close() }() // it was only read
	if !d.Indexed() {
		return nil // every part would be read in full
	}
	var all []candidate
	for _, t := range graph.Default.Tables() {
		if t.Node == nil {
			continue
		}
		keys, err := d.Keys(ctx, t, prefix, mostIDs)
		if err != nil {
			continue // a completion has no way to report an error
		}
		for _, k := range keys {
			if !strings.ContainsAny(k, "\t\n") {
				all = append(all, candidate{k, t.Name})
			}
		}
	}
	return all
}
