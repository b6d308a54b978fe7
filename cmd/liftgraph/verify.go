package main

import (
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"liftgraph/internal/verify"
)

func verifyCommand() *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "prove a published directory: checksums, counts, unique ids, every edge's both ends",
		ArgsUsage: "DIR",
		Flags:     []cli.Flag{stringFlag(tmpFlag, "", "`DIR` for spill files (default: where the directory lies)")},
		Action: func(c *cli.Context) error {
			dir := c.Args().First()
			if dir == "" {
				return usagef("verify needs a directory, e.g. liftgraph verify liftgraph-data/csv")
			}
			tmp := c.String(tmpFlag)
			if tmp == "" {
				tmp = filepath.Dir(filepath.Clean(dir))
			}
			r, err := verify.Dir(c.Context, dir, tmp)
			if err != nil {
				return err
			}
			what := fmt.Sprintf("%d nodes, %d relationships", r.Nodes, r.Relationships)
			if r.Stage == "raw" || r.Stage == "quarantine" {
				what = fmt.Sprintf("%d records", r.Rows)
			}
			_, err = fmt.Fprintf(c.App.Writer, "%s is whole: %d files, %s\n", dir, r.Files, what)
			return err
		},
	}
}
