// Command release builds what a release consists of: static binaries in archives, checksums, a list of components
// (SBOM) for each, a container image of two platforms, and the Helm chart. It has a module of its own, so that what it needs is no
// dependency of the program.
//
// Everything is reproducible: the same commit and Go version make the same bytes, wherever and whenever they are made.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

func main() {
	var r Release
	flag.StringVar(&r.Source, "source", "../..", "directory of the repository")
	flag.StringVar(&r.Out, "out", "../../dist", "directory to write to; it must be empty or missing")
	flag.StringVar(&r.Version, "version", "", "version (default: git describe)")
	flag.Parse()
	if err := run(&r); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(r *Release) error {
	if err := r.fill(); err != nil {
		return err
	}
	return r.Build(context.Background())
}

// Platform is an operating system and architecture, in Go's names.
type Platform struct{ OS, Arch string }

// Platforms are what a release is built for.
var Platforms = []Platform{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}}

// Release is what to build, from what.
type Release struct {
	Source, Out string
	Version     string    // e.g. v1.2.3
	Commit      string    // of Git
	Time        time.Time // of the commit: every file's time
	Only        []Platform
	GoCache     string // "" is the user's
}

// fill sets what Git knows.
func (r *Release) fill() (err error) {
	if r.Version == "" {
		if r.Version, err = r.git("describe", "--tags", "--always", "--dirty"); err != nil {
			return err
		}
	}
	if r.Commit, err = r.git("rev-parse", "HEAD"); err != nil {
		return err
	}
	seconds, err := r.git("log", "-1", "--format=%ct")
	if err != nil {
		return err
	}
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return fmt.Errorf("time of the commit: %w", err)
	}
	r.Time = time.Unix(unix, 0).UTC()
	return nil
}

func (r *Release) git(args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", r.Source}, args...)...).Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Build writes every file of the release, the checksums last.
func (r *Release) Build(ctx context.Context) error {
	if entries, err := os.ReadDir(r.Out); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty; remove it, or name another directory with -out", r.Out)
	}
	if err := os.MkdirAll(r.Out, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "liftgraph-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	platforms := r.Only
	if platforms == nil {
		platforms = Platforms
	}
	binaries := map[Platform]string{}
	for _, p := range platforms {
		binaries[p] = filepath.Join(work, p.OS+"-"+p.Arch)
		if err := r.compile(ctx, p, binaries[p]); err != nil {
			return err
		}
	}
	host, ok := binaries[Platform{runtime.GOOS, runtime.GOARCH}]
	if !ok {
		host = filepath.Join(work, "host")
		if err := r.compile(ctx, Platform{}, host); err != nil {
			return err
		}
	}
	texts, err := printedTexts(ctx, host, work)
	if err != nil {
		return err
	}
	for _, p := range platforms {
		binary := binaries[p]
		if err := r.archive(p, binary, texts); err != nil {
			return err
		}
		if err := r.components(p, binary); err != nil {
			return err
		}
	}
	if err := r.image(binaries); err != nil {
		return err
	}
	if err := r.chart(); err != nil {
		return err
	}
	return r.checksums()
}

// compile builds the program for a platform; for this machine where it is empty.
func (r *Release) compile(ctx context.Context, p Platform, to string) error {
	to, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	flags := "-s -w -buildid= -X main.release=" + r.Version + " -X main.releaseCommit=" + r.Commit
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", to, "./cmd/liftgraph")
	c.Dir = r.Source
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0", "GOWORK=off")
	if p.OS != "" {
		c.Env = append(c.Env, "GOOS="+p.OS, "GOARCH="+p.Arch)
	}
	if r.GoCache != "" {
		c.Env = append(c.Env, "GOCACHE="+r.GoCache)
	}
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("build for %s/%s: %w: %s", p.OS, p.Arch, err, out)
	}
	return nil
}

// name returns the name of a release's file, without its ending.
func (r *Release) name(p Platform) string {
	return fmt.Sprintf("liftgraph_%s_%s_%s", r.Version, p.OS, p.Arch)
}
