package spool

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"
)

// closeRetry is how long segments wait after one couldn't be compressed.
const closeRetry = 15 * time.Second

const notClosed = "segments stay uncompressed for now; no event is lost"

// closeAll compresses segments that have ended, until the spool is closed.
func (s *Spool) closeAll() {
	for {
		var again <-chan time.Time
		news := s.closable
		if err := s.closeSegments(); err != nil {
			s.log.Error(notClosed, "error", err)
			again, news = time.After(closeRetry), nil // a full disk has news all the time
		}
		select {
		case <-news:
		case <-again:
		case <-s.stop:
			return
		}
	}
}

// closeSegments compresses every segment that isn't written to.
func (s *Spool) closeSegments() error {
	found, err := segmentsIn(s.dir)
	if err != nil {
		return err
	}
	var failed []error
	for _, stem := range found.open {
		s.mu.Lock()
		busy := stem == s.current
		s.mu.Unlock()
		if busy {
			continue
		}
		if err := s.closeSegment(stem); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", openName(stem), err))
		}
	}
	return errors.Join(failed...)
}

// closeSegment renames a segment to its closed name, under which it is whole, and then takes the open one away.
func (s *Spool) closeSegment(stem string) error {
	var found content
	open, closed := filepath.Join(s.dir, openName(stem)), filepath.Join(s.dir, closedName(stem))
	_, err := os.Stat(closed)
	switch {
	case err == nil: // a process was killed in between
		found, err = s.scan(stem, open, func([]byte) error { return nil })
	case gone(err):
		found, err = s.compress(stem, open, closed)
	}
	if err != nil {
		return err
	}
	if err := s.disk.SyncDir(s.dir); err != nil {
		return err
	}
	if found.damaged > 0 {
		aside := filepath.Join(s.dir, damagedPrefix+stem)
		s.log.Error("lines of a segment are no events: it is kept as it is beside its good lines", "lines", found.damaged, "good", found.lines, "file", aside)
		err = s.disk.Rename(open, aside)
	} else {
		err = s.disk.Remove(open)
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.durable, stem)
	s.mu.Unlock()
	wake(s.closed)
	return s.disk.SyncDir(s.dir)
}

// compress writes the events of an open segment under its closed name, unless there are none.
func (s *Spool) compress(stem, open, closed string) (content, error) {
	making := filepath.Join(s.dir, makingPrefix+stem)
	if err := s.disk.Remove(making); err != nil && !gone(err) {
		return content{}, err
	}
	out, err := s.disk.Create(making)
	if err != nil {
		return content{}, err
	}
	z, err := zstd.NewWriter(out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		return content{}, errors.Join(err, out.Close())
	}
	found, err := s.scan(stem, open, func(line []byte) error {
		_, err := z.Write(append(line, '\n'))
		return err
	})
	err = errors.Join(err, z.Close())
	if err == nil {
		err = out.Sync()
	}
	err = errors.Join(err, out.Close())
	if err == nil && found.lines > 0 {
		return found, s.disk.Rename(making, closed)
	}
	return found, errors.Join(err, s.disk.Remove(making))
}

// content is what an open segment holds.
type content struct{ lines, damaged int }

// scan returns the events of an open segment to take, which may write over the byte after each.
func (s *Spool) scan(stem, path string, take func(line []byte) error) (c content, err error) {
	in, err := os.Open(path)
	if err != nil {
		return c, err
	}
	defer in.Close()
	for line, err := range linesOf(s.counting(stem, in)) {
		switch {
		case errors.Is(err, errTorn):
			s.log.Info("the end of a segment is left out: an event that was being written and was never acknowledged", "bytes", len(line), "file", path)
			return c, nil
		case err != nil:
			return c, err
		case len(line) == 0 || line[0] != '{' || !json.Valid(line):
			c.damaged++
			continue
		}
		c.lines++
		if err := take(line); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (s *Spool) removeDurably(path string) error {
	return errors.Join(s.disk.Remove(path), s.disk.SyncDir(s.dir))
}

// counting returns what counts of a segment: all, or what was durable when a commit failed.
func (s *Spool) counting(stem string, in io.Reader) io.Reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, ok := s.durable[stem]; ok {
		return io.LimitReader(in, n)
	}
	return in
}
