package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit/lake"
	"liftgraph/emit/published"
	"liftgraph/emit/redact"
	"liftgraph/internal/dataset"
	"liftgraph/query/verify"
)

const redactFlag = "redact"

func redactFlags() []cli.Flag {
	return []cli.Flag{stringFlag(redactFlag, "", "`PROPERTIES` never to write, separated by commas, e.g. email,name,message,remote_ip")}
}

// redactRules returns the properties of --redact.
func redactRules(c *cli.Context) (redact.Rules, error) {
	var rules redact.Rules
	if list := c.String(redactFlag); list != "" {
		model, err := modelNamed(c)
		if err != nil {
			return rules, err
		}
		rules.Fields = map[string]bool{}
		for _, name := range strings.Split(list, ",") {
			rules.Fields[strings.TrimSpace(name)] = true
		}
		for name := range rules.Fields {
			if err := redact.CheckFields(model, []string{name}); err != nil {
				return rules, usagef("--%s %w", redactFlag, err)
			}
		}
	}
	return rules, nil
}

func forgetCommand() *cli.Command {
	return &cli.Command{
		Name:      "forget",
		Usage:     "remove a user or a run from published files and lakes, and keep it out of later ones",
		ArgsUsage: "USER|RUN [DIR|s3://bucket/prefix]",
		Description: "Writes DATA/csv, DATA/parquet, DATA/lake and the directory or lake that is named anew without the node, its relationships and " +
			"every property that names it; verifies them; and removes DATA/raw, DATA/graph and DATA/quarantine. DATA/" + redact.ListName +
			" remembers the id as a hash, by which later runs with the same DATA leave it out. A database is not changed: load the files into it.",
		Flags: slices.Concat([]cli.Flag{stringFlag(dataFlag, "liftgraph-data", "working `DIR` of every stage"), stringFlag(tmpFlag, "", "`DIR` for spill files (default: within --data)")}, s3Flags()),
		Action: func(c *cli.Context) error {
			id := strings.TrimSpace(c.Args().First())
			if id == "" {
				return usagef("forget needs the id of a user or a run, e.g. liftgraph forget dana-reyes")
			}
			return forget(c, id)
		},
	}
}

func forget(c *cli.Context, id string) (err error) {
	data := c.String(dataFlag)
	paths := publishedPaths(data)
	if named := c.Args().Get(1); named != "" {
		paths = append(paths, named)
	}
	if len(paths) == 0 {
		return fmt.Errorf("nothing is published in %s; name a directory or a lake, or another --%s", data, dataFlag)
	}
	release, err := dataset.Lock(data)
	if err != nil {
		return err
	}
	defer func() {
		if failed := release(); err == nil {
			err = failed
		}
	}()
	s3, err := s3Options(c)
	if err != nil {
		return err
	}
	opts := published.Options{S3: s3, Temp: tempDir(c)}
	if err := os.MkdirAll(opts.Temp, 0o700); err != nil {
		return err
	}
	rules := redact.Rules{Hashes: map[string]bool{redact.Hash(id): true}}
	for _, p := range paths {
		names, err := pipeline.NamesOf(c.Context, p, id, opts)
		if err != nil {
			return err
		}
		for _, n := range names {
			rules.Hashes[redact.Hash(n)] = true
		}
	}
	if err := redact.Remember(data, rules.Hashes); err != nil { // first: what fails after it is done by the next run too
		return err
	}
	found := false
	for _, p := range paths {
		all, err := pipeline.Forget(c.Context, p, rules, opts)
		if err != nil {
			return fmt.Errorf("%w; run the command again", err)
		}
		for _, f := range all {
			found = found || f.Rows+f.Changed > 0
			fmt.Fprintf(c.App.Writer, "%s: %d rows removed, %d rows changed\n", f.Path, f.Rows, f.Changed)
		}
		if err := verifyAnew(c, p, opts); err != nil {
			return err
		}
	}
	for _, name := range []string{"raw", "graph", "quarantine", ".resume"} {
		if err := os.RemoveAll(filepath.Join(data, name)); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("%s is in none of %s; it is remembered all the same, and later runs leave it out", id, strings.Join(paths, ", "))
	}
	fmt.Fprintf(c.App.ErrWriter, "note: %s/raw, graph and quarantine are removed; the next extraction reads everything anew\n", data)
	return nil
}

// verifyAnew verifies what was written anew.
func verifyAnew(c *cli.Context, path string, opts published.Options) error {
	var err error
	if lake.Is(path) {
		_, err = verify.Lake(c.Context, path, opts.Temp, opts.S3)
	} else {
		_, err = verify.Dir(c.Context, path, opts.Temp)
	}
	return err
}

// publishedPaths returns the directories and the lake that are published in a data directory.
func publishedPaths(data string) []string {
	var paths []string
	for _, name := range []string{"csv", "parquet"} {
		if m, err := dataset.ReadManifest(filepath.Join(data, name)); err == nil && m.Stage == name {
			paths = append(paths, filepath.Join(data, name))
		}
	}
	if dir := filepath.Join(data, "lake"); lake.Is(dir) {
		paths = append(paths, dir)
	}
	return paths
}
