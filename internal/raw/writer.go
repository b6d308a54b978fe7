package raw

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"liftgraph/internal/dataset"
)

// rowsPerPart is fixed, so that the same records give the same parts.
const rowsPerPart = 1_000_000

// Writer writes records into a directory in the making, which the caller publishes.
type Writer struct {
	dir   *dataset.Dir
	kinds map[Kind]*kindParts
}

// kindParts is the parts of a kind: how many were begun, and the last one.
type kindParts struct {
	begun int
	part  *part // nil where none is open
}

// NewWriter writes into dir.
func NewWriter(dir *dataset.Dir) *Writer { return &Writer{dir: dir, kinds: map[Kind]*kindParts{}} }

// Record writes a record. The records of a kind stay in their order.
func (w *Writer) Record(rec Record) error {
	k := w.kinds[rec.Kind()]
	if k == nil {
		k = new(kindParts)
		w.kinds[rec.Kind()] = k
	}
	if k.part != nil && k.part.rows == rowsPerPart {
		if err := k.close(); err != nil {
			return err
		}
	}
	if k.part == nil {
		p, err := newPart(w.dir, fmt.Sprintf("%s/part-%05d.ndjson.zst", rec.Kind(), k.begun))
		if err != nil {
			return err
		}
		k.begun++
		k.part = p
	}
	return k.part.write(rec)
}

// Close ends the last part of each kind. The directory can be published afterwards.
func (w *Writer) Close() error {
	var err error
	for _, k := range w.kinds {
		err = errors.Join(err, k.close())
	}
	return err
}

func (k *kindParts) close() error {
	if k.part == nil {
		return nil
	}
	p := k.part
	k.part = nil
	return p.close()
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
