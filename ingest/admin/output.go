package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"liftgraph/ingest/source"
)

// Progress is how far an import is.
type Progress struct {
	Step  string // the name in the tool's output: Nodes, Relationships and a dozen short ones
	Items int64  // done in this step, rounded by the tool to three digits
	Total int64  // 0 where it is unknown
}

// String returns e.g. "Relationships: 350000 of 1000000".
func (p Progress) String() string {
	switch {
	case p.Total > 0:
		return fmt.Sprintf("%s: %d of %d", p.Step, min(p.Items, p.Total), p.Total)
	case p.Items > 0:
		return fmt.Sprintf("%s: %d", p.Step, p.Items)
	}
	return p.Step
}

// Of returns how much of how much is done in a step.
func (p Progress) Of() (step string, done, total int64) { return p.Step, p.Items, p.Total }

// output reads what the import tool says with --verbose.
type output struct {
	progress func(Progress)
	want     source.Counts

	store      string // directory of the database, once the tool has begun
	at         Progress
	done       bool // IMPORT DONE
	imported   source.Counts
	properties int64
	errors     []string // what it says on stderr, without the frames of stack traces and empty lines
	follows    []bool   // whether each of these directly follows the one before
	apart      bool     // a frame or an empty line came last
}

var (
	storeLine = regexp.MustCompile(`^Importing the contents of these files into (.*):$`)
	stepLine  = regexp.MustCompile(`^(.+), started \d{4}-\d\d-\d\d `)
	itemsLine = regexp.MustCompile(`^\[.*\] *(\d+(?:\.\d+)?)([KMGBT]?) ∆`)
	countLine = regexp.MustCompile(`^  (\d+) (nodes|relationships|properties)$`)
	frameLine = regexp.MustCompile(`^\s+(at |\.\.\. \d+ more)`)
)

var scale = map[string]float64{"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "B": 1e9, "T": 1e12}

// line takes a line of stdout.
func (o *output) line(s string) {
	if m := itemsLine.FindStringSubmatch(s); m != nil {
		n, _ := strconv.ParseFloat(m[1], 64)
		o.at.Items = int64(min(math.Round(n*scale[m[2]]), 1<<62))
		o.tell()
	} else if m := stepLine.FindStringSubmatch(s); m != nil {
		o.at = Progress{Step: m[1]}
		switch m[1] {
		case "Nodes":
			o.at.Total = o.want.Nodes
		case "Relationships":
			o.at.Total = o.want.Relationships
		}
		o.tell()
	} else if m := storeLine.FindStringSubmatch(s); m != nil {
		o.store = m[1]
	} else if strings.HasPrefix(s, "IMPORT DONE") {
		o.done = true
	} else if m := countLine.FindStringSubmatch(s); m != nil && o.done {
		n, _ := strconv.ParseInt(m[1], 10, 64)
		switch m[2] {
		case "nodes":
			o.imported.Nodes = n
		case "relationships":
			o.imported.Relationships = n
		default:
			o.properties = n
		}
	}
}

func (o *output) tell() {
	if o.progress != nil {
		o.progress(o.at)
	}
}

// mostErrors bounds what is kept of stderr.
const mostErrors = 200

// errorLine takes a line of stderr.
func (o *output) errorLine(s string) {
	if frameLine.MatchString(s) || strings.TrimSpace(s) == "" {
		o.apart = true
		return
	}
	if len(o.errors) < mostErrors {
		o.errors, o.follows = append(o.errors, s), append(o.follows, !o.apart)
	}
	o.apart = false
}

// The errors that a caller may want to tell apart.
var (
	ErrDatabaseExists = errors.New("the database exists")
	ErrDatabaseInUse  = errors.New("a server uses the database")
)

func existsError(cfg Config, where string) error {
	return fmt.Errorf("%w: %s%s is left as it is; --overwrite replaces it (also where it is only the empty one that a first start of the server makes)",
		ErrDatabaseExists, cfg.Database, where)
}

func inUseError(cfg Config) error {
	return fmt.Errorf("%w: stop it (neo4j stop) and run this again; %s is left as it is", ErrDatabaseInUse, cfg.Database)
}

// failure says why an import failed, what the database is like now and what to do next.
func (o *output) failure(cfg Config, report string, bad []byte, code int, err error) error {
	all := strings.Join(o.errors, "\n")
	switch {
	case strings.Contains(all, "Database already exist"):
		return existsError(cfg, " in "+o.store)
	case strings.Contains(all, "database is in use"):
		return inUseError(cfg)
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("the import was stopped: %w; %s", err, o.state(cfg))
	case err != nil:
		return fmt.Errorf("%w; %s", err, o.state(cfg))
	case strings.Contains(all, "No space left on device"):
		return fmt.Errorf("the disk is full: make room beside %s, or move Neo4j's data directory; %s", o.store, o.state(cfg))
	case len(bad) > 0:
		return fmt.Errorf("the import tool rejected rows, the first: %s (all: %s); %s", rejected(bad), report, o.state(cfg))
	case code == 0:
		return fmt.Errorf("the import tool ended without saying that the import is done: %s; %s", o.cause(), o.state(cfg))
	}
	return fmt.Errorf("the import failed (%s, exit code %d): %s%s; %s", toolName, code, o.cause(), hint(all), o.state(cfg))
}

// state says what the database is like after a failure.
func (o *output) state(cfg Config) string {
	if o.store == "" {
		return "no database was touched"
	}
	return fmt.Sprintf("database %s in %s is unusable now: don't start it; once the cause is mended, import again with --overwrite", cfg.Database, o.store)
}

func hint(all string) string {
	switch {
	case strings.Contains(all, "OutOfMemoryError"):
		return " (give the tool more memory: HEAP_SIZE=4g in the environment)"
	case strings.Contains(all, "Unknown option"):
		return " (the files want Neo4j 5.26 or later)"
	}
	return ""
}

var (
	locationLine = regexp.MustCompile(`(?:^|[\[ ])source:([^\[\]]+), position:\d+, line:(\d+)`)
	fieldLine    = regexp.MustCompile(`^  in field: (.*):\d+$`)
	originalLine = regexp.MustCompile(`^  original error: (.*)`)
	className    = regexp.MustCompile(`^(?:[a-z0-9_]+\.)+[\w$]+: `)
)

// cause picks the sentence that says most: the row and what is wrong with it, or the innermost exception with the lines of its
// message, or all that was said.
func (o *output) cause() string {
	var where, field, inner string
	begun := false // the lines that follow belong to inner
	for i, s := range o.errors {
		begun = begun && o.follows[i]
		if m := locationLine.FindStringSubmatch(s); m != nil && where == "" {
			where = fmt.Sprintf("%s, near line %s", filepath.Clean(m[1]), m[2])
		} else if m := fieldLine.FindStringSubmatch(s); m != nil && field == "" {
			field = ", field " + m[1]
		} else if m := originalLine.FindStringSubmatch(s); m != nil && where != "" {
			return where + field + ": " + m[1]
		} else if text, ok := strings.CutPrefix(s, "Caused by: "); ok {
			inner, begun = plainMessage(text), true
		} else if begun {
			inner += ": " + strings.TrimSpace(s)
		}
	}
	if inner == "" {
		return strings.Join(o.errors, "; ")
	}
	return inner
}

// plainMessage returns a message without the names of classes before it, as in CsvImportException: RuntimeException: ….
func plainMessage(s string) string {
	for {
		rest := className.ReplaceAllString(s, "")
		if rest == s || !strings.Contains(rest, " ") {
			return s
		}
		s = rest
	}
}

// rejected returns the first row of the tool's report: a line of text, or since 2026.03 a JSON object.
func rejected(report []byte) string {
	first, _, _ := strings.Cut(string(report), "\n")
	var row struct{ Message string }
	if json.Unmarshal([]byte(first), &row) != nil || row.Message == "" {
		return first
	}
	return strings.Join(strings.Split(row.Message, "\n"), ": ")
}
