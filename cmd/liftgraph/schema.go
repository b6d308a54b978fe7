package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

func schemaCommand() *cli.Command {
	return &cli.Command{
		Name:  "schema",
		Usage: "print the model: node labels, relationship types, properties",
		Flags: append([]cli.Flag{graphModel(), stringFlag(asFlag, "markdown", "`FORM` to print: markdown, cypher (constraints), ddl (tables over a lake, for a query engine) or json")}, ddlFlags()...),
		Action: func(c *cli.Context) error {
			model, err := modelNamed(c)
			if err != nil {
				return err
			}
			if c.String(asFlag) == "ddl" {
				return printDDL(c, model)
			}
			for _, f := range ddlFlags() {
				if name := f.Names()[0]; c.IsSet(name) {
					return usagef("--%s is for --%s ddl", name, asFlag)
				}
			}
			forms := map[string]func() string{"markdown": model.Markdown, "cypher": model.Constraints, "json": model.JSON}
			form, ok := forms[c.String(asFlag)]
			if !ok {
				return usagef("--%s %q: it is markdown, cypher, ddl or json", asFlag, c.String(asFlag))
			}
			_, err = fmt.Fprint(c.App.Writer, form())
			return err
		},
	}
}
