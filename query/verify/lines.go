package verify

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"liftgraph/internal/dataset"
)

// lines proves that every file is zstd NDJSON with as many records as the manifest says, and counts them.
func lines(ctx context.Context, dir string, m *dataset.Manifest) (total int64, err error) {
	for _, f := range m.Files {
		n, err := countLines(ctx, dir, f)
		if err != nil {
			return 0, fmt.Errorf("%s, record %d: %w", f.Path, n+1, err)
		}
		if n != f.Rows {
			return 0, fmt.Errorf("%s: %d records, but the manifest says %d", f.Path, n, f.Rows)
		}
		total += n
	}
	return total, nil
}

func countLines(ctx context.Context, dir string, file dataset.File) (n int64, err error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(file.Path)))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	z, err := zstd.NewReader(reader{ctx, f}, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return 0, err
	}
	defer z.Close()
	// A decoder takes records of any length and holds no more than one.
	d := json.NewDecoder(bufio.NewReader(z))
	for {
		var record json.RawMessage
		switch err := d.Decode(&record); err {
		case nil:
			n++
		case io.EOF:
			return n, nil
		default:
			return n, err
		}
	}
}

// reader ends with the context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
