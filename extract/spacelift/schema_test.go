package spacelift

import (
	"fmt"
	"slices"
	"testing"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/internal/raw"
)

func TestTodaysSchema(t *testing.T) {
	_, cfg := serve(t, small(10, 1), fakespacelift.Options{})
	_, report := extract(t, cfg)
	if want := []string{"Run.worker", "Stack.roleBindings"}; !slices.Equal(report.MissingFields, want) {
		t.Errorf("%v, want %v", report.MissingFields, want)
	}
}

// older is a server that lacks a field of each kind: a leaf, an object, a union's, a list's.
var older = []string{
	"Stack.repositoryURL", "WorkerPool.workers", "Commit.url", "Run.updatedAt", "ManagedEntity.updatedAt", "PulumiResource.id", "TerraformResource.mode",
	"ApiKey.apiKeyRoleBindings", "Query.managedUserGroups", "RunLogs.hasMore", "Query.roles",
}

func TestOlderSchema(t *testing.T) {
	for name, hidden := range map[string]bool{"introspected": false, "by complaints": true} {
		t.Run(name, func(t *testing.T) {
			server, cfg := serve(t, small(60, 3), fakespacelift.Options{Without: older, IntrospectionOff: hidden})
			out, report := extract(t, cfg)
			if got := incomplete(report); got != nil {
				t.Errorf("%+v", report.Scopes)
			}
			want := append([]string{"Run.worker", "Stack.roleBindings"}, older...)
			slices.Sort(want)
			if !slices.Equal(report.MissingFields, want) {
				t.Errorf("missing: %v\nwant %v", report.MissingFields, want)
			}
			if run := out.run(t, runID(60)); run.UpdatedAt != nil || run.Commit == nil || len(run.History) != 1 || len(run.Workers) != 1 {
				t.Errorf("%+v", run)
			}
			if hidden {
				wantText(t, fmt.Sprint(report.Notes), "doesn't show its schema")
			}
			if n := server.Count(""); n > 60 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestNewerSchema(t *testing.T) {
	account := small(3, 0)
	account.Tables["runs"][0]["worker"] = fakeRow{"id": workerID(99)}
	account.Tables["runs"][1]["worker"] = fakeRow{"id": workerID(2)} // the log names it too
	account.Tables["managedUsers"][0]["userRoleBindings"] = []any{fakeRow{"id": "b", "spaceID": "root", "role": "01ROLE"}}
	for _, without := range [][]string{nil, {"Query.searchRuns"}} {
		_, cfg := serve(t, account, fakespacelift.Options{With: []string{"Run.worker", "Stack.roleBindings", "RunDependency.run"}, Without: without})
		out, report := extract(t, cfg)
		if !slices.Equal(report.MissingFields, without) {
			t.Errorf("missing: %v", report.MissingFields)
		}
		if got, want := out.run(t, runID(3)).Workers, []raw.RunWorker{{ID: workerID(99)}, {ID: workerID(3), Public: true, Phase: "plan"}}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if got, want := out.run(t, runID(2)).Workers, []raw.RunWorker{{ID: workerID(2), Public: true, Phase: "plan"}}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		for _, r := range out.records {
			if u, ok := r.(*raw.User); ok && (len(u.RoleBindings) != 1 || *u.RoleBindings[0].SpaceID != "root" || *u.RoleBindings[0].Role.Slug != "space-admin") {
				t.Errorf("%+v", u)
			}
		}
	}
}
