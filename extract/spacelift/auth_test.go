package spacelift

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"liftgraph/fixtures/fakespacelift"
)

// TestRefreshDuringExtraction reads so slowly that the token of the key ends several times.
func TestRefreshDuringExtraction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := small(120, 3)
		server, cfg := serveInside(t, account, fakespacelift.Options{Keys: map[string]string{"01KEY": "s3cret"}, TokenLifetime: 5 * time.Minute})
		cfg.RequestsPerSecond = 0.02 // one in 50 s
		out, report := extract(t, cfg)
		if len(incomplete(report)) > 0 || len(out.ids("run")) != 120 {
			t.Errorf("%d runs; %+v", len(out.ids("run")), report.Scopes)
		}
		if n := server.Count("apiKeyUser"); n < 3 || n > 12 {
			t.Errorf("%d exchanges", n)
		}
		if n := server.Count("viewer"); n != 1 {
			t.Errorf("viewer was asked %d times: a token had ended", n)
		}
	})
}

func TestKeyIsExchangedOnce(t *testing.T) {
	server, cfg := serve(t, small(60, 3), fakespacelift.Options{Keys: map[string]string{"01KEY": "s3cret"}})
	if _, report := extract(t, cfg); len(incomplete(report)) > 0 {
		t.Errorf("%+v", report.Scopes)
	}
	if n := server.Count("apiKeyUser"); n != 1 {
		t.Errorf("%d exchanges", n)
	}
}

// TestRevoked takes the token away in the middle: a key gets a new one, a ready token ends the extraction.
func TestRevoked(t *testing.T) {
	revoke := fakespacelift.Fault{Field: "searchManagedEntities", Nth: 1, Do: fakespacelift.RevokeToken()}
	server, cfg := serve(t, small(60, 3), fakespacelift.Options{Keys: map[string]string{"01KEY": "s3cret"}, Faults: []fakespacelift.Fault{revoke}})
	if _, report := extract(t, cfg); len(incomplete(report)) > 0 || server.Count("apiKeyUser") != 2 {
		t.Errorf("%d exchanges, %+v", server.Count("apiKeyUser"), report.Scopes)
	}

	server, cfg = serve(t, small(60, 3), fakespacelift.Options{Faults: []fakespacelift.Fault{revoke}})
	out, report := extract(t, cfg)
	if got := incomplete(report); !slices.Equal(got, []string{scopeEntities, scopeRuns, scopeDetails, scopeLogs}) || len(out.ids("stack")) != 3 {
		t.Errorf("%v", got)
	}
	wantText(t, scopeNamed(t, report, scopeRuns).Reason, "no longer accepted", "GENERATED", "are missing", "run again with a new token")
	wantText(t, fmt.Sprint(report.Notes), "cut short")
	if n := server.Count("searchRuns"); n != 0 {
		t.Errorf("the dead token was sent %d times for runs", n)
	}
}

// TestReadyTokenEnds in the middle: nothing can renew it.
func TestReadyTokenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, cfg := serveInside(t, small(300, 3), fakespacelift.Options{})
		cfg.Token = Secret(server.IssueToken("marta@acme.example", 5*time.Minute))
		cfg.RequestsPerSecond = 0.05 // one in 20 s
		_, report := extract(t, cfg)
		if got := incomplete(report); !slices.Contains(got, scopeRuns) || slices.Contains(got, scopeStacks) {
			t.Errorf("%v", got)
		}
		wantText(t, scopeNamed(t, report, scopeRuns).Reason, "the token expired at 2000-01-01T00:05:00Z", "is good for longer, or with an API key")
		wantText(t, fmt.Sprint(report.Notes), "the token is good until 2000-01-01T00:05:00Z only")
	})
}

// TestTokenFileIsReadAgain while others write a new token into it before the old one ends.
func TestTokenFileIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, cfg := serveInside(t, small(300, 3), fakespacelift.Options{})
		issue := func() Secret { return Secret(server.IssueToken("marta@acme.example", 5*time.Minute)) }
		reads := 0
		cfg.Token = issue()
		cfg.Reread = func() (Secret, error) { reads++; return issue(), nil }
		cfg.RequestsPerSecond = 0.05 // one in 20 s
		out, report := extract(t, cfg)
		if len(incomplete(report)) > 0 || len(out.ids("run")) != 300 || reads < 2 {
			t.Errorf("%d runs after %d reads; %+v", len(out.ids("run")), reads, report.Scopes)
		}
	})
}

// TestGitHubToken is exchanged as an API key is, and again when the token ends.
func TestGitHubToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, cfg := serveInside(t, small(120, 3), fakespacelift.Options{GitHubTokens: []string{"ghp_1"}, TokenLifetime: 5 * time.Minute})
		cfg.Token, cfg.GitHubToken = "", func() (Secret, error) { return "ghp_1", nil }
		cfg.RequestsPerSecond = 0.02 // one in 50 s
		out, report := extract(t, cfg)
		if len(incomplete(report)) > 0 || len(out.ids("run")) != 120 || server.Count("oauthUser") < 3 {
			t.Errorf("%d runs after %d exchanges; %+v", len(out.ids("run")), server.Count("oauthUser"), report.Scopes)
		}
		cfg.GitHubToken = func() (Secret, error) { return "ghp_2", nil }
		_, err := Extract(t.Context(), cfg, new(memory))
		wantText(t, fmt.Sprint(err), "refuses the GitHub token", "identity provider")
		if strings.Contains(fmt.Sprint(err), "ghp_2") {
			t.Errorf("the token is in the message: %v", err)
		}
	})
}

// TestRevokedInTheMiddleOfTheRuns, so that details fail too.
func TestRevokedInTheMiddleOfTheRuns(t *testing.T) {
	_, cfg := serve(t, small(300, 0), fakespacelift.Options{Faults: []fakespacelift.Fault{{Field: "searchRuns", Nth: 4, Do: fakespacelift.RevokeToken()}}})
	out, report := extract(t, cfg)
	if got := incomplete(report); !slices.Contains(got, scopeRuns) {
		t.Errorf("%v", got)
	}
	if n := len(out.ids("run")); n != 150 {
		t.Errorf("%d runs", n)
	}
}

func TestRevokedKey(t *testing.T) {
	keys := map[string]string{"01KEY": "s3cret"}
	server, cfg := serve(t, small(60, 3), fakespacelift.Options{Keys: keys})
	server.Inject(fakespacelift.Fault{Field: "roles", Nth: 1, Do: fakespacelift.RevokeToken()})
	server.Inject(fakespacelift.Fault{Field: "apiKeyUser", Nth: 2, Times: 9, Do: fakespacelift.Errors("unauthorized")})
	_, report := extract(t, cfg)
	if got := incomplete(report); !slices.Equal(got, []string{scopeRoles, scopeEntities, scopeRuns, scopeDetails, scopeLogs}) {
		t.Errorf("%v", got)
	}
	wantText(t, scopeNamed(t, report, scopeRuns).Reason, "refuses the API key", "check that the API key still exists")
	if n := server.Count("apiKeyUser"); n != 2 {
		t.Errorf("%d exchanges", n)
	}
}

func jwt(claims string) Secret {
	enc := base64.RawURLEncoding.EncodeToString
	return Secret(enc([]byte(`{"alg":"none"}`)) + "." + enc([]byte(claims)) + "." + enc([]byte("signature")))
}

func TestSecretThatCantBeRead(t *testing.T) {
	_, cfg := serve(t, small(1, 0), fakespacelift.Options{Keys: map[string]string{"01KEY": "s3cret"}})
	gone := errors.New("open /run/secret: no such file")
	cfg.KeySecret = func() (Secret, error) { return "", gone }
	_, err := Extract(t.Context(), cfg, new(memory))
	if !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
}
