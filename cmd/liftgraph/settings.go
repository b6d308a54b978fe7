package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/cmd/liftgraph/progress"
	"liftgraph/ingest"
)

// pipelineConfig returns what every stage needs.
func pipelineConfig(c *cli.Context) (pipeline.Config, error) {
	display, err := display(c)
	if err != nil {
		return pipeline.Config{}, err
	}
	updateTag, err := tag(c)
	if err != nil {
		return pipeline.Config{}, err
	}
	cfg := pipeline.Config{Version: c.App.Version, Data: c.String(dataFlag), Temp: tempDir(c), UpdateTag: updateTag, Progress: display, RequireComplete: c.Bool(requireFlag)}
	if c.Bool(resumeFlag) {
		cfg.Resume = &pipeline.Resume{Say: func(text string) { fmt.Fprintln(c.App.ErrWriter, "note:", text) }}
	}
	if c.IsSet(quarantinedFlag) {
		most := c.Float64(quarantinedFlag)
		if !(most >= 0 && most <= 100) {
			return pipeline.Config{}, usagef("--%s %g: it is a number of percent, from 0 to 100", quarantinedFlag, most)
		}
		cfg.MaxQuarantined = &most
	}
	return cfg, nil
}

// display makes the progress display of --progress.
func display(c *cli.Context) (*progress.Display, error) {
	d, err := progress.New(c.App.ErrWriter, progress.Mode(c.String(progressFlag)))
	if err != nil {
		return nil, usagef("--%s %w", progressFlag, err)
	}
	return d, nil
}

// tempDir returns the directory for spill files.
func tempDir(c *cli.Context) string {
	if dir := c.String(tmpFlag); dir != "" {
		return dir
	}
	return filepath.Join(c.String(dataFlag), ".tmp")
}

// The update tags that there can be: Unix seconds, of which a row also holds the milliseconds.
const (
	firstTag = 1
	lastTag  = 99_999_999_999 // the year 5138; what is larger are milliseconds
)

// tag returns --update-tag, or now.
func tag(c *cli.Context) (int64, error) {
	if !c.IsSet(updateTagFlag) {
		return time.Now().Unix(), nil
	}
	t := c.Int64(updateTagFlag)
	if t < firstTag || t > lastTag {
		return 0, usagef("--%s %d: it is Unix seconds (not milliseconds), from %d to %d", updateTagFlag, t, firstTag, lastTag)
	}
	return t, nil
}

// logger makes the logger of --log-level and --log-format.
func logger(c *cli.Context) (*slog.Logger, error) {
	if lines, ok := c.App.ErrWriter.(*logLines); ok {
		return lines.log, nil
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.String(logLevelFlag))); err != nil {
		return nil, usagef("--%s %q: it is debug, info, warn or error", logLevelFlag, c.String(logLevelFlag))
	}
	opts := &slog.HandlerOptions{Level: level}
	switch c.String(logFormatFlag) {
	case "text":
		return slog.New(slog.NewTextHandler(c.App.ErrWriter, opts)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(c.App.ErrWriter, opts)), nil
	}
	return nil, usagef("--%s %q: it is text or json", logFormatFlag, c.String(logFormatFlag))
}

// server returns where Neo4j answers, and as whom.
func server(c *cli.Context) ingest.Server {
	return ingest.Server{URI: c.String(neo4jURIFlag), User: c.String(neo4jUserFlag), Password: os.Getenv(c.String(neo4jPasswordEnvFlag)), RootCAs: pool(c)}
}

// importServer returns where the server answers that --start starts: as its own configuration says, unless a flag does.
func importServer(c *cli.Context) ingest.Server {
	s := server(c)
	if !c.IsSet(neo4jURIFlag) {
		s.URI = ""
	}
	return s
}
