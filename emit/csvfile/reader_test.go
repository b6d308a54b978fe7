package csvfile

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func readAll(r io.Reader, columns int) ([]string, error) { return drain(NewReader(r, columns)) }

func drain(c *Reader) (rows []string, err error) {
	for {
		fields, err := c.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		var cells []string
		for _, f := range fields {
			if f.Quoted {
				cells = append(cells, fmt.Sprintf("%q", f.Text))
			} else {
				cells = append(cells, string(f.Text))
			}
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
}

func TestRead(t *testing.T) {
	long := strings.Repeat("x\"\n", bufferSize)
	text := "a,,\"\"\n\"q\"\"q\",\"l\r\n,\",\\\n,\"" + strings.ReplaceAll(long, `"`, `""`) + "\",\"\"\"\"\n"
	want := []string{`a||""`, `"q\"q"|"l\r\n,"|\`, fmt.Sprintf(`|%q|"\""`, long)}
	for name, r := range map[string]io.Reader{"whole": strings.NewReader(text), "halves": iotest.HalfReader(strings.NewReader(text)), "data with error": iotest.DataErrReader(strings.NewReader(text))} {
		got, err := readAll(r, 3)
		if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: %.300q, %v", name, got, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"a,b\n\n":         "a blank line",
		"a\n":             "1 columns, not 2",
		"a,b,c\n":         "more than 2 columns",
		"a,\"b\"c\n":      "after a closing quote",
		"a,b\"c\n":        "a quote within an unquoted field",
		"a,b\r\n":         "a carriage return within an unquoted field",
		"a,\"b\"\r\n":     "after a closing quote",
		"a,\xff\n":        "not UTF-8",
		"a,b":             "the file ends within a row",
		"a,\"b\n":         "the file ends within a row",
		"a,\"b\"":         "the file ends within a row",
		"\ufeffa,\"b\"\n": "a byte order mark",
	} {
		if _, err := readAll(strings.NewReader(text), 2); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %s", text, err, want)
		}
	}
}

// A row means the same however the reader gets it.
func FuzzChunks(f *testing.F) {
	f.Add("a,\"b\"\"\"\nc,\n")
	f.Add("\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		whole, err1 := readAll(strings.NewReader(text), 2)
		bytewise, err2 := drain(newReader(iotest.OneByteReader(strings.NewReader(text)), 2, 1))
		if fmt.Sprint(whole, err1) != fmt.Sprint(bytewise, err2) {
			t.Errorf("%q, %v; byte by byte %q, %v", whole, err1, bytewise, err2)
		}
	})
}
