package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// Set by the linker in a release: -X main.release=v1.2.3 -X main.releaseCommit=….
var release, releaseCommit string

// buildInfo describes the build of this program, as `version --json` prints it.
type buildInfo struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`   // of Git
	Modified bool   `json:"modified,omitempty"` // built from a tree with changes that aren't committed
	Go       string `json:"go"`
	Platform string `json:"platform"` // OS/architecture
}

// readBuildInfo returns what the linker recorded of this program.
func readBuildInfo() buildInfo {
	b := buildInfo{Version: release, Commit: releaseCommit, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && b.Commit == "":
				b.Commit = s.Value
			case s.Key == "vcs.modified":
				b.Modified = s.Value == "true"
			}
		}
		if v := info.Main.Version; b.Version == "" && v != "(devel)" {
			b.Version = v
		}
	}
	if b.Version == "" {
		b.Version = "devel"
		if b.Commit != "" {
			b.Version += "-" + b.Commit[:min(12, len(b.Commit))]
		}
	}
	return b
}

// version returns the version of a release, else of the module, else the commit that it was built from.
func version() string { return readBuildInfo().Version }

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print the version, commit, Go version and platform",
		Flags: []cli.Flag{boolFlag(jsonFlag, "print one JSON document")},
		Action: func(c *cli.Context) error {
			b := readBuildInfo()
			if c.Bool(jsonFlag) {
				e := json.NewEncoder(c.App.Writer)
				e.SetIndent("", "  ")
				return e.Encode(b)
			}
			commit := b.Commit
			if commit == "" {
				commit = "unknown"
			}
			if b.Modified {
				commit += " (modified)"
			}
			_, err := fmt.Fprintf(c.App.Writer, "liftgraph %s\ncommit    %s\ngo        %s\nplatform  %s\n", b.Version, commit, b.Go, b.Platform)
			return err
		},
	}
}
