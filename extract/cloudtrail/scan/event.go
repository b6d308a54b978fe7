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

// fieldOf gives the field of a name, in any letter case, or false where it isn't looked at.
func fieldOf(name []byte) (field, bool) {
	for f, n := range fieldNames {
		if is(name, n) {
			return field(f), true
		}
	}
	return 0, false
}

// event is an event's fields as text: what a string says, and JSON for objects and arrays; nil where one is missing.
type event [fieldCount][]byte

// eventOf reads a record of JSON. Of a field that comes twice, the last counts.
func eventOf(record []byte) (event, error) {
	var e event
	if !members(record, func(key, value []byte) {
		if f, ok := fieldOf(key); ok {
			e[f] = text(value)
		}
	}) {
		return e, fmt.Errorf("%w: %w", ErrMalformed, json.Unmarshal(record, new(any)))
	}
	return e, nil
}

// failed tells whether the call didn't do anything, a dry run included.
func (e *event) failed() bool {
	switch string(e[errorCode]) {
	case "", "null", `\N`: // as exports write that there is none
		return false
	}
	return true
}

// changesNothing tells whether the call only read. Old events don't say so; then its name does.
func (e *event) changesNothing() bool {
	if len(e[readOnly]) > 0 {
		return bytes.EqualFold(e[readOnly], []byte("true"))
	}
	for _, verb := range []string{"Describe", "Get", "List", "Head", "Lookup"} {
		if bytes.HasPrefix(e[eventName], []byte(verb)) {
			return true
		}
	}
	return false
}

// account gives the AWS account the event happened in.
func (e *event) account(who identity) string {
	for _, id := range [][]byte{e[recipientAccountID], e[accountID]} {
		if len(id) > 0 {
			return string(id)
		}
	}
	return who.account
}

// timeForms are ISO 8601 as CloudTrail writes it, and how Athena writes a timestamp.
var timeForms = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05 UTC", "2006-01-02 15:04:05"} // with or without a fraction

// time gives the event's time as RFC 3339 in UTC.
func (e *event) time() (string, bool) {
	for _, form := range timeForms {
		if t, err := time.Parse(form, string(e[eventTime])); err == nil {
			return t.UTC().Format(time.RFC3339Nano), true
		}
	}
	return "", false
}
