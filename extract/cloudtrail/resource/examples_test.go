package resource

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"liftgraph/internal/raw"
)

// expected is what is right of an example; see the legend in testdata/examples-expected.json.
type expected struct {
	EventID, Event, Class string
	Change                bool
	Actor                 struct{ Kind, Key string }
	Resources             []expectedResource
	May                   []expectedResource
}

type expectedResource struct {
	Type, ID, Role string
	ARN            *string
	RoleAlso       []string `json:"role_also"`
}

func (x *expectedResource) is(r raw.Touched) bool {
	return r.Type == x.Type && (x.ARN != nil && r.ARN == *x.ARN || x.ARN == nil && r.Name == x.ID)
}

// Every resource of the examples is found, with its role, and nothing else.
func TestExamples(t *testing.T) {
	text, err := os.ReadFile("testdata/examples-expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct{ Events []expected }
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	events, err := os.ReadFile("testdata/examples.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	var required, found, wrong int
	for i, line := range bytes.Split(bytes.TrimSpace(events), []byte("\n")) {
		w := want.Events[i]
		got := Read(eventOf(t, line))
		if string(got.Class) != w.Class || (got.Class == Change || got.Class == Automatic) != w.Change {
			t.Errorf("%s: class %s, want %s", w.Event, got.Class, w.Class)
		}
		checkActor(t, w, eventOf(t, line))
		for _, x := range w.Resources {
			required++
			if slices.ContainsFunc(got.Touched, func(r raw.Touched) bool {
				return x.is(r) && (r.Role == x.Role || slices.Contains(x.RoleAlso, r.Role))
			}) {
				found++
			} else {
				t.Errorf("%s: %s isn't found as %s among %+v", w.Event, *x.ARN, x.Role, got.Touched)
			}
		}
		for _, r := range got.Touched {
			if !slices.ContainsFunc(append(w.Resources, w.May...), func(x expectedResource) bool { return x.is(r) }) {
				wrong++
				t.Errorf("%s: %s %s was not touched", w.Event, r.Role, r.Key())
			}
		}
	}
	t.Logf("recall %d of %d, %d false edges", found, required, wrong)
	if required != 20 || found != 20 || wrong != 0 {
		t.Errorf("recall %d of %d, %d false edges, want 20 of 20 and none", found, required, wrong)
	}
}

func checkActor(t *testing.T, w expected, e *Event) {
	t.Helper()
	who := identityOf(e.Identity)
	if w.Actor.Kind == "run" { // found by the session's name, which is read elsewhere
		if !strings.HasPrefix(who.session(), w.Actor.Key+"@") {
			t.Errorf("%s: the session is %q, want that of run %s", w.Event, who.session(), w.Actor.Key)
		}
		return
	}
	kind := map[string]string{"human": Person}[w.Actor.Kind]
	if kind == "" {
		kind = w.Actor.Kind
	}
	if a := who.actor(); a == nil || a.Kind != kind || a.ID != w.Actor.Key {
		t.Errorf("%s: actor %+v, want %s %s", w.Event, a, kind, w.Actor.Key)
	}
}
