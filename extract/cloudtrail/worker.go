package cloudtrail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// worker scans one object after the other.
type worker struct {
	cfg          *Config
	store        objects.Store
	decompressor objects.Decompressor
	feed         feed
	head         []byte
}

func (w *worker) close() { w.decompressor.Close() }

// scan sends what an object gives, and says in the task how that went.
func (w *worker) scan(ctx context.Context, t *task) {
	s := &scan{
		cfg: w.cfg, object: t.object.URI, seen: map[raw.Instance]struct{}{},
		concern: concern{roles: w.cfg.FollowRoles, instances: w.cfg.AllInstances},
		send: func(b batch) error {
			w.cfg.Stats.Events.Add(b.in)
			if !put(ctx, t.batches, b) {
				return context.Cause(ctx)
			}
			return nil
		},
	}
	t.err = errors.Join(s.end(w.read(ctx, t, s)), s.flush())
	t.records = s.count
}

// read takes an object's records, to its end or to where it can't be read.
func (w *worker) read(ctx context.Context, t *task, s *scan) (err error) {
	defer func() {
		if p := recover(); p != nil { // a fault of ours costs this object, and not the night
			err = fmt.Errorf("reading it failed in a way that it never should, please report it: %v", p)
		}
	}()
	stored, done, err := w.open(ctx, t)
	if err != nil {
		return err
	}
	defer done()
	content, err := w.decompressor.Open(stored)
	if err != nil {
		return err
	}
	head, rest := w.begin(content)
	shape, err := shapeOf(head)
	switch {
	case err != nil:
		return err
	case shape == shapeEmpty:
		t.empty = true
		_, err := rest.Read(make([]byte, 1)) // no more than why there is nothing
		return ignoreEOF(err)
	case shape == shapeJSON:
		return w.feed.takeAll(ctx, head, rest, newSplitter(s))
	case shape == shapeLines:
		return w.feed.takeAll(ctx, head, rest, jsonLines(s))
	case shape == shapeCSV:
		return w.feed.takeAll(ctx, head, rest, csvLines(s))
	default:
		return readParquet(ctx, io.MultiReader(bytes.NewReader(head), rest), w.cfg.Temp, s)
	}
}

// headSize is how much of a text is looked at to tell its shape, in bytes.
const headSize = 64 << 10

var byteOrderMark = []byte("\uFEFF")

// begin reads the head of a text, which is more than white space where anything is, and gives the rest.
func (w *worker) begin(r io.Reader) (head []byte, rest io.Reader) {
	if w.head == nil {
		w.head = make([]byte, headSize)
	}
	for {
		size := 0
		for size < headSize {
			n, err := r.Read(w.head[size:])
			if size += n; err != nil {
				r = broken{err}
				break
			}
		}
		head = bytes.TrimPrefix(w.head[:size], byteOrderMark)
		if size < headSize || len(bytes.TrimLeft(head, " \t\r\n")) > 0 {
			return head, r
		}
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// open gives an object's bytes as they are stored, and counts them.
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
