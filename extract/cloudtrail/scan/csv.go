package scan

import (
	"bytes"
	"encoding/csv"
	"fmt"
)

// csvLines takes the events of a CSV export, whose first line names the columns.
func csvLines(s *scan) *lineSplitter {
	var columns []field // fieldCount: one that isn't looked at
	l := &lineSplitter{quoted: true, skip: s.tooLarge}
	l.take = func(line []byte) error {
		if len(bytes.TrimSpace(line)) == 0 {
			return nil
		}
		if columns == nil {
			var err error
			columns, err = header(line)
			s.known = err == nil
			return err
		}
		// A quote too many joins lines, and what is behind it can't be told apart any more.
		joined := l.ends-l.before > 1
		concerns := s.concern.of(line, true)
		var cells []string
		var err error
		if concerns || joined || l.last {
			cells, err = cellsOf(line)
			if err == nil && len(cells) != len(columns) {
				err = fmt.Errorf("it has %d cells, not the %d of the first line", len(cells), len(columns))
			}
		}
		if err != nil && (joined || l.last) {
			return l.broken(err)
		}
		if err := s.next(); err != nil {
			return err
		}
		if err == nil && !concerns {
			s.batch.filtered[notSpacelift]++
			return nil
		}
		if err != nil {
			s.rejectText(line, err)
			return nil
		}
		var e event
		for i, f := range columns {
			if f < fieldCount && cells[i] != "" {
				e[f] = []byte(cells[i])
			}
		}
		s.keep(&e)
		return nil
	}
	return l
}

// header reads the line that names the columns.
func header(line []byte) ([]field, error) {
	names, err := cellsOf(line)
	columns := make([]field, len(names))
	var found event
	for i, name := range names {
		f, ok := fieldOf([]byte(name))
		if columns[i] = f; !ok {
			columns[i] = fieldCount
			continue
		}
		found[f] = []byte(name)
	}
	if err != nil || found[eventID] == nil || found[userIdentity] == nil {
		return nil, fmt.Errorf("%w: it is text, but its first line doesn't name the columns eventid and useridentity of a CSV export", ErrUnknown)
	}
	return columns, nil
}

func cellsOf(line []byte) ([]string, error) { return csv.NewReader(bytes.NewReader(line)).Read() }
