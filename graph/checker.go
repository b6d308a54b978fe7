package graph

import (
	"cmp"
	"fmt"
)

// Checker holds the rows of one table to the contract of [TableWriter] as they pass. Its zero value can't be used.
type Checker struct {
	table *Table
	last  []key // of the row before
	rows  int64
}

type key struct {
	text    []byte
	num     int64
	present bool
}

// NewChecker checks rows of t.
func NewChecker(t *Table) *Checker {
	return &Checker{table: t, last: make([]key, t.KeyColumns())}
}

// Rows returns the number of rows checked.
func (c *Checker) Rows() int64 { return c.rows }

// Check takes the next row: it must have every column, an id (or two ends) that isn't empty,
// and come after the row before.
func (c *Checker) Check(row Row) error {
	if len(row) != len(c.table.Columns) {
		return fmt.Errorf("%d columns, not %d", len(row), len(c.table.Columns))
	}
	for i := range c.table.IDs() {
		if row[i].Text == "" {
			return fmt.Errorf("%s is empty or absent", c.table.Columns[i].Name)
		}
	}
	if c.rows > 0 {
		switch order := c.compare(row); {
		case order == 0:
			return fmt.Errorf("%s is there twice", c.name(row))
		case order < 0:
			return fmt.Errorf("%s is out of order: it comes after %.200q", c.name(row), c.last[0].text)
		}
	}
	for i := range c.last {
		c.last[i].text = append(c.last[i].text[:0], row[i].Text...)
		c.last[i].num, c.last[i].present = row[i].Num, row[i].Present
	}
	c.rows++
	return nil
}

// compare orders the row against the one before: absent, then by value, column after column.
func (c *Checker) compare(row Row) int {
	for i := range c.last {
		last, v := &c.last[i], &row[i]
		if last.present != v.Present {
			if v.Present {
				return 1
			}
			return -1
		}
		switch order := cmp.Compare(v.Num, last.num); {
		case order != 0:
			return order
		case v.Text == string(last.text):
		case v.Text > string(last.text):
			return 1
		default:
			return -1
		}
	}
	return 0
}

func (c *Checker) name(row Row) string {
	if c.table.Node != nil {
		return fmt.Sprintf("%s %.200q", c.table.Name, row[0].Text)
	}
	return fmt.Sprintf("the %s from %.200q to %.200q", c.table.Last(), row[0].Text, row[1].Text)
}
