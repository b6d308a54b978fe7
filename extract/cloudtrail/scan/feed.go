package scan

import (
	"context"
	"io"
)

// splitting is a way to find the records of a text that comes in pieces.
type splitting interface {
	// run takes the records that end in b, which begins with what it has already seen and not dropped. It may leave the end
	// of b for the next call, unless b is the last one.
	run(b []byte, last bool) error

	// finish says whether b, the last one, is where the text ends.
	finish(b []byte) error

	// drop returns how many bytes at the beginning of b aren't needed any more: the next b begins behind them.
	drop() int
}

// feed is a writer that hands what is written to a splitting, and copies only what belongs to a record that doesn't
// end in the same piece.
type feed struct {
	ctx   context.Context
	to    splitting
	carry []byte // what was not dropped
	err   error  // of the splitting
}

// minPiece is how much is taken to complete a record, so that it doesn't take many calls.
const minPiece = 2 << 10

// Write implements [io.Writer].
func (f *feed) Write(p []byte) (int, error) {
	if f.ctx.Err() != nil {
		return 0, context.Cause(f.ctx)
	}
	size := len(p)
	for len(f.carry) > 0 && len(p) > 0 {
		had := len(f.carry)
		n := min(len(p), max(had, minPiece))
		f.carry = append(f.carry, p[:n]...)
		if f.err = f.to.run(f.carry, false); f.err != nil {
			return 0, f.err
		}
		if drop := f.to.drop(); drop >= had { // what is left stands in p
			p, f.carry = p[drop-had:], f.carry[:0]
		} else {
			p, f.carry = p[n:], f.carry[:copy(f.carry, f.carry[drop:])]
		}
	}
	if len(p) > 0 {
		if f.err = f.to.run(p, false); f.err != nil {
			return 0, f.err
		}
		f.carry = append(f.carry, p[f.to.drop():]...)
	}
	return size, nil
}

// takeAll hands a text to a splitting: its head, and the rest that is still to be read. An error of reading comes after
// what was read. The feed's memory serves for the next text too.
func (f *feed) takeAll(ctx context.Context, head []byte, rest io.Reader, to splitting) error {
	*f = feed{ctx: ctx, to: to, carry: f.carry[:0]}
	if cap(f.carry) > maxKept {
		f.carry = nil
	}
	if _, err := f.Write(head); err != nil {
		return err
	}
	_, err := io.Copy(f, rest)
	if f.err != nil || ctx.Err() != nil {
		return err
	}
	if err := to.run(f.carry, true); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	return to.finish(f.carry)
}

// maxKept is how much memory is kept for the next text.
const maxKept = 1 << 20
