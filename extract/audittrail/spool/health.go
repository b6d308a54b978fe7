package spool

import (
	"errors"
	"path/filepath"
	"sync"
	"time"
)

// How long the answer of a check holds, and how much it writes.
const (
	checkHolds = time.Second
	checkBytes = 64 << 10
)

const checkName = ".check"

// health is the last check.
type health struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// Check reports whether the spool can be written, by writing. However often it is asked, it writes once a second.
func (s *Spool) Check() error {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	if time.Since(s.health.at) > checkHolds {
		s.health.err = s.tryWriting()
		s.health.at = time.Now()
	}
	return s.health.err
}

func (s *Spool) tryWriting() error {
	name := filepath.Join(s.dir, checkName)
	if err := s.disk.Remove(name); err != nil && !gone(err) {
		return err
	}
	f, err := s.disk.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, checkBytes))
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), s.disk.Remove(name))
}
