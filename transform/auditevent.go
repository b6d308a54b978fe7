package transform

import (
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// auditEvent gives a SpaceliftAuditEvent, PERFORMED from its SpaceliftUser, and TARGETED to what it changed.
func (t *Transformer) auditEvent(e *raw.AuditEvent) error {
	if !resolve.IsKey(e.ID) {
		return t.quarantine(e, invalidID, notAKey)
	}
	if e.Action == "" || e.Time <= 0 || e.Time >= year10000*1000 {
		return t.quarantine(e, malformed, "an event of the audit trail has an action, and a time in milliseconds")
	}
	actor, ok := canonical(deref(e.Actor))
	if ok && !resolve.IsKey(actor) {
		if err := t.RejectEdge(invalidID, graph.Performed, actor, e.ID); err != nil {
			return err
		}
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
	return t.AuditEvent(ev)
}

// auditRow gives the properties of an event.
func (t *Transformer) auditRow(e *raw.AuditEvent) graph.Row {
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
	return graph.Row{
		graph.Text(e.ID), graph.TextPtr(e.Account), graph.Text(e.Action), graph.TextPtr(e.EventType), graph.TextPtr(e.Actor),
		resolve.TextOrNone(source), resolve.TextOrNone(strings.Join(e.ActorRoles, ",")), graph.TextPtr(e.ActorRun), graph.TextPtr(e.Mutation),
		resolve.TextOrNone(resource.Type), resolve.TextOrNone(resource.ID), graph.TextPtr(e.RemoteIP),
		graph.Text(time.UnixMilli(e.Time).UTC().Format(layout)), graph.Truth(isSecuritySignal(e.Action)), graph.TextPtr(e.Data), graph.Text(t.AccountID()),
	}
}

// isSecuritySignal tells whether an action turns the audit trail on, off or elsewhere: Spacelift advises to treat
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
	if !ok || !resolve.IsKey(id) {
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

// runState gives what [Transformer.run] gives, where the API doesn't list the run any more.
func (t *Transformer) runState(s *raw.RunState) error {
	if !raw.IsRunID(s.Run.ID) {
		return t.quarantine(s, invalidID, "a run's id has 26 digits and capital letters")
	}
	t.Accept(s.Kind())
	return t.runFrom(&s.Run, resolve.Nested)
}
