package questions

import (
	"slices"
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

// signals answers the sixth question.
func signals(a *asker, t *Answer) error {
	t.Columns = []string{"event_time_ts", "action", "person", "actor", "remote_ip"}
	return a.inBatches(events, func(c cells) bool { return c.value("security_signal").Num == 1 }, func(list []cells) error {
		persons := map[string]string{}
		err := a.rows(performed, lookup.ByEnd, ends(list, 0), func(c cells) { persons[strings.Clone(c.row[1].Text)] = strings.Clone(c.row[0].Text) })
		for _, c := range list {
			t.add(moment(c.text("event_time")), c.text("action"), persons[c.row[0].Text], c.text("actor"), c.text("remote_ip"))
		}
		return err
	})
}

// unwatched answers the eighth question.
func unwatched(a *asker, t *Answer) error {
	t.Columns = []string{"event_time_ts", "event_name", "instance", "run", "stack"}
	t.order = []int{0, 2, 1}
	type toggle struct {
		at  time.Time
		off bool
	}
	var toggles []toggle
	err := a.all(events, func(c cells) error {
		action := c.text("action")
		at, err := time.Parse(time.RFC3339, c.text("event_time"))
		if err == nil && (action == "audit_trail_webhook.delete" || action == "audit_trail_webhook.set") {
			toggles = append(toggles, toggle{at, strings.HasSuffix(action, "delete")})
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(toggles, func(x, y toggle) int { return x.at.Compare(y.at) })
	return a.inBatches(affected, func(c cells) bool {
		at, err := time.Parse(time.RFC3339, c.text("event_time"))
		if err != nil {
			return false
		}
		i, _ := slices.BinarySearchFunc(toggles, at, func(g toggle, at time.Time) int {
			if g.at.After(at) {
				return 1
			}
			return -1
		})
		return i > 0 && toggles[i-1].off
	}, func(list []cells) error {
		runs, err := a.nodes(graph.SpaceliftRun, ends(list, 0))
		for _, c := range list {
			t.add(moment(c.text("event_time")), c.text("event_name"), c.row[1].Text, c.row[0].Text, runs[c.row[0].Text].text("stack_id"))
		}
		return err
	})
}
