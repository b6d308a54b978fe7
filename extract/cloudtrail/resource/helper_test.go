package resource

import (
	"encoding/json"
	"testing"
)

// eventOf makes an event of a record of CloudTrail.
func eventOf(t testing.TB, record []byte) *Event {
	t.Helper()
	var r struct {
		EventSource, EventName, AwsRegion, RecipientAccountID, ErrorCode, ErrorMessage, EventCategory, EventType, UserAgent, SourceIPAddress string
		EventID, SessionCredentialFromConsole                                                                                                string
		ReadOnly, ManagementEvent                                                                                                            *bool
		UserIdentity, RequestParameters, ResponseElements, Resources                                                                         json.RawMessage
	}
	if err := json.Unmarshal(record, &r); err != nil {
		t.Fatal(err)
	}
	word := func(b *bool) string {
		if b == nil {
			return ""
		}
		return map[bool]string{true: "true", false: "false"}[*b]
	}
	return &Event{
		Source: r.EventSource, Name: r.EventName, Region: r.AwsRegion, Recipient: r.RecipientAccountID, ReadOnly: word(r.ReadOnly), ErrorCode: r.ErrorCode,
		ErrorMessage: r.ErrorMessage, Management: word(r.ManagementEvent), Category: r.EventCategory, Type: r.EventType, UserAgent: r.UserAgent,
		SourceIP: r.SourceIPAddress, FromConsole: r.SessionCredentialFromConsole, Identity: r.UserIdentity, Request: r.RequestParameters,
		Response: r.ResponseElements, Touched: r.Resources,
	}
}
