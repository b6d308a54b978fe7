package background

// Buffer gathers bytes and hands them to a function in the background, one full buffer behind.
type Buffer struct {
	Worker
	take        func([]byte) error
	size        int
	front, back []byte
}

// NewBuffer hands over size bytes or a little more at once: a buffer is only cut where Take was called.
func NewBuffer(size int, take func([]byte) error) *Buffer { return &Buffer{take: take, size: size} }

// Bytes returns what was gathered, to be appended to and given back by Take.
func (b *Buffer) Bytes() []byte { return b.front }

// Take takes what Bytes gave, extended.
func (b *Buffer) Take(extended []byte) error {
	b.front = extended
	if len(extended) < b.size {
		return nil
	}
	return b.Flush()
}

// Flush hands over what was gathered without waiting for it to be taken.
func (b *Buffer) Flush() error {
	if err := b.Wait(); err != nil || len(b.front) == 0 {
		return err
	}
	full := b.front
	b.front, b.back = b.back[:0], full
	if cap(full) > 4*b.size {
		b.back = nil // one huge row isn't worth keeping its memory
	}
	return b.Do(func() error { return b.take(full) })
}

// Finish hands over what is left and waits until it is taken.
func (b *Buffer) Finish() error {
	if err := b.Flush(); err != nil {
		return err
	}
	return b.Wait()
}
