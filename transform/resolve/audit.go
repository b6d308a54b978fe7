package resolve

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"

	"liftgraph/graph"
)

// AuditEvent is an event of the audit trail, from the webhook or from the API.
type AuditEvent struct {
	ID             string
	FromAPI        bool
	Row            graph.Row // of SpaceliftAuditEvent
	Action, Data   string
	Seconds        int64  // when it happened, Unix
	Actor, Spelled string // the canonical identity and its spelling; empty for nobody
	Targets        []Target
}

// Target is a node that an audit event is about.
type Target struct {
	Label graph.Label
	ID    string // of a user any of its names
}

var (
	performed = graph.RelationshipTable(graph.SpaceliftUser, graph.Performed, graph.SpaceliftAuditEvent)
	targeted  = func() map[graph.Label]*graph.Table {
		m := map[graph.Label]*graph.Table{}
		for _, t := range graph.Tables() {
			if r := t.Relationship; r != nil && r.Type == graph.Targeted {
				m[r.To] = t
			}
		}
		return m
	}()
)

// AuditEvent adds an event. One that came both ways is one event where action, actor, second and data agree: the
// webhook has no id that the API knows.
func (r *Resolver) AuditEvent(e *AuditEvent) error {
	data := e.Data
	if data == "" {
		data = "{}" // what the API leaves out
	}
	same := sha256.Sum256(appendTexts(nil, e.Action, e.Actor, strconv.FormatInt(e.Seconds, 10), canonicalJSON(data)))
	r.key = appendKey(r.key[:0], 'a', string(same[:]))
	api := byte(0)
	if e.FromAPI {
		api = 1
	}
	r.value = appendTexts(append(r.value[:0], api), e.ID, e.Actor, e.Spelled, strconv.Itoa(len(e.Targets)))
	for _, t := range e.Targets {
		r.value = appendTexts(r.value, string(t.Label), t.ID)
	}
	r.value = graph.AppendRow(r.value, e.Row, graph.NodeTable(graph.SpaceliftAuditEvent).Columns)
	return r.audits.Add(r.key, r.value)
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
		if _, err := texts(value[1:], &id); err != nil {
			return err
		}
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

// sameEvent tells whether two values are copies of one event: way and id agree.
func sameEvent(a, b []byte) bool {
	var x, y string
	if len(a) == 0 || len(b) == 0 || a[0] != b[0] {
		return false
	}
	_, errA := texts(a[1:], &x)
	_, errB := texts(b[1:], &y)
	return errA == nil && errB == nil && x == y
}

// writeAudit adds the node and edges of an event under an id.
func (r *Resolver) writeAudit(id string, value []byte) error {
	var own, actor, spelled, count string
	rest, err := texts(value[1:], &own, &actor, &spelled, &count)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(count)
	if err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	targets := make([]Target, n)
	for i := range targets {
		var label string
		if rest, err = texts(rest, &label, &targets[i].ID); err != nil {
			return err
		}
		targets[i].Label = graph.Label(label)
	}
	t := graph.NodeTable(graph.SpaceliftAuditEvent)
	row := make(graph.Row, len(t.Node.Properties))
	if err := graph.DecodeRow(row, append([]byte(nil), rest...)); err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	row[0] = graph.Text(id)
	// The webhook's fragment is the better one, but for what only the API tells.
	if err := r.Node(graph.SpaceliftAuditEvent, Nested, -int64(value[0]), row...); err != nil {
		return err
	}
	if actor != "" {
		if err := r.addIdentity(actor, identityPerformed, id, spelled); err != nil {
			return err
		}
	}
	for _, target := range targets {
		if err := r.target(id, target); err != nil {
			return err
		}
	}
	return nil
}

// target says what an event is about.
func (r *Resolver) target(event string, t Target) error {
	switch t.Label {
	case graph.SpaceliftUser:
		return r.addIdentity(t.ID, identityTargeted, event, "")
	case graph.SpaceliftRun:
		return r.addHub('r', t.ID, hubTargeted, event)
	case graph.SpaceliftWorker:
		if err := r.Worker(t.ID, ""); err != nil {
			return err
		}
	default: // a space, stack or pool, which are checked at the end
	}
	return r.Edge(targeted[t.Label], event, t.ID)
}

// canonicalJSON gives JSON text with the keys of objects in order and without white space; what is no JSON as it stands.
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
