package csvrows

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unsafe"

	"github.com/klauspost/compress/gzip"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// ReadPart hands the rows of one file of a published directory to take; their text is valid during
// the call. What isn't a row of the table ends it, as does an error of take, with the file and the row's number.
func ReadPart(dir string, t *graph.Table, part dataset.File, take func(graph.Row) error) error {
	if !strings.HasSuffix(part.Path, ".csv.gz") {
		return fmt.Errorf("%s isn't a file of rows", part.Path)
	}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(part.Path)))
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", part.Path, err)
	}
	rows := NewReader(z, len(t.Columns)+1)
	row := make(graph.Row, len(t.Columns))
	for n := int64(1); ; n++ {
		fields, err := rows.Next()
		if errors.Is(err, io.EOF) {
			if n-1 != part.Rows {
				return fmt.Errorf("%s: %d rows, but the manifest says %d", part.Path, n-1, part.Rows)
			}
			return nil
		}
		if err == nil {
			err = decode(row, fields, t)
		}
		if err == nil {
			err = take(row)
		}
		if err != nil {
			return fmt.Errorf("%s row %d: %w", part.Path, n, err)
		}
	}
}

// decode makes a row of its fields, the last of which is the label or type.
func decode(row graph.Row, fields []Field, t *graph.Table) error {
	for i := range row {
		f, c := &fields[i], &t.Columns[i]
		text := unsafe.String(unsafe.SliceData(f.Text), len(f.Text)) // valid until the next row
		switch {
		case text == "" && !f.Quoted:
			row[i] = graph.Value{}
		case c.Type == graph.String:
			row[i] = graph.Text(text)
		case f.Quoted:
			return fmt.Errorf("%s is quoted, but it is a %s", c.Name, c.Type)
		case c.Type == graph.Bool:
			if text != "true" && text != "false" {
				return fmt.Errorf("%s is %q, not a boolean", c.Name, text)
			}
			row[i] = graph.Truth(text == "true")
		default:
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return fmt.Errorf("%s is %q, not a 64-bit integer", c.Name, text)
			}
			row[i] = graph.Num(n)
		}
	}
	if got := fields[len(row)].Text; string(got) != t.Last() {
		return fmt.Errorf("it ends in %q, not in %s", got, t.Last())
	}
	return nil
}
