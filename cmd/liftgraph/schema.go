package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"liftgraph/graph"
)

func schemaCommand() *cli.Command {
	return &cli.Command{
		Name:  "schema",
		Usage: "print the model: node labels, relationship types, properties",
		Flags: []cli.Flag{stringFlag(asFlag, "markdown", "`FORM` to print: markdown, cypher (constraints) or json")},
		Action: func(c *cli.Context) error {
			forms := map[string]func() string{"markdown": graph.Markdown, "cypher": graph.Constraints, "json": graph.JSON}
			form, ok := forms[c.String(asFlag)]
			if !ok {
				return usagef("--%s %q: it is markdown, cypher or json", asFlag, c.String(asFlag))
			}
			_, err := fmt.Fprint(c.App.Writer, form())
			return err
		},
	}
}
