// Package ddl writes the SQL that makes a lake, as package emit/lake lays it out, tables of a query engine: a table for each
// label and relationship of the model, with the model's texts as comments, and two views for each, of the newest snapshot and of
// the one before.
//
// Tables show every file that is stored in the lake. Views show those of published snapshots alone: a manifest names the publication
// that a date's snapshot is of, and the name of each file ends in its publication. So half a night, what a killed one left, and
// what a repeated one replaces are never seen.
package ddl

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"liftgraph/graph"
)

// Engine is a query engine.
type Engine string

// The engines.
const (
	Athena Engine = "athena"
	Trino  Engine = "trino"
	DuckDB Engine = "duckdb"
	Spark  Engine = "spark"
)

// Engines returns every engine.
func Engines() []Engine { return []Engine{Athena, Trino, DuckDB, Spark} }

// FirstDay is the first snapshot_date that partitions are projected from, unless set otherwise: no lake is older.
const FirstDay = "2026-01-01"

// Config says which tables are wanted, where.
type Config struct {
	Engine   Engine
	Location string       // of the lake: s3://bucket/prefix, another URI that the engine knows, or a directory
	Database string       // that the tables are made in; for Trino and Spark CATALOG.SCHEMA too; empty: the session's
	From     string       // the first day (2026-01-01) that a snapshot may be of, for engines that project partitions; empty: [FirstDay]
	Model    *graph.Model // of the tables
}

// writer collects statements.
type writer struct {
	Config
	statements, notes []string
}

func (w *writer) add(format string, args ...any) {
	w.statements = append(w.statements, fmt.Sprintf(format, args...))
}

// Statements returns the statements in the order in which they have to run, without semicolons at their ends, and what their reader has
// to know. No statement holds an empty line. Every error is one of the configuration.
func Statements(c Config) (statements, notes []string, err error) {
	if err := c.check(); err != nil {
		return nil, nil, err
	}
	w := &writer{Config: c}
	switch c.Engine {
	case Athena:
		w.athena()
	case Trino:
		w.trino()
	case DuckDB:
		w.duckDB()
	case Spark:
		w.spark()
	}
	return w.statements, w.notes, nil
}

var (
	namePattern   = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	bucketPattern = regexp.MustCompile(`^s3://[a-z0-9][a-z0-9.-]+(/|$)`)
)

// check refuses what can't be served, and completes the rest.
func (c *Config) check() error {
	if !slices.Contains(Engines(), c.Engine) {
		return fmt.Errorf("there is no engine %q: it is athena, trino, duckdb or spark", c.Engine)
	}
	if c.From == "" {
		c.From = FirstDay
	}
	if _, err := time.Parse(time.DateOnly, c.From); err != nil {
		return fmt.Errorf("%q is no day: it is written as in %s", c.From, FirstDay)
	}
	if c.Database != "" {
		parts := strings.Split(c.Database, ".")
		if most := map[Engine]int{Trino: 2, Spark: 2}[c.Engine]; len(parts) > max(1, most) || slices.ContainsFunc(parts, func(p string) bool { return !namePattern.MatchString(p) }) {
			return fmt.Errorf("%q can't be a database of %s: a name has letters, digits, _ and - (trino and spark also take CATALOG.SCHEMA)", c.Database, c.Engine)
		}
	}
	return c.checkLocation()
}

func (c *Config) checkLocation() error {
	if c.Location == "" {
		return errors.New("the location of the lake is missing: s3://bucket/prefix, or its directory")
	}
	// * ? [ ] { } are patterns to DuckDB, $ { } to projected partitions, \ an escape to some; what can't be seen has no place here.
	if strings.ContainsAny(c.Location, "*?[]{}$\\`") || strings.ContainsFunc(c.Location, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("the location %q has characters that engines take for something else: * ? [ ] { } $ \\ ` or invisible ones", c.Location)
	}
	isURI := strings.Contains(c.Location, "://")
	switch {
	case c.Engine == Athena && !bucketPattern.MatchString(c.Location):
		return fmt.Errorf("the location %q is none of athena's: it is s3://bucket/prefix", c.Location)
	case c.Engine == Trino && !isURI:
		return fmt.Errorf("the location %q is none of trino's: it is a URI, as s3://bucket/prefix", c.Location)
	case strings.HasPrefix(c.Location, "s3://") && !bucketPattern.MatchString(c.Location):
		return fmt.Errorf("the location %q names no bucket: it is s3://bucket/prefix", c.Location)
	case isURI:
		c.Location = strings.TrimRight(c.Location, "/")
		return nil
	}
	full, err := filepath.Abs(c.Location)
	if err != nil {
		return err
	}
	if c.Location = full; c.Engine == Spark {
		c.Location = "file://" + full
	}
	return nil
}
