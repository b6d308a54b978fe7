// Package questions answers the ten questions of docs/guide/queries.md from published files: what the SQL there asks of a lake. Memory doesn't grow with what is
// published, but for spaces, stacks, and what turned the audit trail off and on.
package questions

import (
	"cmp"
	"context"
	"slices"

	"liftgraph/query/lookup"
)

// Question is one of the ten.
type Question struct {
	N     int
	Title string
	Note  string
	ask   func(a *asker, t *Answer) error // nil: of the first and the seventh, which need more than a publication
}

// Answer is a table of texts.
type Answer struct {
	Columns []string
	Rows    [][]string
	More    bool // there are further rows

	order []int // of columns that rows are sorted by
}

// Most is how many rows an answer has at most.
const Most = 100

// First is the question about an instance, [Seventh] the one that two publications answer.
const (
	First   = 1
	Seventh = 7
)

// All returns the ten questions.
func All() []Question {
	return []Question{
		{First, "Who and what changed this instance?", "The answer is the instance's own page: give its id.", nil},
		{2, "Which instances did a run touch that no stack manages now?", "No managed entity is the instance, and no run terminated it.", unmanaged},
		{3, "Which runs were confirmed by the person who wrote the commit?", "Where no user confirmed any, the user counts who started the commit's first run. People whose logins at the VCS provider and at Spacelift differ aren't found.", ownCommits},
		{4, "Which API keys are administrators of the root space?", "What a role of one's own allows, only Spacelift knows.", keys},
		{5, "Which runs terminated instances outside working hours?", "Working hours: Monday to Friday, 7 to 19 o'clock UTC.", terminated},
		{6, "Which audit events are security signals, and whose are they?", "They turn the audit trail off, on or elsewhere.", signals},
		{Seventh, "Who has become an administrator since the last snapshot?", "", nil},
		{8, "What was done to instances while the audit trail's webhook was gone?", "", unwatched},
		{9, "Whose code changed instances in a space where they may not write?", "Roles that come from a space above, or from a group, don't count here. Authors without a user at Spacelift are among them.", unauthorized},
		{10, "Which runs changed a host that executes runs?", "A person who changes a worker's host can act as every stack that it works for.", hosts},
	}
}

// Ask answers a question from a publication; nothing for the first and the seventh. What must be sorted is written into temp.
func (q Question) Ask(ctx context.Context, d *lookup.Dir, temp string) (*Answer, error) {
	if q.ask == nil {
		return nil, nil
	}
	t := &Answer{Rows: [][]string{}}
	return t, q.ask(&asker{ctx: ctx, dir: d, temp: temp}, t)
}

// add keeps a row, if it is among the first.
func (t *Answer) add(row ...string) {
	at, same := slices.BinarySearchFunc(t.Rows, row, t.compare)
	switch {
	case same: // as SELECT DISTINCT
	case at == Most:
		t.More = true
	default:
		t.Rows = slices.Insert(t.Rows, at, row)
		if len(t.Rows) > Most {
			t.Rows, t.More = t.Rows[:Most], true
		}
	}
}

// compare orders rows by the columns of the order, then by all.
func (t *Answer) compare(a, b []string) int {
	for _, i := range t.order {
		if c := cmp.Compare(a[i], b[i]); c != 0 {
			return c
		}
	}
	return slices.Compare(a, b)
}
