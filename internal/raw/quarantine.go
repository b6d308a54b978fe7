package raw

import (
	"errors"
	"path/filepath"

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
