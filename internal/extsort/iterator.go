package extsort

// batchSize is how many bytes of merged pairs are handed over at once.
const batchSize = 256 << 10

// Iterator returns sorted pairs. Reading and merging go on in a goroutine of its own, one batch ahead.
type Iterator struct {
	full, empty chan *buffer
	stop        chan struct{}
	current     *buffer
	n           int
	key, value  []byte
	err         error
	src         cursor
	spills      *spillFile
	closed      bool
}

func newIterator(src cursor, spills *spillFile) *Iterator {
	it := &Iterator{full: make(chan *buffer), empty: make(chan *buffer, 2), stop: make(chan struct{}), src: src, spills: spills}
	it.empty <- new(buffer)
	it.empty <- new(buffer)
	go it.fill()
	return it
}

func (it *Iterator) fill() {
	defer close(it.full)
	for more := true; more; {
		var b *buffer
		select {
		case b = <-it.empty:
		case <-it.stop:
			return
		}
		b.reset()
		for b.size() < batchSize {
			if more = it.src.next(); !more {
				break
			}
			b.add(it.src.pair())
		}
		select {
		case it.full <- b:
		case <-it.stop:
			return
		}
	}
}

// Next moves to the next pair and reports whether there is one; after false see [Iterator.Err].
func (it *Iterator) Next() bool {
	for it.current == nil || it.n == len(it.current.index) {
		if it.current != nil {
			it.empty <- it.current
			it.current = nil
		}
		b, ok := <-it.full
		if !ok {
			if it.err == nil {
				it.err = it.src.failure()
			}
			return false
		}
		it.current, it.n = b, 0
	}
	it.key, it.value = it.current.pair(it.n)
	it.n++
	return true
}

// Key returns the key of the current pair, valid until Next.
func (it *Iterator) Key() []byte { return it.key }

// Value returns the value of the current pair, valid until Next.
func (it *Iterator) Value() []byte { return it.value }

// Err returns what ended the iteration early, or nil.
func (it *Iterator) Err() error { return it.err }

// Close ends the iteration and frees its disk space.
func (it *Iterator) Close() error {
	if it.closed {
		return nil
	}
	it.closed = true
	close(it.stop)
	for range it.full {
	}
	it.current, it.key, it.value = nil, nil, nil
	if it.spills == nil {
		return nil
	}
	return it.spills.close()
}
