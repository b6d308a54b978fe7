package audittrail

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"liftgraph/extract/audittrail/payload"
	"liftgraph/internal/raw"
)

// place is where an event stands.
type place struct {
	object string
	line   int64
}

// maxShown is how much of what is no event is shown, in bytes.
const maxShown = 4 << 10

func (x *extraction) reject(at place, reason, detail string, record []byte) error {
	x.report.Ledger.In++
	x.report.Ledger.Quarantined[reason]++
	return x.out.Reject(raw.Rejected{
		Stage: "extract", Source: SourceName, Kind: raw.KindAuditEvent, Object: at.object, Offset: at.line, Reason: reason, Detail: detail,
		Record: strings.ToValidUTF8(string(record), "\ufffd"),
	})
}

// named reports whether a line is one of those that were asked for.
func (x *extraction) named(line int64) bool {
	if x.only == nil {
		return true
	}
	_, found := slices.BinarySearch(x.only, line)
	return found
}

// event delivers what a line holds.
func (x *extraction) event(at place, line []byte) error {
	if line = bytes.TrimSpace(line); len(line) == 0 {
		return nil
	}
	x.stats.Events.Add(1)
	if !x.named(at.line) {
		x.report.Ledger.In++
		x.report.Ledger.Filtered["not_named"]++
		return nil
	}
	p, err := payload.Parse(line)
	if err != nil {
		return x.reject(at, "malformed", err.Error(), line[:min(len(line), maxShown)])
	}
	if p.Account != "" && len(x.accounts) < maxAccounts {
		x.accounts[p.Account] = true
	}
	var rec raw.Record
	switch p.Kind {
	case payload.Standard:
		rec = standard(&p)
	case payload.RunState:
		if rec = runState(&p); rec == nil {
			return x.reject(at, "malformed", "an event of a run without the run's id", line[:min(len(line), maxShown)])
		}
	default:
		return x.reject(at, "unknown_event", "neither an action nor a run", line[:min(len(line), maxShown)])
	}
	if p.Time <= 0 {
		return x.reject(at, "invalid_event_time", "the event has no time in milliseconds", line[:min(len(line), maxShown)])
	}
	x.report.Ledger.In++
	x.report.Ledger.Out++
	return x.out.Record(rec)
}

// fields decodes an object; a field of another type than expected is as if it weren't there.
type fields map[string]json.RawMessage

func object(b []byte) fields {
	var f fields
	_ = json.Unmarshal(b, &f) // what isn't an object has no fields
	return f
}

func (f fields) text(key string) *string {
	var s *string
	if json.Unmarshal(f[key], &s) != nil {
		return nil
	}
	return s
}

func (f fields) number(key string) *int64 {
	var n *int64
	if json.Unmarshal(f[key], &n) != nil {
		return nil
	}
	return n
}

// standard makes a record of a change of Spacelift's own resources.
func standard(p *payload.Payload) *raw.AuditEvent {
	f := object(p.Line)
	e := &raw.AuditEvent{
		ID: p.Digest.String(), Via: raw.ViaWebhook, Time: p.Time, Account: f.text("account"), Action: p.Action,
		Actor: f.text("actor"), Mutation: object(f["context"]).text("mutation"), RemoteIP: f.text("remoteIP"),
	}
	var roles []string
	if json.Unmarshal(f["actor_roles"], &roles) == nil {
		e.ActorRoles = roles
	}
	if data := f["data"]; len(data) > 0 {
		text := string(data)
		e.Data = &text
	}
	e.Resources = resources(p.Action, object(f["data"]))
	return e
}

// resourceTypes are the types of the API by what an action begins with, for those that are nodes of the graph.
var resourceTypes = map[string]string{
	"stack": "STACK", "space": "SPACE", "run": "RUN", "task": "TASK", "worker_pool": "WORKER_POOL", "worker": "WORKER",
	"user": "USER", "managed_user": "USER", "api_key": "API_KEY",
}

// resources says what an event is about: data.ID is the slug of a stack in stack.*, and taken so elsewhere; the
// arguments of run.* name run and stack.
func resources(action string, data fields) []raw.AuditResource {
	kind, _, _ := strings.Cut(action, ".")
	typ := resourceTypes[kind]
	if typ == "" {
		return nil
	}
	args := object(data["args"])
	id := data.text("ID")
	if typ == "RUN" || typ == "TASK" {
		id = cmp.Or(args.text("Run"), id)
	}
	list := []raw.AuditResource{{Type: typ}}
	if id != nil {
		list[0].ID = *id
	}
	if stack := args.text("Stack"); stack != nil && typ != "STACK" {
		list = append(list, raw.AuditResource{Type: "STACK", ID: *stack})
	}
	return list
}

// runState makes a record of a run that went into another state, or nil where the run has no id.
func runState(p *payload.Payload) raw.Record {
	f := object(p.Line)
	run := object(f["run"])
	id := run.text("id")
	if id == nil || *id == "" {
		return nil
	}
	at := p.Time / 1000
	s := &raw.RunState{ID: p.Digest.String(), Time: p.Time, Run: raw.Run{
		ID: *id, Type: run.text("type"), State: f.text("state"), Branch: run.text("branch"), CreatedAt: run.number("createdAt"),
		UpdatedAt: &at, TriggeredBy: run.text("triggeredBy"),
	}}
	if stack := object(f["stack"]).text("id"); stack != nil {
		s.Run.StackID = *stack
	}
	var commit raw.Commit
	if json.Unmarshal(run["commit"], &commit) == nil && commit.Hash != "" {
		s.Run.Commit = &commit
	}
	return s
}
