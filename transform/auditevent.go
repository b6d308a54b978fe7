package transform

import (
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// auditEvent makes a SpaceliftAuditEvent, PERFORMED from its SpaceliftUser, and TARGETED to what it changed.
func (t *Transformer) auditEvent(e *raw.AuditEvent) {
	if !raw.IsID(e.ID) {
		t.quarantine(e, invalidID, raw.IDRule)
		return
	}
	if e.Action == "" || e.Time <= 0 || e.Time >= year10000*1000 {
		t.quarantine(e, malformed, "an event of the audit trail has an action, and a time in milliseconds")
		return
	}
	actor, ok := canonical(deref(e.Actor))
	if ok && !raw.IsID(actor) {
		t.r.RejectEdge(invalidID, graph.Performed, actor, e.ID)
		ok = false
	}
	ev := &resolve.AuditEvent{ID: e.ID, FromAPI: e.Via == raw.ViaAPI, Action: e.Action, Seconds: e.Time / 1000, Data: deref(e.Data)}
	if ok {
		ev.Actor, ev.Spelled = actor, spelled(deref(e.Actor), actor)
	}
	for _, r := range e.Resources {
		ev.Targets = appendTarget(ev.Targets, r)
	}
	ev.Row = t.auditRow(e)
	t.r.AuditEvent(ev)
}

// auditRow returns the properties of an event.
func (t *Transformer) auditRow(e *raw.AuditEvent) resolve.AuditRow {
	source, _, sourced := strings.Cut(deref(e.Actor), "::")
	if !sourced || !isSource(source) {
		source = ""
	}
	var resource raw.AuditResource
	if len(e.Resources) > 0 {
		resource = e.Resources[0]
	}
	layout := "2006-01-02T15:04:05.000Z07:00"
	if e.Via == raw.ViaAPI {
		layout = time.RFC3339
	}
	return resolve.AuditRow{
		ID: graph.Text(e.ID), Account: graph.TextPtr(e.Account), Action: graph.Text(e.Action), EventType: graph.TextPtr(e.EventType),
		Actor: graph.TextPtr(e.Actor), ActorSource: resolve.TextOrNone(source), ActorRoles: resolve.TextOrNone(strings.Join(e.ActorRoles, ",")),
		ActorRunID: graph.TextPtr(e.ActorRun), Mutation: graph.TextPtr(e.Mutation),
		ResourceType: resolve.TextOrNone(resource.Type), ResourceID: resolve.TextOrNone(resource.ID), RemoteIP: graph.TextPtr(e.RemoteIP),
		EventTime:      graph.Text(time.UnixMilli(e.Time).UTC().Format(layout)),
		SecuritySignal: graph.Truth(isSecuritySignal(e.Action)), Data: graph.TextPtr(e.Data), SpaceliftAccountID: graph.Text(t.r.AccountID()),
	}
}

// isSecuritySignal reports whether an action turns the audit trail on, off or elsewhere: Spacelift advises to treat
// these as signals at least (https://docs.spacelift.io/integrations/audit-trail).
func isSecuritySignal(action string) bool {
	return action == "audit_trail_webhook.set" || action == "audit_trail_webhook.delete"
}

// targetLabels are the types of resources that are nodes. A task is a run.
var targetLabels = map[string]graph.Label{
	"STACK": graph.SpaceliftStack, "SPACE": graph.SpaceliftSpace, "RUN": graph.SpaceliftRun, "TASK": graph.SpaceliftRun,
	"USER": graph.SpaceliftUser, "API_KEY": graph.SpaceliftUser, "WORKER_POOL": graph.SpaceliftWorkerPool, "WORKER": graph.SpaceliftWorker,
}

func appendTarget(list []resolve.Target, r raw.AuditResource) []resolve.Target {
	label, ok := targetLabels[r.Type]
	id := r.ID
	if !ok || !raw.IsID(id) {
		return list
	}
	if label == graph.SpaceliftUser {
		if r.Type == "API_KEY" && !strings.HasPrefix(id, resolve.APIKeyPrefix) {
			id = resolve.APIKeyPrefix + id
		}
		if id, ok = canonical(id); !ok {
			return list
		}
	}
	return append(list, resolve.Target{Label: label, ID: id})
}

// runState makes what [Transformer.run] makes, where the API doesn't list the run, see docs/internals/precedence.md.
func (t *Transformer) runState(s *raw.RunState) {
	if !raw.IsRunID(s.Run.ID) {
		t.quarantine(s, invalidID, raw.RunIDRule)
		return
	}
	t.r.Accept(s.Kind())
	t.r.Report(s)
}

// reported adds what the webhook says of a run. Where the API lists the run, that is what the API left out of it, and nothing that
// an edge hangs on: neither its stack, nor its commit, nor who triggered it, nor the commit's author.
func (t *Transformer) reported(s *raw.RunState, listed bool) {
	r := &s.Run
	if !listed {
		t.runFrom(r, resolve.Reported)
		return
	}
	resolve.Runs.Add(t.r, resolve.Reported, derefInt(r.UpdatedAt), resolve.Run{
		ID: graph.Text(r.ID), RunType: graph.TextPtr(r.Type), Branch: graph.TextPtr(r.Branch), CreatedAt: graph.NumPtr(r.CreatedAt),
		SpaceliftAccountID: graph.Text(t.r.AccountID()),
	})
	if c := r.Commit; c != nil && raw.IsID(c.Hash) {
		t.addCommit(c, graph.Value{}, resolve.Reported)
	}
}
