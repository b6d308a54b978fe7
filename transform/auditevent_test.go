package transform

import (
	"slices"
	"strings"
	"testing"

	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

func audit(id, via, action string, ms int64, data string, resources ...raw.AuditResource) *raw.AuditEvent {
	return &raw.AuditEvent{ID: id, Via: via, Action: action, Time: ms, Actor: ptr("github::Dana"), Data: ptr(data), Resources: resources}
}

func ledgerOf(t *testing.T, o outcome, source string) dataset.Ledger {
	t.Helper()
	i := slices.IndexFunc(o.Ledger, func(l dataset.Ledger) bool { return l.Source == source })
	if i < 0 {
		t.Fatalf("no ledger of %s in %+v", source, o.Ledger)
	}
	return o.Ledger[i]
}

// What came by the webhook and by the API is one event, whatever the order, and knows what both know.
func TestAuditEventThatCameTwoWays(t *testing.T) {
	hook := audit("hook1", raw.ViaWebhook, "stack.create", 1700000000123, `{"ID":"web","args":{"b":1,"a":2}}`, raw.AuditResource{Type: "STACK", ID: "web"})
	hook.RemoteIP, hook.Mutation, hook.ActorRoles = ptr("10.0.0.1"), ptr("stackCreate"), []string{"admin", "dev"}
	entry := audit("01ENTRY", raw.ViaAPI, "stack.create", 1700000000000, `{ "args": {"a": 2, "b": 1}, "ID": "web"}`, raw.AuditResource{Type: "STACK", ID: "web"})
	entry.EventType, entry.ActorRun = ptr("CREATE"), ptr(run1)
	other := audit("01OTHER", raw.ViaAPI, "stack.create", 1700000001000, `{"ID":"web"}`)
	recs := []raw.Record{&raw.Stack{ID: "web"}, hook, entry, hook, other}
	for range 2 {
		o := transformed(t, "", recs...)
		o.want(t, "SpaceliftAuditEvent",
			"id=01OTHER action=stack.create actor=github::Dana actor_source=github event_time=2023-11-14T22:13:21Z security_signal=false data={\"ID\":\"web\"}",
			"id=hook1 action=stack.create event_type=CREATE actor=github::Dana actor_source=github actor_roles=admin,dev actor_run_id="+run1+
				" mutation=stackCreate resource_type=STACK resource_id=web remote_ip=10.0.0.1 event_time=2023-11-14T22:13:20.123Z security_signal=false data={\"ID\":\"web\",\"args\":{\"b\":1,\"a\":2}}")
		o.want(t, "SpaceliftUser_PERFORMED_SpaceliftAuditEvent", "start_id=dana end_id=01OTHER", "start_id=dana end_id=hook1")
		o.want(t, "SpaceliftAuditEvent_TARGETED_SpaceliftStack", "start_id=hook1 end_id=web")
		o.want(t, "SpaceliftAccount_RESOURCE_SpaceliftAuditEvent", "start_id=acme end_id=01OTHER", "start_id=acme end_id=hook1")
		if l := ledgerOf(t, o, "audittrail"); l.In != 4 || l.Out != 2 || l.Deduplicated != 2 {
			t.Errorf("ledger %+v", l)
		}
		slices.Reverse(recs)
	}
}

// Two like events in one second stay two, whichever way they came.
func TestLikeAuditEvents(t *testing.T) {
	o := transformed(t, "",
		audit("h1", raw.ViaWebhook, "run.confirm", 1700000000001, "{}"), audit("h2", raw.ViaWebhook, "run.confirm", 1700000000002, "{}"),
		audit("a1", raw.ViaAPI, "run.confirm", 1700000000000, ""), audit("a2", raw.ViaAPI, "run.confirm", 1700000000000, ""), audit("a3", raw.ViaAPI, "run.confirm", 1700000000000, ""))
	var ids []string
	for _, row := range o.tables["SpaceliftAuditEvent"] {
		ids = append(ids, strings.Fields(row)[0])
	}
	if want := []string{"id=a3", "id=h1", "id=h2"}; !slices.Equal(ids, want) {
		t.Errorf("events %v", ids)
	}
}

func TestAuditTargets(t *testing.T) {
	res := func(typ, id string) raw.AuditResource { return raw.AuditResource{Type: typ, ID: id} }
	e := func(id string, r ...raw.AuditResource) *raw.AuditEvent {
		return audit(id, raw.ViaAPI, "x.y", 1700000000000+int64(len(id)), id, r...)
	}
	machine := e("run", res("RUN", run1), res("STACK", "web"))
	machine.Actor = ptr("api::01KEY::name")
	unknown := e("unknown", res("ACCOUNT", "acme"))
	unknown.Actor = nil
	o := transformed(t, "",
		&raw.Space{ID: "root"}, &raw.Stack{ID: "web"}, &raw.Run{ID: run1}, &raw.WorkerPool{ID: "pool"},
		&raw.User{ID: "01HPS6XB76J1JB3EHSK4AWE5ZZ", Username: ptr("Alice")},
		machine, unknown, e("space", res("SPACE", "root")), e("gone", res("STACK", "deleted"), res("RUN", run2)),
		e("user-by-id", res("USER", "01HPS6XB76J1JB3EHSK4AWE5ZZ")), e("user-by-login", res("USER", "ALICE")), e("user-gone", res("USER", "01HPS6XB76J1JB3EHSK4AWE5AA")),
		e("pool", res("WORKER_POOL", "pool")), e("worker", res("WORKER", wrk1)), e("task", res("TASK", run1)), e("key", res("API_KEY", "01KEY")),
		&raw.AuditEvent{ID: "broken"}, &raw.AuditEvent{Action: "x"},
	)
	o.want(t, "SpaceliftAuditEvent_TARGETED_SpaceliftRun", "start_id=run end_id="+run1, "start_id=task end_id="+run1)
	o.want(t, "SpaceliftAuditEvent_TARGETED_SpaceliftStack", "start_id=run end_id=web")
	o.want(t, "SpaceliftAuditEvent_TARGETED_SpaceliftSpace", "start_id=space end_id=root")
	o.want(t, "SpaceliftAuditEvent_TARGETED_SpaceliftUser", "start_id=key end_id=api::01KEY", "start_id=user-by-id end_id=alice", "start_id=user-by-login end_id=alice")
	o.want(t, "SpaceliftAuditEvent_TARGETED_SpaceliftWorkerPool", "start_id=pool end_id=pool")
	o.want(t, "SpaceliftAuditEvent_TARGETED_SpaceliftWorker", "start_id=worker end_id="+wrk1)
	if got, want := o.reasons(), []string{"invalid_id", "malformed", "unknown_run", "unknown_stack", "unknown_user"}; !slices.Equal(got, want) {
		t.Errorf("quarantined %v, not %v", got, want)
	}
	if rows := o.tables["SpaceliftUser_PERFORMED_SpaceliftAuditEvent"]; len(rows) != 10 || !slices.Contains(rows, "start_id=api::01KEY end_id=run") {
		t.Errorf("performed %q", rows)
	}
}

// A run that the API doesn't list any more is known by what the webhook reported of it; one that it lists is as the API says.
func TestRunStates(t *testing.T) {
	state := func(at int64, r raw.Run, state string) *raw.RunState {
		r.State, r.UpdatedAt = ptr(state), ptr(at/1000)
		return &raw.RunState{ID: state, Time: at, Run: r}
	}
	gone := raw.Run{ID: run2, StackID: "web", Type: ptr("TRACKED"), TriggeredBy: ptr("Dana"), Commit: &raw.Commit{Hash: "abc", AuthorLogin: ptr("dev")}}
	o := transformed(t, "",
		&raw.Stack{ID: "web"}, &raw.Run{ID: run1, StackID: "web", State: ptr("FINISHED"), UpdatedAt: ptr(int64(1))},
		state(3000, gone, "APPLYING"), state(9000, gone, "FINISHED"), state(5000, raw.Run{ID: run1, StackID: "web", Branch: ptr("main")}, "APPLYING"),
		state(1, raw.Run{ID: "short"}, "FINISHED"))
	o.want(t, "SpaceliftRun", "id="+run1+" state=FINISHED branch=main stack_id=web", "id="+run2+" run_type=TRACKED state=FINISHED commit_sha=abc stack_id=web triggered_by_user_id=dana")
	o.want(t, "SpaceliftGitCommit_COMMITTED_SpaceliftRun", "start_id=abc end_id="+run2)
	if l := ledgerOf(t, o, "audittrail"); l.In != 4 || l.Out != 3 || l.Quarantined["invalid_id"] != 1 {
		t.Errorf("ledger %+v", l)
	}
}
