package graph

import (
	"fmt"
	"slices"
	"strings"
)

// sources says in words from which rows a table is made.
func (m *Model) sources(t *Table) string {
	var list []string
	for _, d := range m.derived[t] {
		s := "the rows of `" + d.From.Name + "`"
		if d.Where != nil {
			has := " that have no `"
			if d.Where.Present {
				has = " that have `"
			}
			s += has + d.From.Columns[d.Where.Column].Name + "`"
		}
		list = append(list, s)
	}
	return strings.Join(list, ", and ")
}

// origins says in words what a column is made from.
func (m *Model) origins(t *Table, column int) string {
	var list []string
	for _, d := range m.derived[t] {
		if s := d.Cells[column].words(d.From); s != "" {
			list = append(list, s)
		}
	}
	return strings.Join(slices.Compact(list), ", ")
}

// words says what a cell is made from.
func (c *Cell) words(from *Table) string {
	var s string
	switch {
	case c.Column == AccountCell:
		return "the account's id"
	case c.Column == FixedCell && c.Value.Text == "":
		return ""
	case c.Column == FixedCell:
		return "`" + c.Value.Text + "`"
	case c.Convert != nil:
		s = fmt.Sprintf("`%s`, converted", from.Columns[c.Column].Name)
	default:
		s = "`" + from.Columns[c.Column].Name + "`"
	}
	if c.Or != nil {
		s += "; else " + c.Or.words(from)
	}
	return s
}
