package spacelift

import (
	"errors"
	"testing"

	"liftgraph/fixtures/fakespacelift"
)

// TestPagesThatDoNotSay: a list that is null isn't empty, and a page that doesn't say whether it is the last may not be.
func TestPagesThatDoNotSay(t *testing.T) {
	for _, path := range []string{"searchStacks.edges", "searchStacks.pageInfo.hasNextPage"} {
		null := fakespacelift.Fault{Field: "searchStacks", Do: fakespacelift.Null(path)}
		_, cfg := serve(t, small(10, 0), fakespacelift.Options{Faults: []fakespacelift.Fault{null}, Without: []string{"Query.stacks"}})
		_, report := extract(t, cfg)
		if s := scopeNamed(t, report, scopeStacks); s.Complete {
			t.Errorf("%s null: %+v", path, s)
		}
	}
}

// TestNothingIsRead: after the connection check every list fails. What was published before is worth more than nothing.
func TestNothingIsRead(t *testing.T) {
	server, cfg := serve(t, small(10, 0), fakespacelift.Options{})
	server.Inject(fakespacelift.Fault{
		Match: func(r fakespacelift.Request) bool {
			return len(r.Fields) > 0 && r.Fields[0] != "viewer" && r.Fields[0] != "__schema" && r.Fields[0] != "name"
		},
		Do: fakespacelift.Errors("internal error"),
	})
	if _, err := Extract(t.Context(), cfg, &memory{}); !errors.Is(err, errNothing) {
		t.Errorf("got %v", err)
	}
}
