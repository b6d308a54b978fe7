package pipeline

import (
	"errors"
	"fmt"
	"iter"
	"path"
	"path/filepath"
	"slices"

	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// previousExtraction is the last extraction of a source, where it is to be gone on from.
type previousExtraction struct {
	dir string // "": it isn't
}

// lastOf returns that of a source.
func lastOf(cfg Config, source string) previousExtraction {
	if !cfg.SinceLast {
		return previousExtraction{}
	}
	return previousExtraction{filepath.Join(cfg.Data, rawDir+source)}
}

// read returns the manifest of the last extraction if its files of some kinds are as they were written, or nil, and notes in m
// why, where there is nothing to go on from.
func (l previousExtraction) read(m *dataset.Manifest, kinds ...raw.Kind) (*dataset.Manifest, error) {
	if l.dir == "" {
		return nil, nil
	}
	published, err := dataset.ReadManifest(l.dir)
	if errors.Is(err, dataset.ErrNotPublished) {
		m.Notes = append(m.Notes, fmt.Sprintf("there is no extraction in %s to go on from: everything was read", l.dir))
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, f := range published.Files {
		if !slices.Contains(kinds, raw.Kind(path.Dir(f.Path))) {
			continue
		}
		if err := dataset.CheckFile(l.dir, f, true); err != nil {
			m.Notes = append(m.Notes, fmt.Sprintf("the last extraction in %s is damaged, and was not gone on from: everything was read (%v)", l.dir, err))
			return nil, nil
		}
	}
	return published, nil
}

// records returns what reads the records of the last extraction.
func (l previousExtraction) records(m *dataset.Manifest) func(kinds ...raw.Kind) iter.Seq2[raw.Record, error] {
	return func(kinds ...raw.Kind) iter.Seq2[raw.Record, error] { return raw.ReadKinds(l.dir, m, kinds...) }
}
