package main

import (
	"cmp"
	"context"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/emit/published"
	"liftgraph/internal/objects"
	"liftgraph/query/diff"
	"liftgraph/query/lookup"
)

// remoteEvery is how long a publication in S3 is taken for the newest.
const remoteEvery = 30 * time.Second

func beforeFlagOf() cli.Flag {
	return stringFlag(beforeFlag, "", "`DIR` or s3:// URI of an earlier publication to compare with (default: of a lake, the previous snapshot)")
}

// newestOf makes n read what the first argument, or --data, names, which must be there. It also returns what it can be compared with.
func newestOf(c *cli.Context, n *lookup.Newest) (*diff.Nights, error) {
	log, err := logger(c)
	if err != nil {
		return nil, err
	}
	uri := cmp.Or(c.Args().First(), c.String(dataFlag))
	n.Open = func(ctx context.Context) (*lookup.Dir, error) { return openLookupFor(ctx, c, uri) }
	if strings.Contains(uri, "://") {
		n.Every = remoteEvery
	}
	if err := n.Do(c.Context, func(*lookup.Dir) error { return nil }); err != nil { // what is wrong is reported at the start
		return nil, err
	}
	aws := awsOf(c)
	return &diff.Nights{URI: uri, Before: c.String(beforeFlag), Options: published.Options{S3: objects.Options{Log: log, AWS: aws}, Temp: os.TempDir()}}, nil
}
