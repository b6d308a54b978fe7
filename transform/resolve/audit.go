package resolve

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// AuditEvent is an event of the audit trail, from the webhook or from the API.
type AuditEvent struct {
	ID             string
	FromAPI        bool
	Row            AuditRow
	Action, Data   string
	Seconds        int64  // when it happened, Unix
	Actor, Spelled string // the canonical identity and its spelling; empty for no one
	Targets        []Target
}

// Target is a node that an audit event is about.
type Target struct {
	Label graph.Label
	ID    string // of a user any of its names
}

var (
	performed = EdgesOf[none](graph.SpaceliftUser, graph.Performed, graph.SpaceliftAuditEvent)
	targeted  = func() map[graph.Label]Edge {
		m := map[graph.Label]Edge{}
		for _, t := range graph.Tables() {
			if r := t.Relationship; r != nil && r.Type == graph.Targeted {
				m[r.To] = EdgesOf[none](r.From, r.Type, r.To)
			}
		}
		return m
	}()
)

// AuditEvent adds an event. One that came both ways is one event where action, actor, second and data agree: the
// webhook has no id that the API knows.
func (r *Resolver) AuditEvent(e *AuditEvent) {
	data := e.Data
	if data == "" {
		data = "{}" // what the API leaves out
	}
	same := sha256.Sum256(extsort.AppendTexts(nil, e.Action, e.Actor, strconv.FormatInt(e.Seconds, 10), canonicalJSON(data)))
	r.begin('a', string(same[:]))
	api := byte(0)
	if e.FromAPI {
		api = 1
	}
	r.value = r.appendOrigin(extsort.AppendTexts(append(r.value[:0], api), e.ID, e.Actor, e.Spelled, strconv.Itoa(len(e.Targets))))
	for _, t := range e.Targets {
		r.value = extsort.AppendTexts(r.value, string(t.Label), t.ID)
	}
	row := r.cells(len(auditEvents.table.Node.Properties))
	auditEvents.fields.Fill(row, &e.Row)
	r.value = graph.AppendRow(r.value, row, auditEvents.table.Columns)
	r.add(r.audits)
}

// maxPending bounds the memory of one moment: so many webhook events of the same content wait for the API's.
const maxPending = 1000

// passAudits joins the webhook's events with the API's.
func (r *Resolver) passAudits() error {
	var last, lastValue []byte
	var pending []string // the webhook's events at hand that no entry of the API was joined with
	return r.scan(r.audits, func(key, value []byte) error {
		if string(key) != string(last) {
			last, lastValue, pending = append(last[:0], key...), lastValue[:0], pending[:0]
		} else if sameEvent(value, lastValue) {
			r.audit.Deduplicated++
			return nil
		}
		lastValue = append(lastValue[:0], value...)
		var id string
		r.texts(value[1:], &id)
		into := id
		switch {
		case value[0] == 0 && len(pending) < maxPending:
			pending = append(pending, id)
		case value[0] == 1 && len(pending) > 0:
			into, pending = pending[0], pending[1:]
		}
		if into == id {
			r.audit.Out++
		} else {
			r.audit.Deduplicated++
		}
		return r.writeAudit(into, value)
	})
}

// sameEvent reports whether two values are copies of one event: way and id agree.
func sameEvent(a, b []byte) bool {
	var x, y string
	if len(a) == 0 || len(b) == 0 || a[0] != b[0] {
		return false
	}
	_, errA := extsort.Texts(a[1:], &x)
	_, errB := extsort.Texts(b[1:], &y)
	return errA == nil && errB == nil && x == y
}

// writeAudit adds the node and edges of an event under an id.
func (r *Resolver) writeAudit(id string, value []byte) error {
	var own, actor, spelled, count string
	rest := r.cutOrigin(r.texts(value[1:], &own, &actor, &spelled, &count))
	n, err := strconv.Atoi(count)
	if err != nil || r.err != nil {
		return errors.Join(r.err, damaged("an audit event has %q targets", count))
	}
	targets := make([]Target, n)
	for i := range targets {
		var label string
		rest = r.texts(rest, &label, &targets[i].ID)
		targets[i].Label = graph.Label(label)
	}
	t := auditEvents.table
	row := make(graph.Row, len(t.Node.Properties))
	if err := graph.DecodeRow(row, rest); err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	row[0] = graph.Text(id)
	// The webhook's fragment is the better one, but for what only the API reports.
	r.node(t, Nested, -int64(value[0]), row)
	if actor != "" {
		r.addIdentity(actor, identityPerformed, id, spelled)
	}
	for _, target := range targets {
		r.target(id, target)
	}
	return nil
}

// target says what an event is about.
func (r *Resolver) target(event string, t Target) {
	switch t.Label {
	case graph.SpaceliftUser:
		r.addIdentity(t.ID, identityTargeted, event, "")
		return
	case graph.SpaceliftRun:
		r.addHub('r', t.ID, hubTargeted, event)
		return
	case graph.SpaceliftWorker:
		r.Worker(t.ID, "")
	default: // a space, stack or pool, which are checked at the end
	}
	targeted[t.Label].Add(r, event, t.ID, none{})
}

// canonicalJSON returns JSON text with the keys of objects in order and without white space; what is no JSON as it stands.
func canonicalJSON(text string) string {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return text
	}
	b, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return string(b)
}
