package scan

import (
	"bytes"
	"encoding/csv"
	"fmt"
)

// csvLines takes the events of a CSV export, whose first line names the columns.
func csvLines(s *scan) *lineSplitter {
	var columns []string
	comma := ','
	l := &lineSplitter{quoted: true, skip: s.tooLarge}
	l.take = func(line []byte) error {
		if len(bytes.TrimSpace(line)) == 0 {
			return nil
		}
		if columns == nil {
			var err error
			comma = commaOf(line)
			columns, err = header(line, comma)
			s.known = err == nil
			return err
		}
		// A quote too many joins lines, and what is behind it can't be distinguished any more.
		joined := l.ends-l.before > 1
		concerns := s.concern.of(line, true)
		var cells []string
		var err error
		plain := !concerns && s.identified && !s.nested
		if !plain || joined || l.last {
			cells, err = cellsOf(line, comma)
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
		if err == nil && plain {
			s.batch.filtered[notSpacelift]++
			return nil
		}
		if err != nil {
			s.rejectText(line, err)
			return nil
		}
		return s.cells(columns, cells, concerns)
	}
	return l
}

// cells takes a row, which was counted already.
func (s *scan) cells(columns, cells []string, concerns bool) error {
	e := eventOfCells(columns, cells)
	if !e.isPlain() {
		whole := map[string]string{}
		for i, name := range columns {
			whole[name] = cells[i]
		}
		if inner := within(marshal(whole)); len(inner) > 0 {
			s.count--
			s.batch.In--
			return s.inner(inner)
		}
	}
	s.identify(&e)
	if !concerns {
		s.batch.filtered[notSpacelift]++
		return nil
	}
	s.keep(&e)
	return nil
}

// header reads the line that names the columns: those of events, or one that holds events as JSON.
func header(line []byte, comma rune) ([]string, error) {
	names, err := cellsOf(line, comma)
	if err != nil {
		return nil, fmt.Errorf("%w: its first line isn't one of CSV: %w", ErrUnknown, err)
	}
	var found event
	var w envelope
	for _, name := range names {
		if f, _, ok := fieldOf([]byte(name)); ok {
			found[f] = []byte(name)
		} else {
			w.note([]byte(name), []byte(`""`))
		}
	}
	if w.inner == nil && found[userIdentity] == nil && found[eventName] != nil && w.user {
		return nil, fmt.Errorf("%w: it is the CSV of CloudTrail's event history, which doesn't say who made a call: download it as JSON", ErrUnknown)
	}
	if w.inner == nil && (found[eventID] == nil || found[userIdentity] == nil) {
		return nil, fmt.Errorf("%w: it is text, but its first line doesn't name the columns eventid and useridentity of a CSV export", ErrUnknown)
	}
	return names, nil
}

// eventOfCells reads a row.
func eventOfCells(columns, cells []string) event {
	var e event
	var w envelope
	for i, name := range columns {
		if f, rest, ok := fieldOf([]byte(name)); ok {
			e.set(f, rest, []byte(cells[i]), &w.flat)
		} else if cells[i] != "" {
			w.note([]byte(name), marshal(cells[i]))
		}
	}
	w.flat.into(&e)
	if e[userIdentity] == nil || !e.isOne() {
		w.open(&e, nil, 0)
	}
	if e[eventTime] == nil {
		e[eventTime] = w.at
	}
	return e
}

// commaOf returns what separates the columns that a line names.
func commaOf(line []byte) rune {
	comma, most := ',', 0
	for _, c := range ",\t;|" {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			comma, most = c, n
		}
	}
	return comma
}

func cellsOf(line []byte, comma rune) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(line))
	r.Comma = comma
	return r.Read()
}
