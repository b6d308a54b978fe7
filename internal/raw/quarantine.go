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
	"slices"

	"github.com/klauspost/compress/zstd"

	"liftgraph/internal/dataset"
)

// Quarantine takes what a stage can't use: DATA/quarantine/STAGE/, or STAGE-SOURCE for an extraction, replaced by each run of it.
type Quarantine struct {
	dir     *dataset.Dir
	sources []string
	parts   map[int]*part // by the place of their source in sources
}

// NewQuarantine begins the quarantine of a stage. The records of each of the sources go into a part of their own, numbered by the
// order of the sources, since sources that are read side by side come in no fixed order; all others go into the first part.
func NewQuarantine(data, stage string, sources ...string) (*Quarantine, error) {
	d, err := dataset.Create(filepath.Join(data, "quarantine", stage))
	if err != nil {
		return nil, err
	}
	return &Quarantine{dir: d, sources: sources, parts: map[int]*part{}}, nil
}

// Reject quarantines a record.
func (q *Quarantine) Reject(r Rejected) error {
	n := max(0, slices.Index(q.sources, r.Source))
	if q.parts[n] == nil {
		p, err := newPart(q.dir, fmt.Sprintf("part-%05d.ndjson.zst", n))
		if err != nil {
			return err
		}
		q.parts[n] = p
	}
	return q.parts[n].write(r)
}

// Swap puts the sealed quarantine in the place of the last one.
func (q *Quarantine) Swap() error { return q.dir.Swap() }

// Seal completes the quarantine, empty or not, so that only Swap is left.
func (q *Quarantine) Seal(m dataset.Manifest) error {
	if err := q.close(); err != nil {
		return err
	}
	m.Stage = "quarantine"
	return q.dir.Seal(&m)
}

// Abandon drops what was not published.
func (q *Quarantine) Abandon() error { return errors.Join(q.close(), q.dir.Abandon()) }

func (q *Quarantine) close() error {
	var err error
	for _, p := range q.parts {
		err = errors.Join(err, p.close())
	}
	clear(q.parts)
	return err
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
