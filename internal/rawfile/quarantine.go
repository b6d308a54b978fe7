package rawfile

import (
	"errors"
	"path/filepath"
	"time"

	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// Quarantine takes what a stage can't use: DATA/quarantine/STAGE/, replaced by each run of the stage.
type Quarantine struct {
	dir   *dataset.Dir
	stage string
	part  *part
	began time.Time
}

// NewQuarantine begins the quarantine of a stage.
func NewQuarantine(data, stage string) (*Quarantine, error) {
	d, err := dataset.Create(filepath.Join(data, "quarantine", stage))
	if err != nil {
		return nil, err
	}
	return &Quarantine{dir: d, stage: stage, began: time.Now()}, nil
}

// Reject puts a record aside.
func (q *Quarantine) Reject(r raw.Rejected) error {
	if q.part == nil {
		p, err := newPart(q.dir, "part-00000.ndjson.zst")
		if err != nil {
			return err
		}
		q.part = p
	}
	return q.part.write(r)
}

// Publish puts the quarantine in the place of the last one, empty or not.
func (q *Quarantine) Publish(version string, updateTag int64) error {
	if q.part != nil {
		err := q.part.close()
		if q.part = nil; err != nil {
			return err
		}
	}
	return q.dir.Publish(&dataset.Manifest{Version: version, Stage: "quarantine", UpdateTag: updateTag, Started: q.began.UTC(), Ended: time.Now().UTC()})
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
