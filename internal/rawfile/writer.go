// Package rawfile keeps raw records on disk: a published directory with one folder a kind, each
// holding parts of zstd NDJSON, and beside it the quarantine of what can't be used.
package rawfile

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// rowsPerPart is fixed, so that the same records give the same parts.
const rowsPerPart = 1_000_000

// Writer writes records into a directory in the making, which the caller publishes.
type Writer struct {
	dir   *dataset.Dir
	kind  raw.Kind
	parts map[raw.Kind]int
	part  *part
}

// NewWriter writes into dir.
func NewWriter(dir *dataset.Dir) *Writer { return &Writer{dir: dir, parts: map[raw.Kind]int{}} }

// Record writes a record. Records of a kind that come one after the other lie in the same parts.
func (w *Writer) Record(rec raw.Record) error {
	if k := rec.Kind(); w.part == nil || k != w.kind || w.part.rows == rowsPerPart {
		if err := w.Close(); err != nil {
			return err
		}
		p, err := newPart(w.dir, fmt.Sprintf("%s/part-%05d.ndjson.zst", k, w.parts[k]))
		if err != nil {
			return err
		}
		w.parts[k]++
		w.kind, w.part = k, p
	}
	return w.part.write(rec)
}

// Close ends the last part. The directory can be published afterwards.
func (w *Writer) Close() error {
	if w.part == nil {
		return nil
	}
	err := w.part.close()
	w.part = nil
	return err
}

// part is one file of zstd NDJSON.
type part struct {
	file *dataset.FileWriter
	zstd *zstd.Encoder
	json *json.Encoder
	rows int
}

func newPart(dir *dataset.Dir, path string) (*part, error) {
	f, err := dir.File(path)
	if err != nil {
		return nil, err
	}
	// One goroutine, so that the bytes don't depend on the number of cores.
	z, err := zstd.NewWriter(f, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	j := json.NewEncoder(z)
	j.SetEscapeHTML(false)
	return &part{file: f, zstd: z, json: j}, nil
}

func (p *part) write(v any) error {
	p.rows++
	p.file.AddRows(1)
	return p.json.Encode(v)
}

func (p *part) close() error { return errors.Join(p.zstd.Close(), p.file.Close()) }
