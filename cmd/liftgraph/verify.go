package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/emit/lake"
	"liftgraph/emit/published"
	"liftgraph/internal/dataset"
	"liftgraph/query/verify"
)

func verifyCommand() *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "verify a published directory, or a snapshot of a lake (the newest, or the one whose manifest is named): checksums, counts, unique ids, every edge's both ends",
		ArgsUsage: "DIR|s3://bucket/prefix|LAKE/manifests/NAME.json",
		Flags:     append([]cli.Flag{boolFlag(jsonFlag, "print what was verified as one JSON document on stdout"), stringFlag(tmpFlag, "", "`DIR` for spill files (default: beside the directory; of a lake in S3, the system's)")}, s3Flags()...),
		Action: func(c *cli.Context) error {
			dir := c.Args().First()
			if dir == "" {
				return usagef("verify needs a directory, e.g. liftgraph verify liftgraph-data/csv")
			}
			dir = published.Root(dir)
			tmp := c.String(tmpFlag)
			switch {
			case tmp != "":
			case lake.IsURI(dir):
				tmp = os.TempDir()
			default:
				tmp = filepath.Dir(filepath.Clean(dir))
			}
			prove := verify.Dir
			if lake.Is(dir) {
				opts, err := s3Options(c)
				if err != nil {
					return err
				}
				prove = func(ctx context.Context, dir, tmp string) (*verify.Report, error) {
					return verify.Lake(ctx, dir, tmp, opts)
				}
			}
			r, err := prove(c.Context, dir, tmp)
			if errors.Is(err, dataset.ErrNotPublished) {
				if within := holds(dir); within != nil {
					return fmt.Errorf("%s is a data directory: verify one of %s", dir, strings.Join(within, ", "))
				}
			}
			if err != nil {
				return err
			}
			if c.Bool(jsonFlag) {
				return printJSON(c.App.Writer, verified{dir, r.Stage, r.Files, r.Rows, r.Nodes, r.Relationships})
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

// holds returns what is published in a data directory.
func holds(data string) (dirs []string) {
	for _, name := range []string{"csv", "parquet", lakeLayout} {
		dir := filepath.Join(data, name)
		if _, err := dataset.ReadManifest(dir); err == nil || lake.Is(dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// verified is what verify prints with --json of a path where everything is as its manifest says.
type verified struct {
	Path          string `json:"path"`
	Stage         string `json:"stage"`
	Files         int    `json:"files"`
	Rows          int64  `json:"rows"`
	Nodes         int64  `json:"nodes"`
	Relationships int64  `json:"relationships"`
}
