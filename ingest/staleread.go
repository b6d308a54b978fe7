package ingest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// candidate is a row of the graph that the directory lacks.
type candidate struct {
	table   *graph.Table
	element string // id within the database
	word    byte   // plain, spared, …
	shared  bool   // of a node: another account has a claim to it too
	keys    [2]string
}

// candidates streams the rows of a table that the graph has for this account to take, which gets the values of the columns too
// where all are asked for.
func (l *live) candidates(ctx context.Context, q *asking, t *graph.Table, take func(c *candidate, values []any) error) (err error) {
	query := q.candidates(t)
	if query == "" {
		return nil
	}
	session := l.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: l.cfg.Database, AccessMode: neo4j.AccessModeRead, BookmarkManager: l.bookmarks})
	defer func() { err = errors.Join(err, session.Close(context.WithoutCancel(ctx))) }()
	stacks := q.cover.of(scopesOf(t)).except
	if stacks == nil {
		stacks = []string{}
	}
	result, err := session.Run(ctx, query, map[string]any{"account": l.account, "tag": l.dir.Manifest.UpdateTag, "stacks": stacks, "cutoff": l.cutoff()})
	if err != nil {
		return fmt.Errorf("read %s of the graph: %w", t.Name, err)
	}
	c := candidate{table: t}
	for result.Next(ctx) {
		values := result.Record().Values
		if !c.read(values) {
			continue // a key of another type than the model's is none of ours
		}
		var cells []any
		if q.all {
			cells, _ = values[len(values)-1].([]any)
		}
		if err := take(&c, cells); err != nil {
			return err
		}
	}
	if err := result.Err(); err != nil {
		return fmt.Errorf("read %s of the graph: %w", t.Name, err)
	}
	return nil
}

// read takes what a query of [asking] gives.
func (c *candidate) read(values []any) bool {
	var ok bool
	if c.element, ok = values[0].(string); !ok {
		return false
	}
	word, ok := values[1].(int64)
	if !ok {
		return false
	}
	c.word = byte(word)
	c.shared, _ = values[2].(bool)
	for i := range c.table.IDs() {
		if c.keys[i], ok = values[3+i].(string); !ok {
			return false
		}
	}
	return true
}

// appendText appends a text that [cutText] takes off again.
func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

var errSpill = errors.New("damaged spill file")

func cutText(src []byte) (text, rest []byte, err error) {
	n, w := binary.Uvarint(src)
	if w <= 0 || n > uint64(len(src)-w) {
		return nil, nil, errSpill
	}
	return src[w : w+int(n)], src[w+int(n):], nil
}

// sorted walks over what a sorter holds; key is nil at its end.
type sorted struct {
	*extsort.Iterator
	key []byte
}

func begin(s *extsort.Sorter) (*sorted, error) {
	it, err := s.Sort()
	if err != nil {
		return nil, err
	}
	c := &sorted{Iterator: it}
	c.next()
	return c, nil
}

func (c *sorted) next() {
	c.key = nil
	if c.Next() {
		c.key = append([]byte{}, c.Key()...) // not nil, although it be empty
	}
}

// at tells whether the current pair has that key.
func (c *sorted) at(key []byte) bool { return c.key != nil && string(c.key) == string(key) }
