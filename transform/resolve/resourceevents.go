package resolve

import (
	"cmp"

	"liftgraph/internal/extsort"
	"liftgraph/internal/raw"
)

// eventTouched is the kind of a [raw.ResourceEvent] in the events pass.
const eventTouched = 'r'

// ResourceEvent adds an event that touched resources. Copies in several accounts are one event.
func (r *Resolver) ResourceEvent(e *raw.ResourceEvent) {
	r.beginEvent(eventTouched, cmp.Or(e.SharedID, e.EventID), e.Session)
	r.value = extsort.AppendTexts(r.value, e.AccessKey)
	r.value = appendActor(r.value, e.Actor)
	r.value = extsort.AppendTexts(r.value, e.Time, e.Source, e.Name, e.Class, e.Account, e.Region, e.Via, e.Noise, e.SourceIP)
	r.value = r.appendOrigin(r.value)
	for i := range e.Touched {
		r.value = extsort.AppendTexts(appendResource(r.value, &e.Touched[i].Resource), e.Touched[i].Role, e.Touched[i].Basis)
	}
	r.add(r.events)
}

// ActorKey says who acts with an access key.
func (r *Resolver) ActorKey(k *raw.ActorKey) {
	r.calls.Out++
	r.addKey(r.keyedCalls, k.Key, keyActor, appendActor(nil, &k.Actor))
}

// touched attributes an event whose own record names the run, or passes it on by its access key.
func (r *Resolver) touched(event string, s *raw.Session, rest []byte) {
	var accessKey string
	rest = r.texts(rest, &accessKey)
	value := append(extsort.AppendTexts(nil, event), rest...)
	if s.Run == "" && accessKey != "" {
		r.addKey(r.keyedCalls, accessKey, keyTouched, value)
		return
	}
	r.attributeUses(s, nil, value)
}

// attributeUses passes on what an event did, whose run or actor is known now: the owner of its access key, else the actor that its
// record names.
func (r *Resolver) attributeUses(s *raw.Session, owner *raw.Actor, value []byte) {
	var u use
	rest := r.texts(value, &u.event)
	u.actor, rest = r.cutActor(rest)
	rest = r.cutOrigin(r.texts(rest, &u.at, &u.source, &u.name, &u.class, &u.account, &u.region, &u.via, &u.noise, &u.ip))
	switch {
	case s != nil && s.Run != "":
		u.run, u.actor = s.Run, raw.Actor{}
		r.sessionOfRun(s)
	case owner != nil:
		u.actor = *owner
	}
	switch {
	case u.run == "" && !raw.IsID(u.actor.ID):
		r.calls.Filtered[notSpacelift]++
		return
	case u.run != "" && r.cfg.Resources != All, u.run == "" && r.cfg.Changes != All && r.cfg.Changes != Managed:
		r.calls.Filtered[NotAskedFor]++
		return
	}
	r.calls.Out++
	if u.actor.Email != "" {
		r.actorOf(lower(u.actor.Email), u.actor.ID)
	}
	for len(rest) > 0 && r.err == nil {
		a, more := r.cutResource(rest)
		rest = r.texts(more, &u.role, &u.basis)
		if !usable(&a) {
			continue
		}
		r.begin('n', a.NameKey())
		r.value = r.appendOrigin(appendUse(appendResource(append(r.value[:0], nameUsed), &a), &u))
		r.add(r.names)
		r.knowName(&a)
	}
}

// actorOf passes on which identity of Spacelift an actor has.
func (r *Resolver) actorOf(email, actor string) {
	k := stubKey{"", email + "\x00" + actor}
	if _, ok := r.recentStubs[k]; ok {
		return
	}
	if len(r.recentStubs) == maxRecentStubs {
		clear(r.recentStubs)
	}
	r.recentStubs[k] = struct{}{}
	r.addIdentity(email, identityActor, actor, "")
}
