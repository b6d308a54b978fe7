package spool

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// segment is the one that is written to.
type segment struct {
	stem string
	path string
	file file
	buf  *bufio.Writer
	size int64       // bytes that are durable
	old  *time.Timer // when it is to be closed whatever its size
}

// begin begins a segment: when it returns nil, its name is durable.
func (s *Spool) begin() error {
	s.count++
	stem := stemOf(time.Now(), s.count)
	s.setCurrent(stem) // so that it isn't taken for one to compress
	path := filepath.Join(s.dir, openName(stem))
	f, err := s.disk.Create(path)
	if err != nil {
		s.setCurrent("")
		return err
	}
	s.open = &segment{stem: stem, path: path, file: f, buf: bufio.NewWriterSize(f, 256<<10), old: time.NewTimer(s.opts.MaxAge)}
	if err := s.disk.SyncDir(s.dir); err != nil {
		return errors.Join(err, s.abandon())
	}
	return nil
}

// add writes events, each with a line break, and makes them durable.
func (g *segment) add(batch []*delivery) error {
	n := int64(0)
	for _, d := range batch {
		if d.duplicate {
			continue
		}
		_, _ = g.buf.Write(d.line) // Flush returns errors
		_ = g.buf.WriteByte('\n')
		n += int64(len(d.line)) + 1
	}
	if err := g.buf.Flush(); err != nil {
		return err
	}
	if err := g.file.Sync(); err != nil {
		return err
	}
	if _, err := os.Stat(g.path); err != nil { // another process removed it
		return err
	}
	g.size += n
	return nil
}

// abandon ends the open segment after an error, with what was durable before. The rest is taken away, or, where the disk doesn't let
// it, left out later on: no sender has an acknowledgement.
func (s *Spool) abandon() error {
	var err error
	g := s.open
	if g.size == 0 {
		err = errors.Join(g.file.Close(), s.disk.Remove(g.path))
	} else {
		err = errors.Join(g.file.Truncate(g.size), g.file.Sync(), g.file.Close())
	}
	if err != nil {
		s.mu.Lock()
		s.durable[g.stem] = g.size
		s.mu.Unlock()
	}
	s.end()
	return err
}

// end makes the open segment one to compress.
func (s *Spool) end() {
	s.open.old.Stop()
	s.open = nil
	s.setCurrent("")
	wake(s.closable)
}

// setCurrent names the segment that is written to.
func (s *Spool) setCurrent(stem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = stem
}
