package resolve

import (
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// touchedProperties is the properties of (SpaceliftRun)-[AFFECTED]->(AWSResource).
type touchedProperties struct {
	Role, FirstEventTime, EventTime, EventNames, Events, EventID, Basis, AWSAccount, AWSRegion graph.Value
}

// changedProperties is the properties of (AWSActor)-[CHANGED]->().
type changedProperties struct {
	Role, FirstEventTime, EventTime, EventNames, Events, EventID, Basis, AWSAccount, AWSRegion, Via graph.Value
}

var (
	touchedResource = EdgesOf[touchedProperties](graph.SpaceliftRun, graph.Affected, graph.AWSResource)
	changedResource = EdgesOf[changedProperties](graph.AWSActor, graph.Changed, graph.AWSResource)
	changedInstance = EdgesOf[changedProperties](graph.AWSActor, graph.Changed, graph.EC2Instance)
	actorIsUser     = EdgesOf[none](graph.AWSActor, graph.Is, graph.SpaceliftUser)
)

// The keys of the touches pass: a table's number and the ends, or this tag and an actor.
const actorTag = 255

// What is known of an actor.
const (
	actorSurvives = iota // its node is there
	actorUser            // which user it is
)

// bases are the ways a touch is known, the best first.
var bases = []string{"table", "resources", "entity", "plan", "arn"}

// touch adds a call, or what an entity says, to the relationship of two ends and a role.
func (r *Resolver) touch(t *graph.Table, from, to string, u *use) {
	r.edges.In++
	r.begin(byte(t.Number), from, to, u.role)
	r.value = extsort.AppendTexts(r.value[:0], u.at, u.event, u.name, u.basis, u.account, u.region, u.via) // in the order of time
	r.add(r.touches)
}

// touching is a relationship in the making.
type touching struct {
	key       []byte
	first     string
	last      use
	names     []string
	basis     int
	events    int64
	pairs     int64
	users     []string
	survives  bool
	isAnActor bool
}

// maxEventNames bounds the memory of one relationship: so many different calls are named.
const maxEventNames = 200

// passTouches makes one relationship of all that have the same ends and role.
func (r *Resolver) passTouches() error {
	var m touching
	err := r.scan(r.touches, func(key, value []byte) error {
		if string(key) != string(m.key) {
			r.finishTouch(&m)
			m = touching{key: append(m.key[:0], key...), names: m.names[:0], basis: len(bases), users: m.users[:0], isAnActor: key[0] == actorTag}
		}
		if m.isAnActor {
			switch user := string(value[1:]); {
			case value[0] == actorSurvives:
				m.survives = true
			case !slices.Contains(m.users, user) && len(m.users) < 2:
				m.users = append(m.users, user)
			}
			return nil
		}
		var u use
		r.texts(value, &u.at, &u.event, &u.name, &u.basis, &u.account, &u.region, &u.via)
		m.pairs++
		if i := slices.Index(bases, u.basis); i >= 0 {
			m.basis = min(m.basis, i)
		}
		if u.event == "" || u.event == m.last.event && u.at == m.last.at {
			return nil
		}
		m.events++
		if m.first == "" {
			m.first = u.at
		}
		m.last = u
		if i, found := slices.BinarySearch(m.names, u.name); !found && len(m.names) < maxEventNames && u.name != "" && !strings.Contains(u.name, graph.ListSeparator) {
			m.names = slices.Insert(m.names, i, u.name)
		}
		return nil
	})
	r.finishTouch(&m)
	return err
}

// finishTouch adds the relationship that was made.
func (r *Resolver) finishTouch(m *touching) {
	if len(m.key) == 0 {
		return
	}
	var from, to, role string
	if m.isAnActor {
		r.keyTexts(m.key, &from)
		if m.survives && len(m.users) == 1 {
			actorIsUser.Add(r, from, m.users[0], none{})
		}
		return
	}
	r.keyTexts(m.key, &from, &to, &role)
	r.edges.In-- // Add counts it again
	p := touchedProperties{
		Role: graph.Text(role), FirstEventTime: TextOrNone(m.first), EventTime: TextOrNone(m.last.at), EventNames: TextOrNone(strings.Join(m.names, graph.ListSeparator)),
		Events: NumOrNone(m.events), EventID: TextOrNone(m.last.event), AWSAccount: TextOrNone(m.last.account), AWSRegion: TextOrNone(m.last.region),
	}
	if m.basis < len(bases) {
		p.Basis = graph.Text(bases[m.basis])
	}
	r.edges.Deduplicated += m.pairs - 1
	c := changedProperties{p.Role, p.FirstEventTime, p.EventTime, p.EventNames, p.Events, p.EventID, p.Basis, p.AWSAccount, p.AWSRegion, TextOrNone(m.last.via)}
	switch int(m.key[0]) {
	case touchedResource.table.Number:
		touchedResource.Add(r, from, to, p)
	case changedResource.table.Number:
		changedResource.Add(r, from, to, c)
	case changedInstance.table.Number:
		changedInstance.Add(r, from, to, c)
	}
}
