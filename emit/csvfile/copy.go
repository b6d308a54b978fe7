package csvfile

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
)

// LOAD CSV of a server with its default settings takes a backslash within quotes for an escape where a quote or
// another backslash follows (db.import.csv.legacy_quote_escaping); neo4j-admin takes it for a backslash anywhere, as do
// other readers of CSV. No encoding serves both, so that a part with such a cell has a copy in which every backslash is
// doubled. All else both read alike: found by reading strings of every kind back from Neo4j 5.26.

// misread reports whether LOAD CSV would read a line wrongly.
func misread(line []byte) bool {
	for {
		i := bytes.IndexByte(line, '\\')
		if i < 0 || i+1 == len(line) {
			return false
		}
		if c := line[i+1]; c == '\\' || c == '"' {
			return true
		}
		line = line[i+1:]
	}
}

// Misread reports whether LOAD CSV would read a row wrongly.
func Misread(row graph.Row, columns []graph.Property) bool {
	for i := range row {
		if !columns[i].Type.IsText() || strings.IndexByte(row[i].Text, '\\') < 0 {
			continue
		}
		if line, _ := appendText(nil, row[i].Text); misread(line) {
			return true
		}
	}
	return false
}

// writeCopy writes the copy of a part that is closed.
func (s *Sink) writeCopy(path string) (err error) {
	in, err := s.dir.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	text, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	out, err := s.dir.File(cypher.CopyPath(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	z, err := gzip.NewWriterLevel(out, gzipLevel)
	if err != nil {
		return err
	}
	if err := Escape(z, text); err != nil {
		return err
	}
	s.copies[path] = true
	return z.Close()
}

// Escape writes the text of a part as its copy for LOAD CSV has it. A backslash is only ever within quotes.
func Escape(w io.Writer, text io.Reader) error {
	in, out := make([]byte, 32<<10), make([]byte, 0, 64<<10)
	for {
		n, err := text.Read(in)
		out = out[:0]
		for _, c := range in[:n] {
			if out = append(out, c); c == '\\' {
				out = append(out, c)
			}
		}
		if _, err := w.Write(out); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
