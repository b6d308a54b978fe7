package trace

import (
	"slices"
	"strings"
	"testing"
	"time"

	"liftgraph/internal/dataset"
)

// The incident's story is in the order of time, with who planned, confirmed and applied.
func TestTimeline(t *testing.T) {
	for format, dir := range publish(t, sampleRows(t)) {
		s := ask(t, dir, Question{ID: "i-046d87f24fb0ca530"}).Answers[0]
		var got []string
		for _, e := range s.Timeline {
			if e.Kind != APICall {
				got = append(got, e.Time+" "+string(e.Kind)+" "+e.Who)
			}
		}
		want := []string{
			"2026-11-13T19:31:00Z commit dana-reyes (Dana Reyes)",
			"2026-11-13T19:42:00Z queued a Git push, or another stack",
			"2026-11-13T19:42:35Z planned worker 01HPS6K4BNB7BPHCDHDWFAMJNV on i-0be2be7fdc122d01f",
			"2026-11-13T19:43:04Z waiting ",
			"2026-11-13T23:47:00Z confirmed priya.nair@acme-corp.example, human",
			"2026-11-13T23:47:20Z applied worker 01M6DDFPVFWY4VR1THTDYQP1GJ on i-0b859cd5e648eb564",
			"2026-11-13T23:48:15Z finished ",
			"2026-11-16T07:58:00Z commit tomas-novak (Tomáš Novák)",
			"2026-11-16T08:05:00Z queued tomas-novak, human",
			"2026-11-16T08:05:35Z planned worker 01M6DDFPVFWY4VR1THTDYQP1GJ on i-0b859cd5e648eb564",
			"2026-11-16T08:06:04Z waiting ",
			"2026-11-16T08:09:00Z confirmed tomas-novak, human",
			"2026-11-16T08:09:20Z applied worker 01M6DDFPVFWY4VR1THTDYQP1GJ on i-0b859cd5e648eb564",
			"2026-11-16T08:10:15Z finished ",
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", format, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if c := s.Runs[1].ConfirmedBy; len(c) != 1 || c[0].Role != "WRITE" || c[0].ReadOnly {
			t.Errorf("confirmed by %+v", c)
		}
	}
}

// A run's page is that of the endpoint that its row was read from, failing that of the account.
func TestRunURL(t *testing.T) {
	for want, m := range map[string]dataset.Manifest{
		"https://acme.app.spacelift.io/stack/web/run/R1": {Accounts: []string{"acme"}},
		"https://sl.example:8443/stack/web/run/R1":       {Accounts: []string{"acme"}, Sources: []dataset.Source{{Name: "spacelift", Endpoint: "https://sl.example:8443/graphql"}}},
		"": {Accounts: []string{"acme", "other"}},
	} {
		if got := runURL(&m, "acme/web", "R1"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The nearest space in which more than READ is held counts; one who may only read everywhere is said to.
func TestStanding(t *testing.T) {
	path := []Space{{ID: "root"}, {ID: "prod"}, {ID: "pay"}}
	for want, held := range map[string]map[[2]string][]string{
		"with READ only in root / prod / pay (pay)":   {{"u", "pay"}: {"READ"}, {"u", "other"}: {"ADMIN"}},
		"as ADMIN in root / prod (prod)":              {{"u", "pay"}: {"READ"}, {"u", "prod"}: {"WRITE", "ADMIN", "READ"}},
		"as deployer in root (root)":                  {{"u", "root"}: {"deployer"}},
		"whose role in the stack's space isn't known": {{"v", "root"}: {"ADMIN"}},
	} {
		c := Confirmation{User: User{ID: "u"}}
		c.stand(path, held)
		if got := c.standing(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Events count from a day before a run's commit to a day after its last call, and not between two runs' days.
func TestSpans(t *testing.T) {
	at := func(s string) time.Time { v, _ := time.Parse("2006-01-02 15:04", s); return v }
	var s spans
	s.widen(1, at("2026-11-13 12:00"))
	s.widen(1, at("2026-11-13 14:00"))
	s.widen(2, at("2026-11-20 12:00"))
	for when, want := range map[string]bool{
		"2026-11-12 11:59": false, "2026-11-12 12:00": true, "2026-11-14 14:00": true, "2026-11-14 14:01": false,
		"2026-11-17 00:00": false, "2026-11-19 12:00": true,
	} {
		if got := s.holds(at(when)); got != want {
			t.Errorf("%s: got %v, want %v", when, got, want)
		}
	}
}

// What users typed is a link only where it leads to the web.
func TestWebURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://github.com/a/b/commit/1": "https://github.com/a/b/commit/1", "javascript:alert(1)": "", "\tJaVaScript:alert(1)": "", "data:text/html,x": "",
		"//evil.example": "", "https://user:pass@evil.example/": "", "": "", "https://": "", "java\nscript:alert(1)": "",
	} {
		if got := webURL(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
