// Package payload knows the bodies that Spacelift's audit trail sends: what kind of event one is, and which.
//
// A body has no id. The same event comes more than once, because deliveries are repeated, so it is known by the SHA-256 of its
// canonical form, like that of `jq -cS`: no white space, the keys of each object in the order of their bytes, strings
// with no more escapes than JSON needs, numbers as they are written.
package payload

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
)

// Kind is a kind of event.
type Kind string

// The kinds. They are distinguished by the field that each has: "action" or "run".
const (
	Standard Kind = "standard"  // a user changed something in Spacelift
	RunState Kind = "run_state" // a run went into another state; sent where the audit trail includes runs
	Unknown  Kind = "unknown"   // neither
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{Standard, RunState, Unknown} }

// Digest is the SHA-256 of a canonical body.
type Digest [sha256.Size]byte

// String returns the digest in lower-case hex: the id of the event.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Payload is what a body says of an event.
type Payload struct {
	Kind    Kind
	Account string // its name; "" where there is none, as with the next three
	Action  string // such as stack.create; of standard events
	Actor   string // such as github::name; of standard events
	Time    int64  // Unix milliseconds; 0 where there is none
	Line    []byte // the body without white space between its parts, otherwise as it came; without line breaks
	Digest  Digest
}

// Why a body is refused.
var (
	ErrNotAnObject = errors.New("the body is not one JSON object")
	ErrTooDeep     = errors.New("the body's JSON is nested too deeply")
)

// Parse reads a body, which isn't changed. It refuses one that isn't a single JSON object, or is nested deeper than
// 128 arrays and objects. Fields of the envelope that are missing or of another type are passed over.
func Parse(body []byte) (Payload, error) {
	var line bytes.Buffer
	line.Grow(len(body))
	if err := json.Compact(&line, body); err != nil || line.Len() == 0 || line.Bytes()[0] != '{' {
		return Payload{}, ErrNotAnObject
	}
	p := Payload{Line: line.Bytes()}
	var e envelope
	form, err := canonical(p.Line, e.field)
	if err != nil {
		return Payload{}, err
	}
	p.Digest = sha256.Sum256(form)
	p.Account = e.account
	switch {
	case e.action != "":
		p.Kind, p.Action, p.Actor, p.Time = Standard, e.action, e.actor, e.timestamp
		if p.Time < 1e11 { // seconds, which some senders write: as milliseconds they would be before 1974
			p.Time *= 1000
		}
	case e.run:
		p.Kind, p.Time = RunState, e.millis
		if p.Time == 0 {
			p.Time = e.timestamp * 1000 // of these events it is in seconds
		}
	default:
		p.Kind, p.Time = Unknown, e.millis
	}
	return p, nil
}

// ID returns the id of a body's event: its [Digest] in hex, or "" for a body that [Parse] refuses. It doesn't depend on the order of
// keys, on white space or on how strings are escaped.
func ID(body []byte) string {
	p, err := Parse(body)
	if err != nil {
		return ""
	}
	return p.Digest.String()
}

// envelope is the fields of a body that tell what it is.
type envelope struct {
	account, action, actor string
	timestamp, millis      int64
	run                    bool
}

// field takes one, both parts in canonical form.
func (e *envelope) field(key, value []byte) {
	switch string(key) {
	case "account":
		e.account = text(value)
	case "action":
		e.action = text(value)
	case "actor":
		e.actor = text(value)
	case "timestamp":
		e.timestamp = number(value)
	case "timestamp_millis":
		e.millis = number(value)
	case "run":
		e.run = value[0] == '{'
	}
}

// text returns the content of a JSON string, "" for anything else.
func text(value []byte) (s string) {
	if value[0] != '"' || json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

// number returns a whole number, 0 for anything else.
func number(value []byte) int64 {
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
