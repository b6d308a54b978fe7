package spacelift

import (
	"slices"
	"testing"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/internal/raw"
)

// TestRefusedScopes refuses each list in turn: that scope is incomplete, says why, and everything else is there.
func TestRefusedScopes(t *testing.T) {
	_, cfg := serve(t, small(60, 3), fakespacelift.Options{})
	all, _ := extract(t, cfg)
	for _, c := range []struct {
		scope  string
		refuse []string
		lost   int
		says   []string
	}{
		{scopeUsers, []string{"managedUsers"}, 1, []string{
			"unauthorized: the token may not list managed users; HAS_ROLE_IN edges of users are missing; grant its key or user the role Space Admin"}},
		{scopeGroups, []string{"managedUserGroups"}, 1, []string{"may not list user groups", "Space Admin"}},
		{scopeKeys, []string{"apiKeys"}, 1, []string{"may not list API keys; HAS_ROLE_IN edges of API keys"}},
		{scopeRoles, []string{"roles"}, 1, []string{"may not list roles"}},
		{scopeSpaces, []string{"spaces"}, 2, []string{"may not list spaces", "CONTAINS"}},
		{scopePools, []string{"workerPools"}, 1, []string{"may not list worker pools", "RUNS_ON"}},
		{scopeAccount, []string{"name"}, 0, []string{"may not list the account's name"}},
	} {
		t.Run(c.scope, func(t *testing.T) {
			server, cfg := serve(t, small(60, 3), fakespacelift.Options{Refuse: c.refuse})
			out, report := extract(t, cfg)
			if got := incomplete(report); !slices.Equal(got, []string{c.scope}) {
				t.Errorf("%v", got)
			}
			wantText(t, scopeNamed(t, report, c.scope).Reason, c.says...)
			if got, want := len(out.records), len(all.records)-c.lost; got != want {
				t.Errorf("%d records, want %d", got, want)
			}
			if n := server.Count("viewer"); n != 1 {
				t.Errorf("viewer alone was requested %d times, want once: a refusal that has a viewer is one of permission", n)
			}
		})
	}
}

// TestRefusedToAKey: an "unauthorized" beside a viewer is a missing permission, for which no key is exchanged again.
func TestRefusedToAKey(t *testing.T) {
	server, cfg := serve(t, small(60, 3), fakespacelift.Options{
		Keys: map[string]string{"01KEY": "s3cret"}, Refuse: []string{"managedUsers", "managedUserGroups", "apiKeys", "roles"},
	})
	out, report := extract(t, cfg)
	if got := incomplete(report); !slices.Equal(got, []string{scopeUsers, scopeGroups, scopeKeys, scopeRoles}) || len(out.ids(raw.KindRun)) != 60 {
		t.Errorf("%v", got)
	}
	if exchanges, viewers := server.Count("apiKeyUser"), server.Count("viewer"); exchanges != 1 || viewers != 1 {
		t.Errorf("%d exchanges, viewer asked %d times", exchanges, viewers)
	}
}

// TestSpaceReader sees less: that is a shorter list, not an error.
func TestSpaceReader(t *testing.T) {
	_, cfg := serve(t, small(60, 3), fakespacelift.Options{HideSpaces: []string{"secret"}})
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%v", got)
	}
	if got := out.ids(raw.KindStack); !slices.Equal(got, []string{"web", "api"}) {
		t.Errorf("stacks %v", got)
	}
	if n := len(out.ids(raw.KindRun)); n != 40 {
		t.Errorf("%d runs", n)
	}
}

// TestRunsOfOneStackRefused in the per-stack mode: that stack is named, the others are delivered.
func TestRunsOfOneStackRefused(t *testing.T) {
	server, cfg := serve(t, small(60, 3), fakespacelift.Options{Without: []string{"Query.searchRuns"}})
	server.Inject(fakespacelift.Fault{Match: func(r fakespacelift.Request) bool { return r.Variables["stack"] == "api" }, Do: fakespacelift.Errors("unauthorized")})
	out, report := extract(t, cfg)
	if got := incomplete(report); !slices.Equal(got, []string{"runs/api", "runs", scopeDetails, scopeLogs}) {
		t.Errorf("%v", got)
	}
	for _, s := range report.Scopes {
		if s.Stack == "api" {
			wantText(t, s.Reason, "the token may not list this stack's runs; ", "GENERATED")
		}
	}
	wantText(t, scopeNamed(t, report, scopeRuns).Reason, "1 of 3 stacks", "first api: unauthorized")
	if n := len(out.ids(raw.KindRun)); n != 40 {
		t.Errorf("%d runs", n)
	}
}

func TestUnencryptedIsNoted(t *testing.T) {
	_, cfg := serveInside(t, small(1, 0), fakespacelift.Options{})
	cfg.Endpoint = "http://lift.internal"
	_, report := extract(t, cfg)
	wantText(t, report.Notes[len(report.Notes)-1], "unencrypted")
}
