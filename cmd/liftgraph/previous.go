package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit"
	"liftgraph/emit/published"
	"liftgraph/internal/objects"
)

// noPrevious is the value of --previous that switches it off.
const noPrevious = "none"

// previousConfig returns what is carried over of the graph that was published last; nil for nothing. A path that isn't there is a
// usage error, before anything is done.
func previousConfig(c *cli.Context) (*pipeline.Previous, error) {
	uri := c.String(previousFlag)
	keep := c.Bool(keepHistoryFlag)
	switch {
	case uri == "" && c.IsSet(previousFlag):
		return nil, usagef("--%s is empty: name a published directory, or %q, or leave it out (also in the environment)", previousFlag, noPrevious)
	case uri == noPrevious && c.IsSet(keepHistoryFlag) && keep:
		return nil, usagef("--%s keeps what a published directory holds, but --%s is %s", keepHistoryFlag, previousFlag, noPrevious)
	case uri == noPrevious, uri == "" && !keep: // as it was before there was a default
		return nil, nil
	case uri != "" && !strings.Contains(uri, "://"):
		if _, err := os.Stat(uri); errors.Is(err, fs.ErrNotExist) {
			return nil, usagef("--%s %s isn't there: name a published directory or a lake; on the first night leave it out", previousFlag, uri)
		}
	}
	retention, err := days(c.String(retentionFlag))
	if err != nil {
		return nil, badRetention(c)
	}
	log, err := logger(c)
	if err != nil {
		return nil, err
	}
	aws := awsOf(c)
	var beside []string
	if uri == "" && c.String(outFlag) == "" {
		for _, f := range emit.Formats() {
			beside = append(beside, filepath.Join(c.String(dataFlag), string(f)))
		}
	}
	return &pipeline.Previous{
		URI: uri, Beside: beside, KeepHistory: keep, Retention: retention,
		Options: published.Options{S3: objects.Options{Log: log, AWS: aws}, Temp: tempDir(c)},
	}, nil
}

func badRetention(c *cli.Context) error {
	return usagef("--%s %q: it is a time such as 365d or 8760h; 0 keeps everything", retentionFlag, c.String(retentionFlag))
}
