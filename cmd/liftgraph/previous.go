package main

import (
	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit/published"
	"liftgraph/internal/objects"
)

// previousConfig gives what is carried over of the graph that was published last, or nil where none is named.
func previousConfig(c *cli.Context) (*pipeline.Previous, error) {
	uri := c.String(previousFlag)
	switch {
	case uri == "" && c.IsSet(previousFlag):
		return nil, usagef("--%s is empty: name a published directory, or leave it out (also in the environment)", previousFlag)
	case uri == "" && c.Bool(keepHistoryFlag):
		return nil, usagef("--%s keeps what a published directory holds: name it by --%s", keepHistoryFlag, previousFlag)
	case uri == "":
		return nil, nil
	}
	log, err := logger(c)
	if err != nil {
		return nil, err
	}
	aws := &objects.AWS{Profile: c.String(awsProfileFlag), PathStyle: c.Bool(pathStyleFlag)}
	return &pipeline.Previous{
		URI: uri, KeepHistory: c.Bool(keepHistoryFlag),
		Options: published.Options{S3: objects.Options{Log: log, AWS: aws}, Temp: tempDir(c)},
	}, nil
}
