package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The names of files in a spool: a prefix, a stem and a suffix. The stem says when the segment began, in UTC, and is what its
// names have in common: its order is that of time.
const (
	openPrefix, openSuffix     = "current-", ".ndjson"
	closedPrefix, closedSuffix = "events-", ".ndjson.zst"
	damagedPrefix              = "damaged-"
	makingPrefix               = ".making-" // a closed segment that isn't whole yet

	stemTime = "20060102T150405.000000Z"
)

func stemOf(began time.Time, n int) string {
	return fmt.Sprintf("%s-%06d", began.UTC().Format(stemTime), n)
}

func openName(stem string) string   { return openPrefix + stem + openSuffix }
func closedName(stem string) string { return closedPrefix + stem + closedSuffix }

// segments is what a directory holds: the stems of segments, in order, under their open and their closed names.
type segments struct{ open, closed []string }

// segmentsIn lists a directory.
func segmentsIn(dir string) (segments, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return segments{}, err
	}
	var s segments
	for _, e := range entries {
		if stem, ok := stemIn(e.Name(), openPrefix, openSuffix); ok {
			s.open = append(s.open, stem)
		} else if stem, ok := stemIn(e.Name(), closedPrefix, closedSuffix); ok {
			s.closed = append(s.closed, stem)
		}
	}
	return s, nil
}

// stems returns all segments, in order.
func (s segments) stems() []string {
	all := slices.Concat(s.open, s.closed)
	slices.Sort(all)
	return slices.Compact(all)
}

func stemIn(name, prefix, suffix string) (string, bool) {
	stem, begins := strings.CutPrefix(name, prefix)
	stem, ends := strings.CutSuffix(stem, suffix)
	return stem, begins && ends
}

// Is reports whether a directory is a spool.
func Is(dir string) bool {
	_, locked := os.Stat(filepath.Join(dir, lockName))
	s, err := segmentsIn(dir)
	return err == nil && (locked == nil || len(s.open)+len(s.closed) > 0)
}

// gone reports whether a file isn't there, any more or at all.
func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
