package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Result says what an engine found, and at what cost.
type Result struct {
	Location  string // s3://…/, which holds nothing but the result's Parquet files, and none where nothing was found
	Statement string // the SQL that was run
	QueryID   string // by which the engine's own history knows it
	Rows      int64  // events; -1 where the engine doesn't tell, as Athena
	Bytes     int64  // that the engine read of the table; 0 where it doesn't tell
	Cost      string // the same in words, for a person
	Notes     []string
}

// executor is what Athena and Trino do differently.
type executor interface {
	// columns asks what the table consists of.
	columns(context.Context) ([]column, error)
	// statement makes of a query a statement that writes its result to a place.
	statement(id, selection, location string) (string, error)
	// execute runs it and fills in what the engine reports. It doesn't go on after the context ends.
	execute(ctx context.Context, id string, r *Result) error
}

// Run searches the table and waits for the result, hours if need be. When the context ends, the engine's query is
// cancelled. What stands in the output is never overwritten nor removed, and a failed execution may leave files there.
func Run(ctx context.Context, c Config) (*Result, error) {
	x, err := c.executor()
	if err != nil {
		return nil, err
	}
	columns, err := c.lookUp(ctx, x)
	if err != nil {
		return nil, err
	}
	id := newID()
	r, err := c.plan(x, id, columns)
	if err != nil {
		return nil, err
	}
	if err := x.execute(ctx, id, r); err != nil {
		return nil, err
	}
	return r, nil
}

// DryRun returns the statement that Run would run, but for the random part of names. It asks the engine for the table's columns
// alone; where Athena doesn't answer, those that AWS documents for CloudTrail are taken, and notes say so.
func DryRun(ctx context.Context, c Config) (statement string, notes []string, err error) {
	x, err := c.executor()
	if err != nil {
		return "", nil, err
	}
	columns, err := c.lookUp(ctx, x)
	if err != nil {
		if c.Engine != Athena || ctx.Err() != nil {
			return "", nil, err
		}
		columns = documented
		notes = append(notes, fmt.Sprintf("the columns are those that AWS documents for CloudTrail, not the table's own: %v", err))
	}
	r, err := c.plan(x, newID(), columns)
	if err != nil {
		return "", nil, err
	}
	return r.Statement, notes, nil
}

func (c *Config) executor() (executor, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Engine == Athena {
		return newAthena(c)
	}
	return newTrino(c)
}

// firstContact is how long an engine may take to answer the first question.
const firstContact = 55 * time.Second

// lookUp asks for the table's columns, which also shows whether the engine can be reached.
func (c *Config) lookUp(ctx context.Context, x executor) ([]column, error) {
	soon, cancel := context.WithTimeoutCause(ctx, firstContact, fmt.Errorf("no answer within %s", firstContact))
	defer cancel()
	columns, err := x.columns(soon)
	if err != nil && soon.Err() != nil {
		err = context.Cause(soon)
	}
	if err != nil {
		return nil, fmt.Errorf("the columns of %s: %w", c.Table, advise(err))
	}
	return columns, nil
}

func (c *Config) plan(x executor, id string, columns []column) (*Result, error) {
	selection, err := c.selection(columns)
	if err != nil {
		return nil, err
	}
	output, err := outputURI(c.Output)
	if err != nil {
		return nil, err
	}
	r := &Result{Location: output + "/" + id + "/data/", Rows: -1}
	r.Statement, err = x.statement(id, selection, r.Location)
	return r, err
}

// newID names an execution: sortable by time, and never twice the same.
func newID() string {
	random := make([]byte, 4)
	_, _ = rand.Read(random) // never fails
	return "liftgraph-" + strings.ToLower(time.Now().UTC().Format("20060102T150405Z")) + "-" + hex.EncodeToString(random)
}

// also adds to an error what went wrong in consequence, if anything did.
func also(err, more error) error {
	if more == nil {
		return err
	}
	return fmt.Errorf("%w; %w", err, more)
}

// size writes a number of bytes for a person.
func size(n int64) string {
	value, unit := float64(n), "B"
	for _, u := range []string{"kB", "MB", "GB", "TB"} {
		if value < 1000 {
			break
		}
		value, unit = value/1000, u
	}
	if unit == "B" {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}
