package published

import (
	"fmt"
	"iter"

	"liftgraph/graph"
)

// Cursor walks over the rows of a table, which it holds to their order: two can be merged.
type Cursor struct {
	// Row is the current row, valid until Next; nil before the first and after the last.
	Row graph.Row

	dir   *Dir
	table *graph.Table
	check *graph.Checker
	next  func() (graph.Row, error, bool)
	stop  func()
}

// Cursor returns one that stands before the first row of a table. The caller closes it.
func (d *Dir) Cursor(t *graph.Table) *Cursor {
	c := &Cursor{dir: d, table: t, check: graph.NewChecker(t)}
	c.next, c.stop = iter.Pull2(d.Rows(t))
	return c
}

// Next moves to the next row. A row that isn't in order or has no id is an error.
func (c *Cursor) Next() error {
	row, err, ok := c.next()
	if c.Row = row; !ok || err != nil {
		c.Row = nil
		return err
	}
	if err := c.check.Check(row); err != nil {
		c.Row = nil
		return fmt.Errorf("%s: %s row %d: %w", c.dir.Path, c.table.Folder(), c.check.Rows()+1, err)
	}
	return nil
}

// Close ends the walk. It may be called more than once.
func (c *Cursor) Close() { c.stop() }
