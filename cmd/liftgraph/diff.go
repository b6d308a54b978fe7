package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"liftgraph/emit/published"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/query/diff"
)

// errDifferent ends a diff of two graphs that aren't equal, which was reported already.
var errDifferent = errors.New("different")

func diffCommand() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "show what was added, removed and changed between two published directories or snapshots; exits 0 if equal, 1 if not, 2 on failure",
		ArgsUsage: "A B",
		Flags: append([]cli.Flag{
			boolFlag(jsonFlag, "print one JSON document"),
			boolFlag(rowsFlag, "print every row that differs, too"),
			stringFlag(tmpFlag, "", "`DIR` for files of S3 while they are read, and for rows that must be sorted (default: the system's)"),
		}, s3Flags()...),
		Action: func(c *cli.Context) error {
			differ, err := compare(c)
			switch {
			case err != nil:
				return usageErr{err} // as diff has it: 1 is for an answer
			case differ:
				return errDifferent
			}
			return nil
		},
	}
}

// compare writes the difference of the places that the arguments name.
func compare(c *cli.Context) (differ bool, err error) {
	if c.NArg() != 2 {
		return false, errors.New("diff needs two places, the earlier first, e.g. liftgraph diff yesterday/csv liftgraph-data/csv")
	}
	var graphs [2]*published.Dir
	for i := range graphs {
		if graphs[i], err = openPublished(c, c.Args().Get(i), c.String(tmpFlag)); err != nil {
			return false, err
		}
	}
	out := bufio.NewWriterSize(c.App.Writer, 64<<10)
	var w diff.Writer = &diff.Text{Out: out, Rows: c.Bool(rowsFlag)}
	if c.Bool(jsonFlag) {
		w = &diff.JSON{Out: out, Rows: c.Bool(rowsFlag)}
	}
	differ, err = diff.Graphs(c.Context, graphs[0], graphs[1], w)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		return false, err
	}
	for _, d := range graphs {
		if n := len(d.Manifest.Incomplete()); n > 0 {
			fmt.Fprintf(c.App.ErrWriter, "note: %s is incomplete in %d scopes: what they would have reported may seem added or removed\n", d.Path, n)
		}
	}
	return differ, nil
}

// openPublished opens a place of published rows, with temp for what is read of S3.
func openPublished(c *cli.Context, uri, temp string) (*published.Dir, error) {
	log, err := logger(c)
	if err != nil {
		return nil, err
	}
	if temp == "" {
		temp = os.TempDir()
	}
	aws := awsOf(c)
	d, err := published.OpenURI(c.Context, uri, published.Options{S3: objects.Options{Log: log, AWS: aws}, Temp: temp})
	if errors.Is(err, dataset.ErrNotPublished) {
		err = fmt.Errorf("%w: name a directory that `liftgraph run` or `liftgraph emit` published, or a lake", err)
	}
	return d, err
}
