package objects

import (
	"bytes"
	"errors"
	"io"
)

// OpenTwice is [Decompressor.Open] for what may be compressed twice, as what CloudWatch Logs sends through Firehose.
func (d *Decompressor) OpenTwice(r io.Reader) (io.Reader, error) {
	once, err := d.Open(r)
	if err != nil || once != io.Reader(&d.gzip) && (d.zstd == nil || once != io.Reader(d.zstd)) {
		return once, err
	}
	head := make([]byte, len(zstdMagic))
	n, err := io.ReadFull(once, head)
	whole := &again{head: head[:n], rest: once}
	switch {
	case err != nil && n == 0:
		whole.rest = failing{err}
		return whole, nil
	case err != nil: // the next read says it again
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			whole.rest = failing{err}
		}
		return whole, nil
	case !bytes.HasPrefix(head, gzipMagic) && !isZstd(head):
		return whole, nil
	}
	if d.more == nil {
		d.more = new(Decompressor)
	}
	return d.more.Open(whole)
}

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// again is a reader of what was read already, and of the rest, which it hands to a writer without a copy.
type again struct {
	head []byte
	rest io.Reader
}

// Read implements [io.Reader].
func (a *again) Read(p []byte) (int, error) {
	if len(a.head) > 0 {
		n := copy(p, a.head)
		a.head = a.head[n:]
		return n, nil
	}
	return a.rest.Read(p)
}

// WriteTo implements [io.WriterTo].
func (a *again) WriteTo(w io.Writer) (n int64, err error) {
	if len(a.head) > 0 {
		wrote, err := w.Write(a.head)
		a.head = a.head[wrote:]
		if n = int64(wrote); err != nil {
			return n, err
		}
	}
	more, err := io.Copy(w, a.rest)
	return n + more, err
}

// failing is a reader that has failed.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
