package resolve

import (
	"errors"
	"fmt"

	"liftgraph/internal/extsort"
	"liftgraph/internal/raw"
)

// What is known of an access key: whose it is comes before what was done with it.
const (
	keyOwner   = iota // the session it was given to
	keyActor          // the actor it was given to
	keyTouched        // in the calls: an event that touched resources, made with it
	keyUsed           // in the grants: another key that was got with it; in the calls: a call made with it
)

// maxHops is how long a chain of roles is followed. Each hop costs a pass over the grants that are left.
const maxHops = 32

func (r *Resolver) addKey(s *extsort.Sorter, accessKey string, what byte, more []byte) {
	r.begin('k', accessKey)
	r.value = append(append(r.value[:0], what), more...)
	r.add(s)
}

// grant passes on whose a key is, or with which other key it was got.
func (r *Resolver) grant(s *raw.Session, rest []byte) {
	var askedWith, key string
	r.cutOrigin(r.texts(rest, &askedWith, &key))
	if s.Run == "" {
		r.addKey(r.grants, askedWith, keyUsed, extsort.AppendTexts(nil, key))
		return
	}
	r.calls.Out++
	r.sessionOfRun(s)
	r.ownKey(r.grants, key, s)
}

// ownKey says whose a key is, to the grants that follow and to the calls.
func (r *Resolver) ownKey(grants *extsort.Sorter, key string, s *raw.Session) {
	owner := appendSession(nil, s)
	r.addKey(grants, key, keyOwner, owner)
	r.addKey(r.keyedCalls, key, keyOwner, owner)
}

// passKeys follows the chains of roles hop by hop, and then attributes the calls made with their keys.
func (r *Resolver) passKeys() error {
	for hop := 0; ; hop++ {
		next := r.newSorter()
		followed, left, err := r.hop(next)
		if err != nil {
			return errors.Join(err, next.Close())
		}
		r.grants = next
		if followed > 0 && left > 0 && hop < maxHops {
			continue
		}
		if followed > 0 && left > 0 {
			r.notes = append(r.notes, fmt.Sprintf("chains of roles were followed for %d hops only: %d grants were not", maxHops, left))
		}
		r.calls.Filtered[notSpacelift] += left
		return errors.Join(r.grants.Close(), r.keyedCallsPass())
	}
}

// notSpacelift is for events of sessions that no run began.
const notSpacelift = "not_spacelift"

// hop joins the grants with the keys whose owner is known. Keys that were got with those are known in the next hop;
// other grants are left for it.
func (r *Resolver) hop(next *extsort.Sorter) (followed, left int64, err error) {
	err = r.byKey(r.grants, func(key []byte, _ byte, owner *raw.Session, _ *raw.Actor, granted []byte) error {
		if owner == nil {
			left++
			return next.Add(key, append([]byte{keyUsed}, granted...))
		}
		followed++
		r.calls.Out++
		var child string
		r.texts(granted, &child)
		r.ownKey(next, child, owner)
		return nil
	})
	return followed, left, err
}

// keyedCallsPass attributes the calls whose key is a run's.
func (r *Resolver) keyedCallsPass() error {
	return r.byKey(r.keyedCalls, func(_ []byte, kind byte, owner *raw.Session, actor *raw.Actor, call []byte) error {
		if kind == keyTouched {
			r.attributeUses(owner, actor, call)
			return nil
		}
		if owner == nil {
			r.calls.Filtered[notSpacelift]++
			return nil
		}
		var event string
		r.attribute(owner, event, r.texts(call, &event))
		return nil
	})
}

// byKey calls use with each use of a key, its kind and the key's owner, a run or another actor, nil where it is unknown.
func (r *Resolver) byKey(s *extsort.Sorter, use func(key []byte, kind byte, owner *raw.Session, actor *raw.Actor, used []byte) error) error {
	var last []byte
	var owner *raw.Session
	var actor *raw.Actor
	return r.scan(s, func(key, value []byte) error {
		if string(key) != string(last) {
			last, owner, actor = append(last[:0], key...), nil, nil
		}
		switch value[0] {
		case keyUsed, keyTouched:
			return use(key, value[0], owner, actor, value[1:])
		case keyActor:
			a, _ := r.cutActor(value[1:])
			actor = &a
			return nil
		}
		if owner != nil { // the same grant from another copy of its event
			return nil
		}
		s, _ := r.session(value[1:])
		owner = &s
		return nil
	})
}
