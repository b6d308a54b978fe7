package cloudtrail

import (
	"context"
	"encoding/json"
	"fmt"

	"liftgraph/extract/cloudtrail/scan"
	"liftgraph/internal/raw"
)

// release delivers what was held back, now that everything was read: of what was done with temporary keys, what belongs to
// runs.
func (x *extraction) release(ctx context.Context) error {
	if err := x.followKeys(ctx); err != nil {
		return err
	}
	var at int64
	for _, s := range x.hold.sources {
		sc := s.scope
		sc.room = maxScopes - x.scopes
		for r := x.hold.reader(at); r.at < s.end; {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			first := r.at
			from := r
			if again, ok := x.hold.again[first]; ok {
				from = x.hold.reader(again)
			}
			if err := x.releaseObject(ctx, from, &sc); err != nil {
				return err
			}
			if from != r {
				if _, err := x.hold.skipObject(r); err != nil {
					return err
				}
			}
		}
		at = s.end
		s.finish(&sc)
	}
	return nil
}

// followKeys learns every key that a run got, and reads those objects again of which that is too little: they are as the
// previous extraction knew them, or the texts of their records weren't held.
func (x *extraction) followKeys(ctx context.Context) error {
	h := x.hold
	for {
		if err := h.pairs.follow(&h.keys); err != nil {
			return fmt.Errorf("%w: %w", errHold, err)
		}
		if err := h.ready(); err != nil || h.keys.bits == nil || x.last == nil && h.room >= 0 {
			return err
		}
		missing, err := h.missing(ctx)
		if err != nil || len(missing) == 0 {
			return err
		}
		for _, m := range missing {
			if err := x.readAgain(ctx, m); err != nil {
				return err
			}
		}
	}
}

// learnLast learns the keys that runs got as the previous extraction knows.
func (x *extraction) learnLast() error {
	h := x.hold
	for r, err := range x.cfg.Previous.Records(raw.KindAPICall, raw.KindGrant, raw.KindResourceEvent) {
		if err == nil {
			err = h.keys.learn(r, &h.pairs)
		}
		if err != nil {
			return fmt.Errorf("the last extraction: %w", err)
		}
	}
	if err := h.pairs.follow(&h.keys); err != nil {
		return fmt.Errorf("%w: %w", errHold, err)
	}
	h.keys.grew = false
	return nil
}

// ready makes what is held ready to be read.
func (h *hold) ready() error {
	if err := h.flush(); err != nil {
		return fmt.Errorf("%w: %w", errHold, err)
	}
	return nil
}

// missing is an object that has to be read again.
type missing struct {
	first int64 // where its first reading begins
	task  heldTask
}

// maxMissing is how many objects are read again in a row, before the file is looked through once more.
const maxMissing = 1 << 12

// missing returns objects that have to be read again.
func (h *hold) missing(ctx context.Context) ([]missing, error) {
	if len(h.sources) == 0 {
		return nil, nil
	}
	var all []missing
	for r := h.reader(0); r.at < h.sources[len(h.sources)-1].end && len(all) < maxMissing; {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		first := r.at
		from := r
		if again, ok := h.again[first]; ok {
			from = h.reader(again)
		}
		lacks, err := h.lacks(from)
		if err != nil {
			return nil, err
		}
		if from != r {
			if _, err := h.skipObject(r); err != nil {
				return nil, err
			}
		}
		if lacks != nil {
			all = append(all, missing{first, *lacks})
		}
	}
	return all, nil
}

// lacks returns the object that a reader stands before where it has to be read again; nil where it hasn't.
func (h *hold) lacks(r *heldReader) (*heldTask, error) {
	textless := false
	for {
		kind, content, err := r.next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case frameHeld:
			for len(content) > 0 {
				content = h.record.Next(content)
				textless = textless || len(h.record.Text) == 0 && h.keys.any(h.record.Keys)
			}
		case frameTask:
			var t heldTask
			if err := json.Unmarshal(content, &t); err != nil {
				return nil, fmt.Errorf("%w: %w", errHold, err)
			}
			known := !t.Read && !t.Gone && t.Was != nil && t.Object.Key != "" // else it isn't there any more
			if textless || known && h.keys.anyShort(t.Was.Keys) {
				return &t, nil
			}
			return nil, nil
		}
	}
}

// skipObject passes over an object.
func (h *hold) skipObject(r *heldReader) (*heldTask, error) {
	for {
		kind, content, err := r.next()
		if err != nil {
			return nil, err
		}
		if kind == frameTask {
			var t heldTask
			return &t, json.Unmarshal(content, &t)
		}
	}
}

// readAgain reads an object again. What it holds is kept behind everything else.
func (x *extraction) readAgain(ctx context.Context, m missing) error {
	x.hold.again[m.first] = x.hold.size
	w := x.worker(x.cfg.Sources[m.task.Source])
	defer w.close()
	t := &task{source: m.task.Source, object: m.task.Object, was: m.task.Was, batches: make(chan scan.Batch, 2)}
	done := make(chan struct{})
	inner, cancel := context.WithCancel(ctx)
	defer func() {
		cancel()
		<-done
	}()
	go func() {
		defer close(done)
		defer close(t.batches)
		w.scan(inner, t)
	}()
	for b := range t.batches {
		if err := x.hold.batch(t, b); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := asFatal(t.err); err != nil {
		return err
	}
	return x.hold.task(t)
}

// releaseObject delivers an object.
func (x *extraction) releaseObject(ctx context.Context, r *heldReader, sc *scope) error {
	t := &task{keys: shortKeys{}}
	reader := scan.Reader{Options: x.cfg.options()}
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		kind, content, err := r.next()
		if err != nil {
			return err
		}
		switch kind {
		case frameObject:
			t.object.URI = string(content)
		case frameBatch:
			b, err := scan.ReadBatch(content)
			if err == nil {
				err = x.deliver(t, b)
			}
			if err != nil {
				return err
			}
		case frameHeld:
			if err := x.releaseHeld(t, &reader, content); err != nil {
				return err
			}
		case frameTask:
			var held heldTask
			if err := json.Unmarshal(content, &held); err != nil {
				return fmt.Errorf("%w: %w", errHold, err)
			}
			back := held.task()
			back.gave, back.rejected, back.keys = t.gave, t.rejected, t.keys
			return x.settle(back, sc)
		}
	}
}

// releaseHeld delivers what runs did of what was held back of an object.
func (x *extraction) releaseHeld(t *task, reader *scan.Reader, texts []byte) error {
	var others scan.Batch
	h := &x.hold.record
	for len(texts) > 0 {
		texts = h.Next(texts)
		if !x.hold.keys.any(h.Keys) {
			t.keys.add(h.Keys)
			others.Pass(1)
			continue
		}
		if err := reader.Resume(t.object.URI, h, func(b scan.Batch) error { return x.deliver(t, b) }); err != nil {
			return err
		}
	}
	return x.deliver(t, others)
}
