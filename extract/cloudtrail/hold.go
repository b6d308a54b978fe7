package cloudtrail

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"liftgraph/extract/cloudtrail/scan"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// hold keeps what objects gave in the order in which it is to be delivered, until it is known which
// temporary keys runs got. Of a record that depends on that, it keeps the text, or where there is no room any more the keys
// alone: if one of them turns out to be a run's, the object is read again.
type hold struct {
	spill
	size int64 // written so far
	room int64 // for texts, in bytes

	keys    keySet
	pairs   keyPairs
	sources []heldSource
	begun   bool            // something of the object under way is held
	again   map[int64]int64 // where the last reading of an object begins, by where its first one does
	buf     []byte
	record  scan.Held
}

// heldSource is a source whose objects were read.
type heldSource struct {
	end    int64 // of what is held of it
	scope  scope
	finish func(*scope)
}

// maxTexts is how much text of records is held, in bytes.
var maxTexts int64 = 4 << 30

// What stands in the file: of an object its name, batches, each in two parts, and its end.
const (
	frameObject = 'o'
	frameBatch  = 'b'
	frameHeld   = 'h'
	frameTask   = 't'
)

// errHold wraps what goes wrong with the file, which is no object's fault.
var errHold = errors.New("what was read of CloudTrail can't be kept in a temporary file")

func newHold(dir string) *hold {
	return &hold{spill: spill{dir: dir}, room: maxTexts, pairs: keyPairs{spill{dir: dir}}, again: map[int64]int64{}}
}

func (h *hold) close() {
	_ = h.spill.close()
	_ = h.pairs.close()
}

func (h *hold) frame(kind byte, content []byte) error {
	var head [1 + binary.MaxVarintLen64]byte
	head[0] = kind
	n := 1 + binary.PutUvarint(head[1:], uint64(len(content)))
	_, err := h.Write(head[:n])
	if err == nil {
		_, err = h.Write(content)
	}
	if h.size += int64(n + len(content)); err != nil {
		return fmt.Errorf("%w: %w", errHold, err)
	}
	return nil
}

// batch holds a batch back, and learns which keys are a run's.
func (h *hold) batch(t *task, b scan.Batch) (err error) {
	defer b.Release()
	if !h.begun {
		h.begun = true
		if err := h.frame(frameObject, []byte(t.object.URI)); err != nil {
			return err
		}
	}
	for _, i := range b.Items {
		if err := h.keys.learn(i.Record, &h.pairs); err != nil {
			return fmt.Errorf("%w: %w", errHold, err)
		}
	}
	if h.buf, err = b.Append(h.buf[:0]); err != nil {
		return err
	}
	if err := h.frame(frameBatch, h.buf); err != nil {
		return err
	}
	texts := b.Held()
	for rest := texts; len(rest) > 0; {
		rest = h.record.Next(rest)
		if h.record.Grant {
			if err := h.pairs.add(h.record.Keys); err != nil {
				return fmt.Errorf("%w: %w", errHold, err)
			}
		}
	}
	if len(texts) == 0 {
		return nil
	}
	if h.room -= int64(len(texts)); h.room < 0 {
		texts = h.withoutTexts(texts)
	}
	return h.frame(frameHeld, texts)
}

// withoutTexts leaves the texts of records out, but for those of which a key is known to be a run's.
func (h *hold) withoutTexts(texts []byte) []byte {
	h.buf = h.buf[:0]
	for len(texts) > 0 {
		texts = h.record.Next(texts)
		if !h.keys.any(h.record.Keys) {
			h.record.Text = nil
		}
		h.buf = h.record.Append(h.buf)
	}
	return h.buf
}

// heldTask is what a [task] has when its object was read.
type heldTask struct {
	Source  int
	Object  objects.Object
	Was     *raw.Object
	Gone    bool
	Read    bool
	Records int64
	Bytes   int64
	Empty   bool
	Failed  bool
	Why     string
}

// task holds back that an object ended.
func (h *hold) task(t *task) error {
	h.begun = false
	held := heldTask{
		Source: t.source, Object: t.object, Was: t.was, Gone: t.gone, Read: t.batches != nil, Records: t.records, Bytes: t.bytes, Empty: t.empty, Failed: t.err != nil,
	}
	if t.err != nil {
		held.Why = explain(t.err)
	}
	text, err := json.Marshal(held)
	if err != nil {
		return err
	}
	return h.frame(frameTask, text)
}

// task returns the task again, as if it had just been read.
func (t *heldTask) task() *task {
	back := &task{source: t.Source, object: t.Object, was: t.Was, gone: t.Gone, records: t.Records, bytes: t.Bytes, empty: t.Empty, keys: shortKeys{}}
	if t.Read {
		back.batches = make(chan scan.Batch)
	}
	if t.Failed {
		back.err = errors.New(t.Why)
	}
	return back
}

// finish ends a source.
func (h *hold) finish(report func(*scope), sc scope) error {
	h.sources = append(h.sources, heldSource{end: h.size, scope: sc, finish: report})
	return nil
}

// heldReader reads what is held, frame by frame.
type heldReader struct {
	from    *hold
	at      int64 // where the next frame begins
	content []byte
}

func (h *hold) reader(at int64) *heldReader { return &heldReader{from: h, at: at} }

// next reads a frame. What it returns is valid until the next call.
func (r *heldReader) next() (kind byte, content []byte, err error) {
	var head [1 + binary.MaxVarintLen64]byte
	n, err := r.from.ReadAt(head[:], r.at)
	size, used := binary.Uvarint(head[min(n, 1):n])
	if used <= 0 {
		return 0, nil, fmt.Errorf("%w: %w", errHold, cmp.Or(err, io.ErrUnexpectedEOF))
	}
	r.at += int64(1 + used)
	if size <= spillBlock {
		if content := r.from.slice(r.at, int64(size)); content != nil {
			r.at += int64(size)
			return head[0], content, nil
		}
	}
	if uint64(cap(r.content)) < size {
		r.content = make([]byte, size)
	}
	r.content = r.content[:size]
	if n, err := r.from.ReadAt(r.content, r.at); n < len(r.content) {
		return 0, nil, fmt.Errorf("%w: %w", errHold, cmp.Or(err, io.ErrUnexpectedEOF))
	}
	r.at += int64(size)
	return head[0], r.content, nil
}
