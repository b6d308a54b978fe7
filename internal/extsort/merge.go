package extsort

import "bytes"

// cursor returns pairs in order, each valid until the next.
type cursor interface {
	next() bool
	pair() (key, value []byte)
	failure() error
}

// merge is a cursor over several runs: a binary heap of their heads.
type merge struct {
	heap    []*runCursor
	started bool
	err     error
}

func newMerge(s *spillFile, runs []run) (*merge, error) {
	m := new(merge)
	for _, r := range runs {
		c := s.cursor(r)
		if c.next() {
			m.heap = append(m.heap, c)
		} else if c.err != nil {
			return nil, c.err
		}
	}
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.down(i)
	}
	return m, nil
}

func (m *merge) next() bool {
	if !m.started {
		m.started = true
		return len(m.heap) > 0
	}
	if len(m.heap) == 0 {
		return false
	}
	if top := m.heap[0]; !top.next() {
		if top.err != nil {
			m.err = top.err
			return false
		}
		last := len(m.heap) - 1
		m.heap[0] = m.heap[last]
		m.heap = m.heap[:last]
	}
	m.down(0)
	return len(m.heap) > 0
}

func (m *merge) pair() (key, value []byte) { return m.heap[0].key, m.heap[0].value }

func (m *merge) failure() error { return m.err }

func (m *merge) less(i, j int) bool {
	a, b := m.heap[i], m.heap[j]
	if c := bytes.Compare(a.key, b.key); c != 0 {
		return c < 0
	}
	return bytes.Compare(a.value, b.value) < 0
}

func (m *merge) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(m.heap) {
			return
		}
		if r := child + 1; r < len(m.heap) && m.less(r, child) {
			child = r
		}
		if !m.less(child, i) {
			return
		}
		m.heap[i], m.heap[child] = m.heap[child], m.heap[i]
		i = child
	}
}

// bufferCursor is a cursor over a sorted buffer.
type bufferCursor struct {
	buf *buffer
	n   int
}

func (c *bufferCursor) next() bool { c.n++; return c.n <= len(c.buf.index) }

func (c *bufferCursor) pair() (key, value []byte) { return c.buf.pair(c.n - 1) }

func (c *bufferCursor) failure() error { return nil }
