package resource

import "strings"

// Event is what is looked at of a CloudTrail event. An empty field is one that the event doesn't have.
type Event struct {
	Source, Name                         string // eventSource and eventName as the event has them
	Region                               string // awsRegion
	Recipient                            string // recipientAccountId
	ReadOnly                             string // true, false or ""
	ErrorCode, ErrorMessage              string
	Management, Category, Type           string // managementEvent, eventCategory, eventType
	UserAgent, SourceIP                  string
	FromConsole                          string // sessionCredentialFromConsole
	Identity, Request, Response, Touched []byte // JSON: userIdentity, requestParameters, responseElements, resources
}

// Service returns the service that recorded an event: its source without .amazonaws.com, in lower case.
func Service(source string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(source, ".cn"), ".amazonaws.com"))
}

// Call returns an event's name without the date of the API's version at its end: UpdateFunctionCode20150331v2 and
// CreateDistribution2020_05_31 lose theirs.
func Call(name string) string {
	cut := name
	if n := len(cut); n > 2 && cut[n-2] == 'v' && isDigit(cut[n-1]) {
		cut = cut[:n-2]
	}
	for _, form := range []string{"dddddddd", "dddd_dd_dd"} {
		if n := len(cut) - len(form); n > 0 && hasForm(cut[n:], form) {
			return cut[:n]
		}
	}
	return name
}

func hasForm(text, form string) bool {
	for i := range len(form) {
		if form[i] == 'd' && !isDigit(text[i]) || form[i] != 'd' && text[i] != form[i] {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
