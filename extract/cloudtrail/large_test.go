package cloudtrail

import (
	"strings"
	"testing"

	"liftgraph/extract/cloudtrail/scan"
)

// Whatever is too large to be held, and wherever it stands, costs no more than itself.
func TestLargeParts(t *testing.T) {
	large := strings.Repeat("y", scan.MaxRecord+scan.MaxRecord/8)
	some := strings.Repeat("p", 200_000)
	for name, content := range map[string]string{
		"record in an array":   `[{"x":"` + large + `","r":{"a":1}},` + events[0] + `]`,
		"record in a log":      `{"Records":[{"x":"` + large + `","r":{"a":1}},` + events[0] + `]}`,
		"before Records":       `{"junk":"` + large + `","Records":[` + events[0] + `]}`,
		"behind Records":       `{"Records":[` + events[0] + `],"junk":"` + large + `"}`,
		"objects behind":       `{"Records":[` + events[0] + `],"x":{"y":1},"pad":"` + some + `","z":{"a":1}}`,
		"objects far behind":   `{"Records":[` + events[0] + `],"x":{"y":1},"pad":"` + large + `","z":{"a":1}}`,
		"objects between":      `{"a":{"b":{"c":"` + large + `"}},"d":{"e":1},"Records":[` + events[0] + `]}`,
		"a document over 8 MB": `{"a":[` + strings.Repeat(`{"b":{"c":"`+some+`"}},`, 60) + `{}]}` + "\n" + events[0],
	} {
		out, report := extract(t, one(content), Config{FollowRoles: true})
		if reason := report.Scopes[0].Reason; strings.Contains(reason, "report it") {
			t.Errorf("%s: %s", name, reason)
		}
		for _, s := range report.Scopes {
			if strings.Contains(s.Reason, "report it") {
				t.Errorf("%s: %s", name, s.Reason)
			}
		}
		if len(out.records) == 0 && report.Scopes[0].Complete {
			t.Errorf("%s: nothing was found, and nothing is said: %+v", name, report.Ledger)
		}
	}
}

// What can't be used isn't shown: it may hold credentials.
func TestMalformedTextIsNotKept(t *testing.T) {
	const secret = "canary-7fb1"
	for _, content := range []string{
		events[0] + "\n" + `{"eventID":"q","requestParameters":{"masterUserPassword":"` + secret + `"},"bad":\x}` + "\n" + events[2] + "\n",
		`{"Records":[` + events[0] + `] ` + secret + `,` + events[2] + `]}`,
		events[0] + secret,
		"eventid,useridentity,requestparameters\n\"x\",\"y\",\"" + secret + "\",\"z\"\n",
	} {
		out, report := extract(t, one(content), Config{})
		text := out.lines(t)
		for _, s := range report.Scopes {
			text += s.Reason
		}
		if strings.Contains(text, secret) {
			t.Errorf("%q shows the secret: %s", content, text)
		}
	}
}
