package cloudtrail

import (
	"context"
	"io"

	"liftgraph/extract/cloudtrail/scan"
	"liftgraph/internal/objects"
)

// worker scans one object after the other.
type worker struct {
	cfg          *Config
	store        objects.Store
	decompressor objects.Decompressor
	reader       scan.Reader
}

func (w *worker) close() { w.decompressor.Close() }

// scan sends what an object holds, and records in the task how that went.
func (w *worker) scan(ctx context.Context, t *task) {
	content, done, err := w.content(ctx, t)
	if err != nil {
		t.err = err
		return
	}
	defer done()
	read := w.reader.Read(ctx, t.object.URI, content, func(b scan.Batch) error {
		w.cfg.Stats.Events.Add(b.In)
		if !put(ctx, t.batches, b) {
			return context.Cause(ctx)
		}
		return nil
	})
	t.records, t.empty, t.err = read.Records, read.Empty, read.Err
}

// content returns an object's bytes without their compression.
func (w *worker) content(ctx context.Context, t *task) (_ io.Reader, done func(), _ error) {
	stored, done, err := w.open(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	content, err := w.decompressor.OpenTwice(stored)
	if err != nil {
		done()
		return nil, nil, err
	}
	return content, done, nil
}

// open returns an object's bytes as they are stored, and counts them.
func (w *worker) open(ctx context.Context, t *task) (_ io.Reader, done func(), _ error) {
	count := func(n int) {
		t.bytes += int64(n)
		w.cfg.Stats.Bytes.Add(int64(n))
	}
	if t.body != nil {
		select {
		case b := <-t.body:
			count(b.size())
			return b.reader(), b.release, nil
		case <-ctx.Done():
			return nil, nil, context.Cause(ctx)
		}
	}
	r, err := w.store.Open(ctx, t.object)
	if err != nil {
		return nil, nil, err
	}
	return &counter{ctx, r, count}, func() { _ = r.Close() }, nil
}
