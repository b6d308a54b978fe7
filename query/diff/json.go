package diff

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"liftgraph/graph"
)

// JSON writes one document: {"nodes": {LABEL: {"added": n, "removed": n, "changed": n}}, "relationships": {FOLDER: {…}}},
// every table of the model in it. With Rows each table has "rows" too, one a line, written as they are found: {"change": "added",
// "key": {…}, "after": {…}}, "removed" with "before", "changed" with the properties that changed in both. A property that is
// absent is left out, but null where it changed. With a Limit the rows beyond it are left out, and "rows_left_out" says how many of the
// table's.
type JSON struct {
	Out   io.Writer
	Rows  bool
	Limit int // bytes that all rows together may take; 0: any number

	bytes int   // of the rows so far
	left  int64 // rows of this table that were left out

	kind  string // nodes or relationships, of the table before
	rows  int64  // of this table
	line  []byte
	cells bytes.Buffer
	texts *json.Encoder // into cells
}

// Begin implements [Writer].
func (w *JSON) Begin(t *graph.Table) error {
	w.line = w.line[:0]
	kind := "nodes"
	if t.Relationship != nil {
		kind = "relationships"
	}
	switch w.kind {
	case kind:
		w.line = append(w.line, ",\n    "...)
	case "":
		w.line = append(w.line, "{\n  \""+kind+"\": {\n    "...)
	default:
		w.line = append(w.line, "\n  },\n  \""+kind+"\": {\n    "...)
	}
	w.kind, w.rows, w.left = kind, 0, 0
	w.line = append(strconv.AppendQuote(w.line, t.Name), ": {"...) // a name of the model needs no escapes
	if w.Rows {
		w.line = append(w.line, `"rows": [`...)
	}
	_, err := w.Out.Write(w.line)
	return err
}

// Change implements [Writer].
func (w *JSON) Change(c *Change) error {
	if !w.Rows {
		return nil
	}
	if w.texts == nil {
		w.texts = json.NewEncoder(&w.cells)
		w.texts.SetEscapeHTML(false)
	}
	w.cells.Reset()
	if w.rows > 0 {
		w.cells.WriteByte(',')
	}
	w.cells.WriteString("\n      {\"change\": \"" + string(c.Kind) + `", "key": `)
	if err := w.object(c.Table, c.key(), 0, nil); err != nil {
		return err
	}
	for _, side := range []struct {
		name string
		row  graph.Row
	}{{"before", c.Before}, {"after", c.After}} {
		if side.row == nil {
			continue
		}
		w.cells.WriteString(`, "` + side.name + `": `)
		if err := w.object(c.Table, side.row, c.Table.KeyColumns(), c.Columns); err != nil {
			return err
		}
	}
	w.cells.WriteByte('}')
	if w.Limit > 0 && w.bytes+w.cells.Len() > w.Limit {
		w.left++
		return nil
	}
	w.rows++
	w.bytes += w.cells.Len()
	_, err := w.Out.Write(w.cells.Bytes())
	return err
}

// object writes the present cells of a row from a column on; of a row that changed only those that did, null where absent.
func (w *JSON) object(t *graph.Table, row graph.Row, from int, changed []int) error {
	w.cells.WriteByte('{')
	first := true
	cell := func(i int) error {
		if !first {
			w.cells.WriteString(", ")
		}
		first = false
		w.cells.WriteString(strconv.Quote(t.Columns[i].Name) + ": ")
		return w.value(row[i], t.Columns[i].Type)
	}
	for _, i := range changed {
		if err := cell(i); err != nil {
			return err
		}
	}
	for i := from; i < len(row) && len(changed) == 0; i++ {
		if row[i].Present {
			if err := cell(i); err != nil {
				return err
			}
		}
	}
	w.cells.WriteByte('}')
	return nil
}

func (w *JSON) value(v graph.Value, t graph.Type) error {
	switch {
	case !v.Present:
		w.cells.WriteString("null")
	case t == graph.Bool:
		w.cells.WriteString(strconv.FormatBool(v.Num != 0))
	case t.IsText():
		var text any = v.Text
		if t == graph.List {
			text = strings.FieldsFunc(v.Text, func(r rune) bool { return string(r) == graph.ListSeparator })
		}
		if err := w.texts.Encode(text); err != nil {
			return err
		}
		w.cells.Truncate(w.cells.Len() - 1) // the encoder ends a line
	default:
		w.cells.WriteString(strconv.FormatInt(v.Num, 10))
	}
	return nil
}

// End implements [Writer].
func (w *JSON) End(_ *graph.Table, c *Counts) error {
	counts, err := json.Marshal(c)
	if err != nil {
		return err
	}
	w.line = w.line[:0]
	if w.Rows {
		if w.rows > 0 {
			w.line = append(w.line, "\n    "...)
		}
		w.line = append(w.line, "], "...)
		if w.left > 0 {
			w.line = append(strconv.AppendInt(append(w.line, `"rows_left_out": `...), w.left, 10), ", "...)
		}
	}
	w.line = append(w.line, counts[1:]...) // without the brace that Begin wrote
	_, err = w.Out.Write(w.line)
	return err
}

// Close implements [Writer].
func (w *JSON) Close() error {
	_, err := io.WriteString(w.Out, "\n  }\n}\n")
	return err
}
