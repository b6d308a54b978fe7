package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"liftgraph/emit/published"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/query/lookup"
	"liftgraph/query/page"
	"liftgraph/query/trace"
)

func traceCommand() *cli.Command {
	return &cli.Command{
		Name:      "trace",
		Usage:     "show who and what changed an instance, or what is behind a run, commit, user or stack, from published files alone",
		ArgsUsage: "ID [DIR|URI]",
		Flags: append([]cli.Flag{
			stringFlag(dataFlag, "liftgraph-data", "`DIR` or s3:// URI to read where none is named: a published directory, a lake, or a data directory, whose parquet is read, else its csv"),
			stringFlag(kindFlag, "", "`KIND` of the id, where it is several: "+strings.Join(kindNames(), ", ")),
			&cli.IntFlag{Name: limitFlag, Value: 100, Usage: "most runs, and entries of any other list", EnvVars: env(limitFlag)},
			boolFlag(jsonFlag, "print one JSON document"),
			boolFlag(timelineFlag, "print what happened in the order of time, too"),
			stringFlag(htmlFlag, "", "write the answer as a page to `FILE`, which opens without a network, instead of printing the tree"),
			stringFlag(asOfFlag, "", "of a lake the newest snapshot of `DAY` (UTC, e.g. 2026-11-13) or before"),
		}, s3Flags()...),
		Action: func(c *cli.Context) error {
			q := trace.Question{ID: strings.TrimSpace(c.Args().First()), Kind: trace.Kind(c.String(kindFlag)), Limit: c.Int(limitFlag)}
			answer, err := ask(c, q)
			var missing *trace.NotFoundError
			if errors.As(err, &missing) {
				warn(c.App.ErrWriter, missing.Incomplete)
			}
			var wrong *trace.UsageError
			if errors.As(err, &wrong) {
				return usagef("%w", err)
			}
			if err != nil {
				return err
			}
			if file := c.String(htmlFlag); file != "" {
				err = writePage(file, answer)
			}
			if err == nil && (c.Bool(jsonFlag) || c.String(htmlFlag) == "") {
				err = writeAnswer(c, answer)
			}
			if err != nil {
				return err
			}
			for _, n := range answer.Notes {
				fmt.Fprintln(c.App.ErrWriter, "note:", n)
			}
			warn(c.App.ErrWriter, answer.Incomplete)
			return nil
		},
	}
}

// kindNames are the values of --kind.
func kindNames() (names []string) {
	for _, k := range trace.Kinds() {
		names = append(names, string(k))
	}
	return names
}

// ask looks the question up where the arguments say, once more if that is replaced meanwhile.
func ask(c *cli.Context, q trace.Question) (answer *trace.Answer, err error) {
	if err := q.Check(); err != nil { // before anything is read
		return nil, err
	}
	for range 3 {
		var d *lookup.Dir
		if d, err = openLookup(c, cmp.Or(c.Args().Get(1), c.String(dataFlag))); err == nil {
			answer, err = trace.AskDir(c.Context, d, q)
			err = errors.Join(err, d.Close())
		}
		if !errors.Is(err, lookup.ErrReplaced) {
			break
		}
	}
	return answer, err
}

// openLookup opens what is published at a URI, as the flags say.
func openLookup(c *cli.Context, uri string) (*lookup.Dir, error) {
	return openLookupFor(c.Context, c, uri)
}

// openLookupFor opens it for look-ups that end with ctx.
func openLookupFor(ctx context.Context, c *cli.Context, uri string) (*lookup.Dir, error) {
	log, err := logger(c)
	if err != nil {
		return nil, err
	}
	day := c.String(asOfFlag)
	if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
		return nil, usagef("--%s %q is no day: give one as 2026-11-13", asOfFlag, day)
	}
	aws := awsOf(c)
	d, err := lookup.OpenURI(ctx, uri, day, published.Options{S3: objects.Options{Log: log, AWS: aws}, Temp: os.TempDir()})
	if errors.Is(err, dataset.ErrNotPublished) {
		err = fmt.Errorf("%w: name one that `liftgraph run` or `liftgraph emit` published, its data directory, or a lake", err)
	}
	return d, err
}

// filesIn returns the published directory to read of a data directory, or the directory itself.
func filesIn(data string) string {
	for _, dir := range []string{data, filepath.Join(data, "parquet"), filepath.Join(data, "csv")} {
		if _, err := dataset.ReadManifest(dir); err == nil {
			return dir
		}
	}
	return data
}

func writeAnswer(c *cli.Context, answer *trace.Answer) error {
	if c.Bool(jsonFlag) {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(answer); err != nil {
			return err
		}
		_, err := io.WriteString(c.App.Writer, trace.EscapeJSON(b.String()))
		return err
	}
	return answer.Write(c.App.Writer, trace.Style{Color: colored(c.App.Writer), Timeline: c.Bool(timelineFlag)})
}

// writePage writes the answer as a page, which takes the place of a file of that name as a whole.
func writePage(file string, answer *trace.Answer) (err error) {
	f, err := os.CreateTemp(filepath.Dir(file), ".liftgraph-page-*")
	if err != nil {
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err // the name is of no file that the user named
		}
		return fmt.Errorf("cannot write %s into %s: %w", filepath.Base(file), filepath.Dir(file), err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(page.Write(f, answer, page.Options{}), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// colored reports whether w is a terminal that shows colours (https://no-color.org).
func colored(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// warnings bounds the scopes that are named.
const warnings = 10

// warn names the scopes that may hide a part of an answer.
func warn(w io.Writer, scopes []dataset.Scope) {
	for _, s := range scopes[:min(len(scopes), warnings)] {
		name := s.Scope
		if s.Stack != "" {
			name += " of stack " + s.Stack
		}
		if s.Object != "" {
			name += " " + s.Object
		}
		fmt.Fprintf(w, incompletePrefix+"%s: %s\n", name, cmp.Or(s.Reason, "no reason given"))
	}
	if n := len(scopes) - warnings; n > 0 {
		fmt.Fprintf(w, incompletePrefix+"and %d more scopes: see the manifest\n", n)
	}
	if len(scopes) > 0 {
		fmt.Fprintln(w, "the answer may lack what these would have reported")
	}
}
