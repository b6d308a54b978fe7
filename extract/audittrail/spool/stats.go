package spool

import (
	"os"
	"strings"
)

// Stats counts what a spool holds.
type Stats struct {
	Open, Closed, Damaged Files
}

// Files counts files.
type Files struct {
	Count int
	Bytes int64
}

// Stats returns what the spool holds.
func (s *Spool) Stats() (Stats, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return Stats{}, err
	}
	var sum Stats
	for _, e := range entries {
		var files *Files
		switch name := e.Name(); {
		case strings.HasPrefix(name, openPrefix):
			files = &sum.Open
		case strings.HasPrefix(name, closedPrefix):
			files = &sum.Closed
		case strings.HasPrefix(name, damagedPrefix):
			files = &sum.Damaged
		default:
			continue
		}
		info, err := e.Info()
		if gone(err) {
			continue
		}
		if err != nil {
			return Stats{}, err
		}
		files.Count++
		files.Bytes += info.Size()
	}
	return sum, nil
}
