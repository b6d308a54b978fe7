package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"liftgraph/emit"
	"liftgraph/emit/redact"
	"liftgraph/internal/dataset"
)

// The directories within the data directory.
const (
	rawDir    = "raw/" // and a source
	graphRows = "graph"
)

// job is one command at work: it holds the data directory, and what was begun and must be published or dropped.
type job struct {
	ctx      context.Context
	cfg      Config
	began    time.Time
	outputs  []output
	checks   []func(accounts []string) error // of the account that rows are of, as soon as it is known
	emitted  *emit.Emitter                   // what Emit and Run write; nil in other commands
	closers  []func() error
	rejected *rejected              // what the transformation rejects
	pass     atomic.Pointer[string] // what is being resolved
}

// output is a directory in the making.
type output struct {
	seal    func(m dataset.Manifest) error // completes it and makes it durable
	swap    func() error                   // puts it in its place
	abandon func() error                   // drops it, if it isn't in its place
}

// begin takes the data directory for this process and clears what a killed one left there.
func begin(ctx context.Context, cfg Config) (*job, error) {
	release, err := dataset.Lock(cfg.Data)
	if err != nil {
		return nil, err
	}
	j := &job{ctx: ctx, cfg: cfg, began: time.Now(), closers: []func() error{release}}
	j.cfg.Redact.Hashes, err = redact.ReadList(cfg.Data)
	if err == nil {
		err = os.MkdirAll(cfg.Temp, 0o700)
	}
	if err == nil && filepath.Dir(filepath.Clean(cfg.Temp)) == filepath.Clean(cfg.Data) {
		err = clearSpills(cfg.Temp) // which is this process's alone
	}
	if err != nil {
		j.end(&err)
		return nil, err
	}
	return j, nil
}

// clearSpills removes spill files that a kill left before their names were removed.
func clearSpills(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, ".liftgraph-*"))
	for _, name := range left {
		err = errors.Join(err, os.RemoveAll(name))
	}
	return err
}

// end drops what was not published and lets go of the data directory. An error of that is returned only where
// there was none before: dropping half a file says once more what was wrong with it.
func (j *job) end(err *error) {
	var dropped error
	for _, o := range j.outputs {
		dropped = errors.Join(dropped, o.abandon())
	}
	for _, c := range slices.Backward(j.closers) {
		_ = c() // of temporary files: what was published, or failed, is as it is
	}
	if *err == nil {
		*err = dropped
	}
}

// publish completes every output, and when all are durable puts them in their places, one after the other. It returns
// the manifest of dir, which is one of them.
func (j *job) publish(m *dataset.Manifest, dir string) (*dataset.Manifest, error) {
	if err := j.ctx.Err(); err != nil {
		return nil, err
	}
	if err := j.complete(m); err != nil {
		return nil, err
	}
	m.Ended = time.Now().UTC()
	for _, o := range j.outputs {
		if err := o.seal(*m); err != nil {
			return nil, err
		}
	}
	for _, o := range j.outputs {
		if err := o.swap(); err != nil {
			return nil, err
		}
	}
	if j.emitted != nil {
		return j.emitted.Manifest(), nil
	}
	return dataset.ReadManifest(dir)
}

// path returns a directory within the data directory.
func (j *job) path(dir string) string { return filepath.Join(j.cfg.Data, filepath.FromSlash(dir)) }

// readManifest reads the manifest of an input directory, which the named command makes.
func (j *job) readManifest(dir, madeBy string) (*dataset.Manifest, error) {
	m, err := dataset.ReadManifest(j.path(dir))
	if errors.Is(err, dataset.ErrNotPublished) {
		return nil, fmt.Errorf("%w; run `%s --data %s` first", err, madeBy, j.cfg.Data)
	}
	return m, err
}
