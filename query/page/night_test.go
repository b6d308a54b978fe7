package page

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"liftgraph/emit/csvfile"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

// named makes a row of a table by its properties' names.
func named(t *graph.Table, values map[string]any, key ...any) graph.Row {
	row := graphtest.Row(t, key...)
	for i, c := range t.Columns {
		switch v := values[c.Name].(type) {
		case string:
			row[i] = graph.Text(v)
		case int:
			row[i] = graph.Num(int64(v))
		case bool:
			row[i] = graph.Truth(v)
		}
	}
	return row
}

// publishNight publishes a graph before or after a night.
func publishNight(t *testing.T, after bool) string {
	t.Helper()
	users, spaces, runs := graph.NodeTable(graph.SpaceliftUser), graph.NodeTable(graph.SpaceliftSpace), graph.NodeTable(graph.SpaceliftRun)
	events, instances := graph.NodeTable(graph.SpaceliftAuditEvent), graph.NodeTable(graph.EC2Instance)
	roles := graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)
	confirmed := graph.RelationshipTable(graph.SpaceliftUser, graph.Confirmed, graph.SpaceliftRun)
	rows := map[*graph.Table][]graph.Row{
		users: {named(users, nil, "ada"), named(users, nil, "bob")}, spaces: {named(spaces, nil, "prod")}, runs: {named(runs, nil, "01A"), named(runs, nil, "01B")},
		instances: {named(instances, nil, "i-00000001")}, events: {named(events, map[string]any{"action": "audit_trail_webhook.set", "security_signal": true}, "e1")},
		roles: {named(roles, map[string]any{"role": "ADMIN"}, "ada", "prod"), named(roles, map[string]any{"role": "READ"}, "bob", "prod")},
	}
	if after {
		rows[instances] = append(rows[instances], named(instances, nil, "i-00000002"))
		rows[events] = append(rows[events], named(events, map[string]any{"action": "audit_trail_webhook.delete", "actor": "bob" + hostile, "event_time": "2026-11-13T23:31:00Z", "security_signal": true}, "e2"),
			named(events, map[string]any{"action": "stack.update", "security_signal": false}, "e3"))
		rows[roles] = []graph.Row{rows[roles][0], named(roles, map[string]any{"role": "ADMIN"}, "bob", "prod"), rows[roles][1]}
		rows[confirmed] = []graph.Row{
			named(confirmed, map[string]any{"at": int(time.Date(2026, 11, 13, 23, 47, 0, 0, time.UTC).Unix())}, "bob", "01A"),
			named(confirmed, map[string]any{"at": int(time.Date(2026, 11, 13, 12, 0, 0, 0, time.UTC).Unix())}, "bob", "01B"),
		}
	}
	dir, _ := graphtest.Publish(t, "csv", func(d *dataset.Dir) { graphtest.Write(t, csvfile.New(d), rows) })
	return dir
}

// The page of the last night has who became an administrator, what was confirmed out of hours, new instances and security signals, and
// nothing that was so before.
func TestNight(t *testing.T) {
	before, after := publishNight(t, false), publishNight(t, true)
	s := newServer(t, &after)
	s.Nights.Before = before
	for range 2 { // made, and kept
		res, body := get(s, "GET", "/night", "127.0.0.1:1", withCookie)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("got %d %s", res.StatusCode, body)
		}
		for _, want := range []string{
			"audit_trail_webhook.delete", "2026-11-13T23:31:00Z", "ADMIN in prod", "/trace/bob?kind=user", "2026-11-13T23:47:00Z", "/trace/01A?kind=run", "/trace/i-00000002?kind=instance",
			`data-section="signals"`, `data-section="admins"`, `data-section="confirmations"`, `data-section="instances"`, "liftgraph diff --rows",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("the page has no %q", want)
			}
		}
		for _, not := range []string{"audit_trail_webhook.set", "stack.update", "/trace/ada", "01B", "i-00000001", "READ in", "<script>alert", "\u202e"} {
			if strings.Contains(body, not) {
				t.Errorf("the page has %q", not)
			}
		}
	}
}
