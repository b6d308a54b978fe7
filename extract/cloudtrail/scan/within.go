package scan

import (
	"bytes"
	"encoding/base64"
	"io"

	"github.com/klauspost/compress/gzip"
)

// maxWithin is how many objects, arrays and texts may stand around an event.
const maxWithin = 32

// within returns the events that stand anywhere in a record that is none itself, in their order: in lists and members of
// any name (hits.hits[]._source, results[]._raw, Messages[].Body), in JSON text, in base64 that may be compressed
// (awslogs.data, kinesis.data), and as rows whose columns are objects of their own (QueryResultRows).
func within(record []byte) []event {
	w := finder{budget: 8*len(record) + MaxRecord}
	w.value(record, 0)
	return w.events
}

// finder looks for events in JSON.
type finder struct {
	events []event
	budget int // of bytes that are still looked at, so that nesting doesn't take forever
}

func (w *finder) value(v []byte, depth int) {
	if v = bytes.TrimSpace(v); len(v) < minWithin || depth > maxWithin {
		return
	}
	if w.budget -= len(v); w.budget < 0 {
		return
	}
	switch v[0] {
	case '{':
		w.object(v, depth)
	case '[':
		all := elements(v)
		if row := rowOf(all); row != nil {
			if e, err := eventWithin(row, maxWraps); err == nil && e.stands() {
				w.events = append(w.events, e)
				return
			}
		}
		for _, e := range all {
			w.value(e, depth+1)
		}
	case '"':
		if skipString(v, 0) == len(v) {
			w.text(unquote(v), depth)
		}
	}
}

// minWithin is less than the length of the shortest event, in bytes.
const minWithin = len(`{"eventid":"","useridentity":""}`)

// object takes an object that is an event, or else looks into its members.
func (w *finder) object(v []byte, depth int) {
	e, err := eventWithin(v, 0)
	if err != nil {
		return
	}
	if e.stands() {
		w.events = append(w.events, e)
		return
	}
	members(v, func(_, value []byte) { w.value(value, depth+1) })
}

// text looks into a text that is JSON, one document or more, or base64 of it.
func (w *finder) text(text []byte, depth int) {
	text = bytes.TrimSpace(text)
	if len(text) < minWithin {
		return
	}
	if text[0] != '{' && text[0] != '[' && text[0] != '"' {
		if text = w.decoded(text); len(text) == 0 {
			return
		}
	}
	for i := skipSpace(text, 0); i < len(text); i = skipSpace(text, i) {
		end := skipValue(text, i, 0)
		if end < 0 {
			return
		}
		w.value(text[i:end], depth+1)
		i = end
	}
}

// decoded returns what base64 text holds where that is JSON, compressed with gzip or not; nil else.
func (w *finder) decoded(text []byte) []byte {
	// What gzip, { and [ begin with: of the latter, the second character has the last two bits and the next character's first.
	if !bytes.HasPrefix(text, []byte("H4sI")) && (text[0] != 'e' && text[0] != 'W' || bytes.IndexByte([]byte("wxyz0123456789+/"), text[1]) < 0) {
		return nil
	}
	plain, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || !bytes.HasPrefix(plain, []byte{0x1f, 0x8b}) {
		return plain
	}
	z, err := gzip.NewReader(bytes.NewReader(plain))
	if err != nil {
		return nil
	}
	plain, err = io.ReadAll(io.LimitReader(z, int64(max(0, min(w.budget, MaxRecord+1)))))
	if w.budget -= len(plain); err != nil || w.budget <= 0 || len(plain) > MaxRecord {
		return nil
	}
	return plain
}

// rowOf makes an object of a row whose columns are objects of their own, as CloudTrail Lake's [{"eventID":"1"},…] and
// CloudWatch Logs Insights' [{"field":"eventID","value":"1"},…]; nil where it isn't one.
func rowOf(columns [][]byte) []byte {
	if len(columns) < 2 {
		return nil
	}
	row := []byte{'{'}
	seen := map[string]bool{}
	for _, c := range columns {
		var key, value []byte
		n, named := 0, 0
		if c[0] != '{' || !members(c, func(k, v []byte) {
			n++
			switch {
			case is(k, "field"):
				key, named = text(v), named+1
			case is(k, "value"):
				value, named = v, named+1
			default:
				key, value = k, v
			}
		}) || n > 2 || n == 2 && named < 2 || n == 0 || named == 1 || len(value) == 0 || value[0] == '{' || value[0] == '[' || seen[string(key)] {
			return nil
		}
		seen[string(key)] = true
		if len(row) > 1 {
			row = append(row, ',')
		}
		row = append(append(append(row, marshal(string(key))...), ':'), value...)
	}
	return append(row, '}')
}

// stands reports whether an event is one for certain, wherever it was found: it says who made it, or has all else.
func (e *event) stands() bool {
	return !e.triggers() && e[eventID] != nil && (e[userIdentity] != nil || e[eventName] != nil && e[eventSource] != nil && e[eventTime] != nil)
}

// triggers reports whether it is no event of CloudTrail, but what starts a Lambda function: aws:s3, aws:sqs, aws:kinesis.
func (e *event) triggers() bool { return bytes.HasPrefix(e[eventSource], []byte("aws:")) }
