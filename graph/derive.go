package graph

// Derivation says from which rows of the default model those of a table are made. A table may have several; rows with the
// same key become one: the value of a column is the first that is there, a list holds the elements of all.
type Derivation struct {
	From  *Table // of the default model
	Where *Where // which of its rows; nil: all
	Cells []Cell // for each column of the table
}

// Where chooses the rows that have a value in a column, or have none.
type Where struct {
	Column  int
	Present bool
}

// Cell says what stands in a column.
type Cell struct {
	Column  int // of the row that the cell is made from; see the constants for other places
	Value   Value
	Convert func(Value) (Value, error) // of what stands in Column; nil: it stands as it is
	Or      *Cell                      // where that returns nothing; may be nil
}

// Of returns what stands in the cell that is made from a row. That of an [AccountCell] is known elsewhere.
func (c *Cell) Of(row Row) (v Value, err error) {
	switch {
	case c.Column < 0:
		v = c.Value
	case c.Convert != nil:
		v, err = c.Convert(row[c.Column])
	default:
		v = row[c.Column]
	}
	if c.Or != nil && !v.Present && err == nil {
		return c.Or.Of(row)
	}
	return v, err
}

// The cells that are made from no column.
const (
	FixedCell   = -1 // Value, in every row
	AccountCell = -2 // the account's id
)

// Derivations says what the rows of a table are made from; nothing for one of the default model.
func (m *Model) Derivations(t *Table) []Derivation { return m.derived[t] }

// InOrder reports whether the rows of a table come in the order of its own key when they are made in the order of those they are
// made from, and none twice.
func (m *Model) InOrder(t *Table) bool {
	list := m.derived[t]
	if len(list) != 1 {
		return false
	}
	d := list[0]
	for i := range max(t.KeyColumns(), d.From.KeyColumns()) {
		switch c := t.KeyColumns(); {
		case i >= c: // the rest of the other key must be the same in all rows
			if d.Where == nil || d.Where.Present || d.Where.Column != i {
				return false
			}
		case i < d.From.KeyColumns():
			if d.Cells[i].Column != i || d.Cells[i].Convert != nil {
				return false
			}
		}
	}
	return true
}
