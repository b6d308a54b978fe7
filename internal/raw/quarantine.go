package raw

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"liftgraph/internal/dataset"
)

// Quarantine takes what a stage can't use: DATA/quarantine/STAGE/, or STAGE-SOURCE for an extraction, replaced by each run of it.
type Quarantine struct {
	dir  *dataset.Dir
	part *part
}

// NewQuarantine begins the quarantine of a stage.
func NewQuarantine(data, stage string) (*Quarantine, error) {
	d, err := dataset.Create(filepath.Join(data, "quarantine", stage))
	if err != nil {
		return nil, err
	}
	return &Quarantine{dir: d}, nil
}

// Reject puts a record aside.
func (q *Quarantine) Reject(r Rejected) error {
	if q.part == nil {
		p, err := newPart(q.dir, "part-00000.ndjson.zst")
		if err != nil {
			return err
		}
		q.part = p
	}
	return q.part.write(r)
}

// Swap puts the sealed quarantine in the place of the last one.
func (q *Quarantine) Swap() error { return q.dir.Swap() }

// Seal completes the quarantine, empty or not, so that only Swap is left.
func (q *Quarantine) Seal(m dataset.Manifest) error {
	if q.part != nil {
		err := q.part.close()
		if q.part = nil; err != nil {
			return err
		}
	}
	m.Stage = "quarantine"
	return q.dir.Seal(&m)
}

// Abandon drops what was not published.
func (q *Quarantine) Abandon() error {
	var err error
	if q.part != nil {
		err = q.part.close()
		q.part = nil
	}
	return errors.Join(err, q.dir.Abandon())
}

// ReadQuarantine returns the records that a stage put into its quarantine, in their order; none where it has none. The first error ends
// it.
func ReadQuarantine(data, stage string) iter.Seq2[Rejected, error] {
	return func(yield func(Rejected, error) bool) {
		dir := filepath.Join(data, "quarantine", stage)
		m, err := dataset.ReadManifest(dir)
		if errors.Is(err, dataset.ErrNotPublished) {
			return
		}
		if err != nil {
			yield(Rejected{}, err)
			return
		}
		for _, f := range m.Files {
			if err := readRejected(filepath.Join(dir, filepath.FromSlash(f.Path)), yield); err != nil {
				if !errors.Is(err, errEnough) {
					yield(Rejected{}, err)
				}
				return
			}
		}
	}
}

var errEnough = errors.New("enough")

func readRejected(name string, yield func(Rejected, error) bool) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer z.Close()
	in := bufio.NewReaderSize(z, 64<<10)
	var long []byte
	for {
		text, err := readLine(in, &long)
		if errors.Is(err, io.EOF) {
			return nil
		}
		var r Rejected
		if err == nil {
			err = json.Unmarshal(text, &r)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if !yield(r, nil) {
			return errEnough
		}
	}
}
