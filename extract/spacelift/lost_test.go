package spacelift

import (
	"errors"
	"testing"

	"liftgraph/internal/raw"
)

// What was read of a stack is remembered from before it failed, and nothing of the others.
func TestLostStacks(t *testing.T) {
	l := newLostStacks()
	batchOf := func(stack string, runs ...string) batch {
		b := batch{stack: stack}
		for _, id := range runs {
			b.rows = append(b.rows, row{record: &raw.Run{ID: id}})
		}
		b.rows = append(b.rows, row{reject: &unusable{"malformed", "", nil}})
		return b
	}
	failed := errors.New("failed")
	for _, s := range []struct {
		batch batch
		err   error
	}{
		{batchOf("web", "1"), nil}, {batchOf("api", "2"), nil}, {batchOf("api", "3"), failed}, {batchOf("api", "4"), nil}, {batchOf("db", "5"), nil},
	} {
		l.saw(s.batch, s.err != nil)
	}
	if l.has("web") || l.has("db") || !l.has("api") {
		t.Errorf("%v", l.runs)
	}
	for _, id := range []string{"2", "3", "4"} {
		if !l.read("api", id) {
			t.Errorf("%s is forgotten", id)
		}
	}
	if l.read("api", "1") || l.read("api", "5") {
		t.Errorf("%v", l.runs)
	}
	l.room = 1
	l.saw(batchOf("more", "6", "7", "8"), true)
	if len(l.runs["more"]) != 1 || l.room != 0 {
		t.Errorf("%v", l.runs)
	}
	var none *lostStacks
	none.saw(batchOf("web", "1"), true)
}
