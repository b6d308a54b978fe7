package rowfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Read hands the rows of a published directory to sink, table by table. What the model doesn't
// allow ends it with an error that names file and line. A directory of another stage is refused.
func Read(dir string, m *dataset.Manifest, sink graph.Sink) error {
	if m.Stage != "graph" {
		return fmt.Errorf("%s is of the stage %q, but it must be of the stage \"graph\": name a directory that `liftgraph transform` published", dir, m.Stage)
	}
	folders := map[string][]dataset.File{}
	for _, f := range m.Files {
		folder := path.Dir(f.Path)
		folders[folder] = append(folders[folder], f)
	}
	for _, t := range graph.Default.LakeTables() {
		parts, ok := folders[t.Folder()]
		if !ok {
			continue
		}
		delete(folders, t.Folder())
		if err := readTable(dir, t, parts, sink); err != nil {
			return err
		}
	}
	for _, left := range folders {
		return fmt.Errorf("%s: the model has no such table", left[0].Path)
	}
	return nil
}

func readTable(dir string, t *graph.Table, parts []dataset.File, sink graph.Sink) error {
	w, err := sink.Table(t)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := ReadPart(dir, t, part, w.Write); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return w.Close()
}

// ReadPart hands the rows of one file to take; their text is valid during the call. An error of take is given the file and line.
func ReadPart(dir string, t *graph.Table, part dataset.File, take func(graph.Row) error) error {
	if !strings.HasSuffix(part.Path, ".ndjson.zst") {
		return fmt.Errorf("%s isn't a file of rows", part.Path)
	}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(part.Path)))
	if err != nil {
		return err
	}
	defer f.Close()
	return ReadFile(f, t, part, take)
}

// ReadFile is [ReadPart] of a file that is open.
func ReadFile(f *os.File, t *graph.Table, part dataset.File, take func(graph.Row) error) error {
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("%s: %w", part.Path, err)
	}
	defer z.Close()
	lines := lineReader{r: bufio.NewReaderSize(z, bufferSize)}
	row := make(graph.Row, len(t.Columns))
	for n := int64(1); ; n++ {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			if n-1 != part.Rows {
				return fmt.Errorf("%s: %d rows, but the manifest says %d", part.Path, n-1, part.Rows)
			}
			return nil
		}
		if err == nil {
			err = decodeRow(row, line, t.Columns)
		}
		if err == nil {
			err = take(row)
		}
		if err != nil {
			return fmt.Errorf("%s line %d: %w", part.Path, n, err)
		}
	}
}

// lineReader reads lines of any length.
type lineReader struct {
	r    *bufio.Reader
	long []byte
}

// next returns a line without its end, valid until the next; io.EOF after the last.
func (l *lineReader) next() ([]byte, error) {
	l.long = l.long[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		switch {
		case err == nil && len(l.long) == 0:
			return part[:len(part)-1], nil
		case err == nil:
			l.long = append(l.long, part[:len(part)-1]...)
			return l.long, nil
		case errors.Is(err, bufio.ErrBufferFull):
			l.long = append(l.long, part...)
		case err == io.EOF && len(part)+len(l.long) > 0:
			return nil, io.ErrUnexpectedEOF
		default:
			return nil, err
		}
	}
}
