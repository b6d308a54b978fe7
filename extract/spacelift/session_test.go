package spacelift

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"liftgraph/fixtures/fakespacelift"
)

// TestLostSession loses the session with the nth request, for every n, also between two pages. What was read after that
// never counts as complete, whether the server answers with empty lists or with "unauthorized".
func TestLostSession(t *testing.T) {
	account := small(120, 60)
	server, cfg := serve(t, account, fakespacelift.Options{})
	whole, _ := extract(t, cfg)
	requests := server.Count("")
	for _, empty := range []bool{true, false} {
		for n := 1; n <= requests; n++ {
			t.Run(fmt.Sprintf("token/empty=%v/%d", empty, n), func(t *testing.T) {
				server, cfg := serve(t, account, fakespacelift.Options{ExpiredAsEmpty: empty, LoseSessionAt: n})
				out := new(memory)
				report, err := Extract(t.Context(), cfg, out)
				if err != nil { // nothing but the account was read
					return
				}
				if len(out.records) >= len(whole.records) && incomplete(report) == nil && server.Count("") >= n {
					t.Fatalf("complete: %d records", len(out.records))
				}
				got := incomplete(report)
				if !slices.Contains(got, scopeDetails) && !slices.Contains(got, scopeRuns) { // the last that are read
					t.Errorf("incomplete are %v", got)
				}
				wantText(t, scopeNamed(t, report, got[len(got)-1]).Reason+fmt.Sprint(report.Notes), "the session was lost at 20", "run again with a new token")
			})
			if n < 3 { // the exchange, and the connection check, which fails at once
				continue
			}
			t.Run(fmt.Sprintf("key/empty=%v/%d", empty, n), func(t *testing.T) {
				server, cfg := serve(t, account, fakespacelift.Options{ExpiredAsEmpty: empty, LoseSessionAt: n, Keys: map[string]string{"01KEY": "s3cret"}})
				out, report := extract(t, cfg)
				if got := incomplete(report); got != nil || len(out.records) != len(whole.records) {
					t.Errorf("%v are incomplete, %d records of %d", report.Scopes, len(out.records), len(whole.records))
				}
				if n := server.Count("apiKeyUser"); n > 2 {
					t.Errorf("%d exchanges", n)
				}
			})
		}
	}
}

// TestNothingIsSentPastTheEnd: a ready token's own end stops the reading, before the server could answer it.
func TestNothingIsSentPastTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := time.Now().Add(2 * time.Minute)
		var last time.Time
		server, cfg := serveInside(t, small(300, 3), fakespacelift.Options{ExpiredAsEmpty: true, OnRequest: func(fakespacelift.Request) { last = time.Now() }})
		cfg.Token = jwt(fmt.Sprintf(`{"exp":%d.4954071}`, end.Unix()))
		cfg.Transport = reauthorized{cfg.Transport, server.IssueToken("marta@acme.example", time.Hour)}
		cfg.RequestsPerSecond = 0.1
		_, report := extract(t, cfg)
		if !last.Before(end.Add(time.Second)) {
			t.Errorf("the last request was sent at %s, the token ended at %s", last, end)
		}
		got := incomplete(report)
		if !slices.Contains(got, scopeRuns) {
			t.Errorf("incomplete are %v", got)
		}
		wantText(t, scopeNamed(t, report, scopeRuns).Reason, "the session was lost at", "the token expired at", "is good for longer")
	})
}

// TestNoSpaces: an account without a space can't be read completely.
func TestNoSpaces(t *testing.T) {
	account := small(5, 0)
	account.Tables["spaces"] = nil
	_, cfg := serve(t, account, fakespacelift.Options{})
	_, report := extract(t, cfg)
	if got := incomplete(report); !slices.Equal(got, []string{scopeSpaces}) {
		t.Errorf("incomplete are %v, want the spaces", got)
	}
}
