package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v3"
)

// applyConfigFile sets the flags that neither the command line nor the environment did from the YAML file
// of --config: its keys are the names of flags. A key that no command has is an error; one of another command is not.
func applyConfigFile(c *cli.Context) error {
	name := c.String(configFlag)
	if name == "" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return usagef("--%s: %w", configFlag, err)
	}
	defer f.Close()
	var settings map[string]yaml.Node
	if err := yaml.NewDecoder(f).Decode(&settings); err != nil && !errors.Is(err, io.EOF) {
		return usagef("--%s: %s isn't a list of `flag: value` lines: %w", configFlag, name, err)
	}
	own, all := flagNames(c.Command), allFlagNames(c.App)
	for key, node := range settings {
		if !slices.Contains(all, key) {
			return usagef("--%s: %s, line %d: there is no flag --%s; its names are in the flag reference", configFlag, name, node.Line, key)
		}
		if !slices.Contains(own, key) || c.IsSet(key) {
			continue
		}
		values, err := scalars(&node)
		if err == nil && len(values) > 1 {
			switch key {
			case formatFlag:
				values = []string{strings.Join(values, ",")}
			case cloudTrailFlag, auditTrailFlag:
			default:
				err = errors.New("it takes one value")
			}
		}
		if err != nil {
			return usagef("--%s: %s, line %d: %s: %w", configFlag, name, node.Line, key, err)
		}
		for _, v := range values {
			if err := c.Set(key, v); err != nil {
				return usagef("--%s: %s, line %d: %s: %q can't be its value: %w", configFlag, name, node.Line, key, v, err)
			}
		}
	}
	return nil
}

func scalars(n *yaml.Node) ([]string, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return nil, nil // as if it weren't there
		}
		return []string{n.Value}, nil
	case yaml.SequenceNode:
		var values []string
		for _, c := range n.Content {
			if c.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("a list of plain values is needed")
			}
			values = append(values, c.Value)
		}
		return values, nil
	default:
	}
	return nil, fmt.Errorf("a plain value or a list of them is needed")
}

func flagNames(c *cli.Command) []string {
	var names []string
	for _, f := range c.Flags {
		names = append(names, f.Names()...)
	}
	return names
}

func allFlagNames(app *cli.App) []string {
	var names []string
	for _, c := range app.Commands {
		names = append(names, flagNames(c)...)
		for _, s := range c.Subcommands {
			names = append(names, flagNames(s)...)
		}
	}
	return names
}
