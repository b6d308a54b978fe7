package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/athena"
)

// Kind is an engine.
type Kind string

// The engines.
const (
	Athena Kind = "athena"
	Trino  Kind = "trino"
)

// Config says which table to search, by which engine, and for what. The switches are those of [cloudtrail.Config], and must
// be the same when the result is read.
type Config struct {
	Engine     Kind
	Table      string // [catalog.]schema.table; in the words of Athena [catalog.]database.table
	DateColumn string // the partition column that holds an object's date; "": found by its name or type
	Output     string // s3://bucket[/prefix]; each execution writes below it, under a name of its own

	From, To        time.Time // days (UTC), both included; zero: no bound
	IncludeReadOnly bool
	IncludeFailed   bool
	FollowRoles     bool
	AllInstances    bool
	AllResources    bool // of runs
	Changes         bool // by others, of events that are known
	AllChanges      bool // with it: of every event

	Athena AthenaConfig
	Trino  TrinoConfig
	Log    *slog.Logger // nil: silent
}

// AthenaConfig says how to reach Athena.
type AthenaConfig struct {
	Client    *athena.Client
	Workgroup string // "": primary
}

// TrinoConfig says how to reach a Trino server.
type TrinoConfig struct {
	// URI is http[s]://user@host[:port][/catalog[/schema]][?option=value…], with the options of trino-go-client. The
	// catalog and schema complete the table's name, and are where the result's table is created for a moment.
	URI      string
	Password string // of the URI's user; asks for https
}

// Check returns an error that says what is wrong with the settings; nothing is asked of any server.
func (c *Config) Check() error {
	if c.Table == "" {
		return errors.New("no table to search: name one with --engine-table")
	}
	if _, err := tableName(c.Table); err != nil {
		return err
	}
	if _, err := outputURI(c.Output); err != nil {
		return err
	}
	if !c.From.IsZero() && !c.To.IsZero() && day(c.To).Before(day(c.From)) {
		return fmt.Errorf("from %s to %s is no time at all", c.From.Format(time.DateOnly), c.To.Format(time.DateOnly))
	}
	var err error
	switch c.Engine {
	case Athena:
		_, err = newAthena(c)
	case Trino:
		_, err = newTrino(c)
	default:
		err = fmt.Errorf("unknown engine %q: it is athena or trino", c.Engine)
	}
	return err
}

// name is a table's name in parts: [catalog,] schema, table.
type name []string

func tableName(s string) (name, error) {
	n := name(strings.Split(s, "."))
	for _, part := range n {
		if part == "" || strings.ContainsFunc(part, unicode.IsControl) {
			return nil, fmt.Errorf("%q is no table's name: it is written catalog.schema.table", s)
		}
	}
	if len(n) > 3 {
		return nil, fmt.Errorf("%q has too many parts for a table's name: it is written catalog.schema.table", s)
	}
	return n, nil
}

func (n name) table() string { return n[len(n)-1] }

func (n name) String() string { return strings.Join(n, ".") }

// sql returns the name as both engines take it in queries.
func (n name) sql() string {
	quoted := make([]string, len(n))
	for i, part := range n {
		quoted[i] = quote(part)
	}
	return strings.Join(quoted, ".")
}

// quote makes any text an identifier.
func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// literal makes any text a string of SQL, in which backslashes mean themselves.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// outputURI returns the URI without a slash at its end.
func outputURI(s string) (string, error) {
	if s == "" {
		return "", errors.New("no place for the engine's result: name one with --engine-output s3://bucket/prefix")
	}
	rest, ok := strings.CutPrefix(s, "s3://")
	bucket, _, _ := strings.Cut(rest, "/")
	if !ok || bucket == "" || strings.ContainsFunc(s, unicode.IsControl) {
		return "", fmt.Errorf("%q is no place for the engine's result: it is written s3://bucket/prefix", s)
	}
	return strings.TrimRight(s, "/"), nil
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
