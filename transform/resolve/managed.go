package resolve

import (
	"liftgraph/graph"
	"liftgraph/internal/awsresource"
)

// managesProperties is the properties of MANAGES.
type managesProperties struct{ Address, EntityID, ResolvedBy, Drifted graph.Value }

var (
	managesResource = EdgesOf[managesProperties](graph.SpaceliftStack, graph.Manages, graph.AWSResource)
	managesInstance = EdgesOf[managesProperties](graph.SpaceliftStack, graph.Manages, graph.EC2Instance)
)

const (
	managedBy      = iota // a stack manages the resource
	managedChanged        // an actor changed it
)

// manage says that an entity is a resource, or a part of one: its stack manages it, and its runs touched it.
func (r *Resolver) manage(e *Entity, t *Subject, a *awsresource.Resource, how string) {
	if !usable(a) {
		return
	}
	if !t.End {
		r.manages(e, a, how, t.Part)
	}
	if a.Type == instanceType || r.cfg.Resources != All {
		return // its own relationship has these runs
	}
	for i, run := range e.runs() {
		u := use{run: run, role: graph.RoleChanged, basis: "entity", class: classChange}
		switch {
		case t.End:
			u.role = graph.RoleAttached
		case i == 0 && run == e.Creator && !t.Part:
			u.role = graph.RoleCreated
		}
		r.begin('r', run)
		r.value = r.appendOrigin(appendUse(appendResource(append(r.value[:0], hubTouched), a), &u))
		r.add(r.hubs)
	}
}

// manages adds that a stack manages a resource; an entity that is the resource itself has precedence over one of its settings.
func (r *Resolver) manages(e *Entity, a *awsresource.Resource, how string, part bool) {
	r.resource(a)
	rank := byte(0)
	if part {
		rank = 1
	}
	p := managesProperties{Address: TextOrNone(e.Address), EntityID: TextOrNone(e.ID), ResolvedBy: graph.Text(how), Drifted: NumOrNone(e.Drifted)}
	if a.Type == instanceType {
		managesInstance.ranked(r, rank, e.Stack, a.Name, p)
	} else {
		managesResource.ranked(r, rank, e.Stack, a.Key(), p)
	}
	r.begin('m', nodeID(a))
	r.value = append(r.value[:0], managedBy)
	r.add(r.managed)
}

// passManaged passes on the changes outside runs of what a stack manages, or of everything.
func (r *Resolver) passManaged() error {
	var last []byte
	managed := false
	return r.scan(r.managed, func(key, value []byte) error {
		if string(key) != string(last) {
			last, managed = append(last[:0], key...), false
		}
		if value[0] == managedBy {
			managed = true
			return nil
		}
		if !managed && r.cfg.Changes != All {
			r.edges.In++
			r.edges.Filtered["unmanaged"]++
			return nil
		}
		a, rest := r.cutResource(value[1:])
		u, _ := r.cutUse(rest)
		r.resource(&a)
		r.actor(&u.actor)
		label := graph.AWSResource
		if a.Type == instanceType {
			label = graph.EC2Instance
		}
		r.touch(graph.RelationshipTable(graph.AWSActor, graph.Changed, label), u.actor.ID, nodeID(&a), &u)
		r.begin(actorTag, u.actor.ID)
		r.value = append(r.value[:0], actorSurvives)
		r.add(r.touches)
		return nil
	})
}

// Managed is the value of Config.Changes that leaves out what no stack manages.
const Managed = "managed"

// Manages reports whether the graph says which resources a stack manages.
func (c Config) Manages() bool { return c.Resources == All || c.Changes == All || c.Changes == Managed }

// None is the value of Config.Resources that leaves out every AFFECTED, also that to EC2 instances.
const None = "none"

// NotAskedFor is why what a source holds is left out: [Config] does without it.
const NotAskedFor = "not_asked_for"

// All is the value of Config.Resources and Config.Changes that leaves nothing out.
const All = "all"

// touchedBy adds what a run did to a resource, if the run exists.
func (r *Resolver) touchedBy(h *hub, out *tableWriter, value []byte) error {
	a, rest := r.cutResource(value[1:])
	u, rest := r.cutUse(rest)
	r.cutOrigin(rest)
	if !h.exists && r.cfg.StubRuns && !h.foreign && u.event != "" {
		if err := r.stubRun(h, out); err != nil {
			return err
		}
	}
	if !h.exists {
		r.RejectEdge(unknownRun, graph.Affected, h.id, nodeID(&a))
		return nil
	}
	r.resource(&a)
	r.touch(touchedResource.table, h.id, nodeID(&a), &u)
	return nil
}

// actorIs says that an actor is a user of Spacelift.
func (r *Resolver) actorIs(actor, user string) {
	r.begin(actorTag, actor)
	r.value = append(append(r.value[:0], actorUser), user...)
	r.add(r.touches)
}
