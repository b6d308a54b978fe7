package scan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// field is a field of an event that is looked at.
type field int

const (
	eventID field = iota
	eventTime
	eventName
	eventSource
	awsRegion
	recipientAccountID
	accountID // the same, as exports may call it
	readOnly
	errorCode
	userIdentity
	requestParameters
	responseElements
	resources

	errorMessage // from here on: of what touches resources only
	managementEvent
	eventCategory
	eventType
	userAgent
	sourceIP
	sharedEventID
	fromConsole
	fieldCount
)

// fieldNames are in lower case, as exports have them.
var fieldNames = [fieldCount]string{
	"eventid", "eventtime", "eventname", "eventsource", "awsregion", "recipientaccountid", "account", "readonly", "errorcode",
	"useridentity", "requestparameters", "responseelements", "resources",
	"errormessage", "managementevent", "eventcategory", "eventtype", "useragent", "sourceipaddress", "sharedeventid", "sessioncredentialfromconsole",
}

// event is an event's fields as text: what a string says, and JSON for objects and arrays; nil where one is missing.
type event [fieldCount][]byte

// eventOf reads a record of JSON: an event, flattened or not, or what wraps one. Of a field that comes twice, the last
// counts.
func eventOf(record []byte) (event, error) { return eventWithin(record, 0) }

// recordOf is [eventOf] for a record of an object, which may be printed by Python, and not JSON: {'eventID': 'x', 'a': None}.
func recordOf(record []byte) (event, error) {
	e, err := eventOf(record)
	if err != nil && bytes.HasPrefix(bytes.TrimLeft(record, "{ \t\r\n"), []byte("'")) {
		if object := objectOf(record); object != nil {
			return eventOf(object)
		}
	}
	return e, err
}

// maxWraps is how many envelopes are opened around an event.
const maxWraps = 4

func eventWithin(record []byte, wraps int) (event, error) {
	var e event
	var w envelope
	if !members(record, func(key, value []byte) {
		if s, ok := spelled[string(key)]; ok {
			if s.known {
				e.set(s.field, nil, text(value), nil)
			}
		} else if f, rest, ok := fieldOf(key); ok {
			e.set(f, rest, text(value), &w.flat)
		} else if wraps < maxWraps {
			w.note(key, value)
		}
	}) {
		return e, fmt.Errorf("%w: %w", ErrMalformed, json.Unmarshal(record, new(any)))
	}
	w.flat.into(&e)
	if e[userIdentity] == nil || !e.isOne() {
		w.open(&e, record, wraps)
	}
	if e[eventTime] == nil {
		e[eventTime] = w.at
	}
	return e, nil
}

// set sets a field.
func (e *event) set(f field, rest, value []byte, flat *flattened) {
	if isNone(value) {
		value = nil
	}
	if len(value) > 0 && value[0] == '[' && (f < userIdentity || f > resources || f == userIdentity && rest != nil) {
		value = single(value)
	}
	if rest == nil {
		e[f] = value
	} else if value != nil {
		flat.add(f, rest, value)
	}
}

// single returns the text of the only element of a list, as Elasticsearch has fields; another value as it stands.
func single(value []byte) []byte {
	if all := elements(value); len(all) == 1 && all[0][0] != '{' && all[0][0] != '[' {
		return text(all[0])
	}
	return value
}

// failed reports whether the call didn't do anything, a dry run included.
func (e *event) failed() bool { return !isNone(e[errorCode]) }

// changesNothing reports whether the call only read. Old events don't say so; then its name does.
func (e *event) changesNothing() bool {
	if only, known := boolOf(e[readOnly]); known {
		return only
	}
	for _, verb := range []string{"Describe", "Get", "List", "Head", "Lookup"} {
		if bytes.HasPrefix(e[eventName], []byte(verb)) {
			return true
		}
	}
	return false
}

// account returns the AWS account that the event happened in.
func (e *event) account(who identity) string {
	for _, id := range [][]byte{e[recipientAccountID], e[accountID]} {
		if a := accountOf(id); !isNone([]byte(a)) {
			return a
		}
	}
	return accountOf([]byte(who.account))
}

// time returns the event's time as RFC 3339 in UTC.
func (e *event) time() (string, bool) {
	t, ok := timeOf(string(e[eventTime]))
	return t.Format(time.RFC3339Nano), ok
}
