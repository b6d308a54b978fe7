package csvfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Field is one field of a row. Empty and not Quoted is absent; empty and Quoted is the empty string.
type Field struct {
	Text    []byte
	Quoted  bool
	doubled bool // quotes in Text are still doubled
}

// Reader reads rows.
type Reader struct {
	src        io.Reader
	fields     []Field
	buf        []byte
	start, end int // of the unread part of buf
	eof        bool
	rows       int64
}

const bufferSize = 256 << 10

// maxRow bounds the memory that a quote which is never closed can take.
const maxRow = 1 << 30

// NewReader reads rows of the given number of columns.
func NewReader(src io.Reader, columns int) *Reader { return newReader(src, columns, bufferSize) }

func newReader(src io.Reader, columns, size int) *Reader {
	return &Reader{src: src, fields: make([]Field, columns), buf: make([]byte, size)}
}

// Reset makes the reader read another source. It keeps its memory.
func (r *Reader) Reset(src io.Reader) {
	r.src, r.start, r.end, r.eof, r.rows = src, 0, 0, false, 0
}

// Next returns the next row, valid until the following one; io.EOF after the last.
func (r *Reader) Next() ([]Field, error) {
	for {
		if r.start < r.end {
			n, err := r.parse(r.buf[r.start:r.end])
			if err != nil {
				return nil, err
			}
			if n > 0 {
				r.start += n
				r.rows++
				return r.fields, nil
			}
		}
		if r.eof {
			if r.start == r.end {
				return nil, io.EOF
			}
			return nil, errors.New("the file ends within a row")
		}
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
}

// fill reads more behind what is unread.
func (r *Reader) fill() error {
	r.end = copy(r.buf, r.buf[r.start:r.end])
	r.start = 0
	if r.end == len(r.buf) {
		if len(r.buf) >= maxRow {
			return fmt.Errorf("a row is longer than %d bytes: a quote is never closed", maxRow)
		}
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	// To the full, so that a long row is parsed again only each time the buffer has doubled.
	for r.end < len(r.buf) {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		if err == io.EOF {
			r.eof = true
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parse reads one row and returns its length, 0 if its end isn't there yet.
func (r *Reader) parse(b []byte) (int, error) {
	if r.rows == 0 && bytes.HasPrefix(b, []byte("\ufeff")) {
		return 0, errors.New("a byte order mark")
	}
	at := 0
	for i := range r.fields {
		n, err := r.fields[i].scan(b[at:])
		if err != nil {
			return 0, err
		}
		if at += n; at == len(b) {
			return 0, nil
		}
		switch end, last := b[at], i == len(r.fields)-1; {
		case end == '\n' && at == 0:
			return 0, errors.New("a blank line")
		case end == '\n' && !last:
			return 0, fmt.Errorf("%d columns, not %d", i+1, len(r.fields))
		case end == ',' && last:
			return 0, fmt.Errorf("more than %d columns", len(r.fields))
		case end != ',' && end != '\n':
			return 0, fmt.Errorf("%q after a closing quote", end)
		}
		at++
	}
	if !utf8.Valid(b[:at]) {
		return 0, errors.New("not UTF-8")
	}
	// Only now, as an unfinished row is parsed again.
	for i := range r.fields {
		if f := &r.fields[i]; f.doubled {
			f.Text = undouble(f.Text)
		}
	}
	return at, nil
}

// scan finds the field that b begins with and returns its length, quotes included; len(b) if its end isn't there yet.
func (f *Field) scan(b []byte) (int, error) {
	*f = Field{}
	if len(b) == 0 || b[0] != '"' {
		for i, c := range b {
			switch c {
			case ',', '\n':
				f.Text = b[:i]
				return i, nil
			case '"':
				return 0, errors.New("a quote within an unquoted field")
			case '\r':
				return 0, errors.New("a carriage return within an unquoted field")
			}
		}
		return len(b), nil
	}
	f.Quoted = true
	for i := 1; ; {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 || i+n+1 == len(b) {
			return len(b), nil
		}
		i += n + 1
		if b[i] != '"' {
			f.Text = b[1 : i-1]
			return i, nil
		}
		f.doubled = true
		i++
	}
}

// undouble makes one quote of each two, in place.
func undouble(b []byte) []byte {
	out := b[:0]
	for i := 0; i < len(b); i++ {
		out = append(out, b[i])
		if b[i] == '"' {
			i++
		}
	}
	return out
}
