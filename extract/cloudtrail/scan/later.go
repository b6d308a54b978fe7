package scan

import (
	"bytes"
	"encoding/binary"
	"sync"

	"liftgraph/extract/cloudtrail/scan/block"
	"liftgraph/internal/raw"
)

// later says which records belong to a run only if a temporary key in them does, so that they are handed on as text.
type later struct {
	wanted    bool
	reads     bool // those that only read too
	resources bool // what changed any resource
}

// of reports by a record's bytes whether it may be such a call or grant, as [concern.of] does of those that are parsed.
func (l later) of(record []byte) (is, grant bool) {
	var instance, sts bool
	for at := 0; ; {
		i := block.FindMark(record[at:])
		if i < 0 {
			break
		}
		if i += at; record[i] == 'i' {
			instance = instance || beginsID(record, i)
		} else {
			sts = sts || i > 0 && bytes.HasPrefix(record[i-1:], stsSource)
		}
		at = i + 2
	}
	if grant = sts && givesKey(record); grant {
		return true, true
	}
	call := (instance || l.resources && mayChange(record, false)) && (l.reads || !onlyReads(record))
	return call && bytes.Contains(record, temporary), false
}

// beginsID reports whether what may be an instance's id begins at i. What stands before it may be an escape.
func beginsID(text []byte, i int) bool {
	if len(text)-i < len("i-")+shortID || hexDigits(text[i+len("i-"):min(len(text), i+len("i-")+shortID)]) < shortID {
		return false
	}
	return i == 0 || !isWord(text[i-1]) || bytes.IndexByte(text[max(0, i-len(`\u0000`)):i], '\\') >= 0
}

// Key stands for a temporary key. Two keys may have the same one, which is rare.
type Key uint64

// KeyOf returns what stands for an access key: what is behind the capital letters and digits that it begins with doesn't
// count.
func KeyOf(key string) Key {
	k, _ := keyAt([]byte(key))
	return k
}

// keyAt returns what stands for the key that text begins with, and its length.
func keyAt(text []byte) (k Key, n int) {
	k = 14695981039346656037 // FNV-1a
	for n < len(text) && ('0' <= text[n] && text[n] <= '9' || 'A' <= text[n] && text[n] <= 'Z') {
		k = (k ^ Key(text[n])) * 1099511628211
		n++
	}
	return k, n
}

// maxKeys is how many temporary keys may stand in a record that is handed on as text.
const maxKeys = 16

// keysIn returns what stands for the temporary keys in a record, each once; false where these are too many.
func keysIn(record []byte, keys []Key) ([]Key, bool) {
	for i := bytes.Index(record, temporary); i >= 0; i = bytes.Index(record, temporary) {
		k, n := keyAt(record[i:])
		record = record[i+n:]
		if !contains(keys, k) {
			if len(keys) == maxKeys {
				return keys, false
			}
			keys = append(keys, k)
		}
	}
	return keys, true
}

func contains(keys []Key, k Key) bool {
	for _, has := range keys {
		if has == k {
			return true
		}
	}
	return false
}

// Held is a record that belongs to a run only if a temporary key in it does.
type Held struct {
	Number int64 // in its object, from 1
	Grant  bool  // it may say that who has one of the keys got the others
	Keys   []Key // at least one
	Text   []byte
}

// maxHeld is how much text a batch holds before it is sent.
const maxHeld = 256 << 10

// hold hands a record on as text.
func (b *Batch) hold(h Held) {
	if b.held == nil {
		b.held = heldTexts.Get().(*[]byte)
	}
	*b.held = h.Append(*b.held)
}

// heldTexts are texts that were released.
var heldTexts = sync.Pool{New: func() any { b := make([]byte, 0, maxHeld+maxHeld/4); return &b }}

// Held returns the records that the batch hands on as text: see [Held.Next].
func (b *Batch) Held() []byte {
	if b.held == nil {
		return nil
	}
	return *b.held
}

// Release returns the memory of what [Batch.Held] returned.
func (b *Batch) Release() {
	if b.held != nil && cap(*b.held) <= 4*maxHeld {
		*b.held = (*b.held)[:0]
		heldTexts.Put(b.held)
	}
	b.held = nil
}

// Append appends the record, as [Held.Next] reads it.
func (h *Held) Append(dst []byte) []byte {
	grant := byte(0)
	if h.Grant {
		grant = 1
	}
	dst = append(binary.AppendUvarint(dst, uint64(h.Number)), grant, byte(len(h.Keys)))
	for _, k := range h.Keys {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(k))
	}
	return append(binary.AppendUvarint(dst, uint64(len(h.Text))), h.Text...)
}

// Next cuts the first record off. It must be there. Its keys are put into those that it had.
func (h *Held) Next(src []byte) (rest []byte) {
	number, n := binary.Uvarint(src)
	src = src[n:]
	h.Number, h.Grant, h.Keys = int64(number), src[0] == 1, h.Keys[:0]
	count := int(src[1])
	src = src[2:]
	for range count {
		h.Keys = append(h.Keys, Key(binary.LittleEndian.Uint64(src)))
		src = src[8:]
	}
	size, n := binary.Uvarint(src)
	h.Text = src[n : n+int(size)]
	return src[n+int(size):]
}

// Resume calls send with what is delivered of a record that was held, now that it is known that one of its keys is a run's.
func (r *Reader) Resume(object string, h *Held, send func(Batch) error) error {
	s := &scan{opts: r.Options, object: object, seen: map[raw.Instance]struct{}{}, count: h.Number - 1, known: true, send: send}
	s.opts.Later = false // the record is parsed
	s.concern = s.opts.concern()
	if err := s.record(h.Text, true); err != nil {
		return err
	}
	return s.flush()
}
