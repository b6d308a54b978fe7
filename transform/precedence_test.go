package transform

import (
	"testing"

	"liftgraph/internal/raw"
)

// TestPrecedence tests the rows of docs/internals/precedence.md: a run that the API lists is as the API says, in every
// property and edge, whatever the webhook reports.
func TestPrecedence(t *testing.T) {
	sha := &raw.Commit{Hash: "abc", Message: ptr("API's"), URL: ptr("https://github.com/acme/a/commit/abc")}
	named := &raw.Commit{Hash: "abc", Message: ptr("webhook's"), URL: ptr("https://elsewhere.example"), AuthorLogin: ptr("mallory"), AuthorName: ptr("M"), Timestamp: ptr(int64(1))}
	for name, c := range map[string]struct {
		api, webhook raw.Run
		table        string
		want         []string
	}{
		"state": {raw.Run{StackID: "web", State: ptr("FINISHED"), UpdatedAt: ptr(int64(1))}, raw.Run{State: ptr("APPLYING"), UpdatedAt: ptr(int64(9))},
			"SpaceliftRun", []string{"id=" + run1 + " state=FINISHED stack_id=web"}},
		"what the API lacks": {raw.Run{StackID: "web"}, raw.Run{Type: ptr("TRACKED"), Branch: ptr("main"), CreatedAt: ptr(int64(7))},
			"SpaceliftRun", []string{"id=" + run1 + " run_type=TRACKED branch=main created_at=7 stack_id=web"}},
		"commit's message and URL": {raw.Run{StackID: "web", Commit: sha}, raw.Run{Commit: named},
			"SpaceliftGitCommit", []string{"id=abc sha=abc message=API's timestamp=1970-01-01T00:00:01Z url=https://github.com/acme/a/commit/abc author_name=M"}},
		"commit's author":                  {raw.Run{StackID: "web", Commit: sha}, raw.Run{Commit: named}, "GitHubUser_PUSHED_SpaceliftGitCommit", nil},
		"another commit":                   {raw.Run{StackID: "web", Commit: sha}, raw.Run{Commit: &raw.Commit{Hash: "def"}}, "SpaceliftGitCommit_COMMITTED_SpaceliftRun", []string{"start_id=abc end_id=" + run1}},
		"another commit's node":            {raw.Run{StackID: "web"}, raw.Run{Commit: named}, "SpaceliftGitCommit", nil},
		"another stack":                    {raw.Run{StackID: "web"}, raw.Run{StackID: "api"}, "SpaceliftStack_GENERATED_SpaceliftRun", []string{"start_id=web end_id=" + run1}},
		"who triggered it, if no user":     {raw.Run{StackID: "web"}, raw.Run{TriggeredBy: ptr("mallory")}, "SpaceliftUser_TRIGGERED_SpaceliftRun", nil},
		"who triggered it, if someone did": {raw.Run{StackID: "web", TriggeredBy: ptr("dana")}, raw.Run{TriggeredBy: ptr("mallory")}, "SpaceliftUser_TRIGGERED_SpaceliftRun", []string{"start_id=dana end_id=" + run1}},
		"confirmed by the first trigger":   {raw.Run{StackID: "web", Commit: sha}, raw.Run{TriggeredBy: ptr("mallory"), Commit: named}, "SpaceliftGitCommit_CONFIRMED_SpaceliftUser", nil},
	} {
		t.Run(name, func(t *testing.T) {
			api, webhook := c.api, c.webhook
			api.ID, webhook.ID = run1, run1
			state := &raw.RunState{ID: "s", Time: 9000, Run: webhook}
			records := []raw.Record{&raw.Stack{ID: "web"}, &raw.Stack{ID: "api"}, &api, state}
			transformed(t, "", records...).want(t, c.table, c.want...)
			records[2], records[3] = records[3], records[2] // whatever comes first
			transformed(t, "", records...).want(t, c.table, c.want...)
		})
	}
}

// TestCommitOfTwoRuns: the webhook's word of a run that the API doesn't list doesn't change a commit that it lists.
func TestCommitOfTwoRuns(t *testing.T) {
	o := transformed(t, "", &raw.Stack{ID: "web"},
		&raw.Run{ID: run1, StackID: "web", Commit: &raw.Commit{Hash: "abc", Message: ptr("b")}},
		&raw.RunState{ID: "s", Time: 1, Run: raw.Run{ID: run2, StackID: "web", Commit: &raw.Commit{Hash: "abc", Message: ptr("a"), AuthorName: ptr("A")}}})
	o.want(t, "SpaceliftGitCommit", "id=abc sha=abc message=b author_name=A")
}
