package scan

import (
	"bytes"

	"liftgraph/extract/cloudtrail/resource"
	"liftgraph/internal/raw"
)

// empty reports whether nothing of an event is delivered.
func (f *found) empty() bool {
	return f.call == nil && f.grant == nil && f.touched == nil && f.actor == nil
}

// noiseReasons are why changes of others are left out, unless all are asked for.
var noiseReasons = map[string]reason{
	resource.NoiseAutomatic: automaticCall, resource.NoiseOperate: operatingCall, resource.NoiseAgent: agentCall,
	resource.NoiseController: controllerCall, resource.NoiseTags: serviceTags,
}

// touch adds which resources the event touched, and who made the call where no run is named.
func (s *scan) touch(e *event, f *found) {
	if s.opts.NoInstances {
		f.call = nil
	}
	run := f.session != nil
	mayBeRun := s.opts.AllResources && s.opts.FollowRoles && f.who.temporaryKey() != ""
	if run && !s.opts.AllResources || !run && !s.opts.Changes && !mayBeRun {
		return
	}
	if s.opts.Changes && !run && isWebIdentity(e) {
		r := e.forResources()
		f.actor = r.ActorKey(string(e[eventID]))
	}
	if e.changesNothing() || e.failed() {
		return
	}
	r := e.forResources()
	o := resource.Read(&r)
	if !run && !s.opts.AllChanges && !o.Known { // as where records are looked at by their bytes
		if s.opts.Changes && o.Class == resource.Change {
			f.why = unknownEvent
			s.batch.unknown(o.Service + " " + o.Call)
		}
		return
	}
	if o.Unknown() && (run || s.opts.Changes) {
		f.why = unknownEvent
		s.batch.unknown(o.Service + " " + o.Call)
	}
	if len(o.Touched) == 0 {
		return
	}
	if !run {
		if why, noise := noiseReasons[o.Noise]; noise && !s.opts.AllChanges && (!mayBeRun || o.Noise != resource.NoiseOperate || !isRole(o.Actor)) {
			f.why = why
			return
		}
		if o.Actor == nil && !mayBeRun {
			return
		}
	}
	t := &raw.ResourceEvent{
		EventID: string(e[eventID]), SharedID: string(e[sharedEventID]), Source: o.Service, Name: o.Call, Account: e.account(f.who), Region: string(e[awsRegion]),
		Class: string(o.Class), AccessKey: f.who.temporaryKey(), Via: o.Via, Noise: o.Noise, SourceIP: string(e[sourceIP]), Touched: o.Touched,
	}
	switch {
	case run:
		t.Session = &f.session.Session
	case s.opts.Changes:
		t.Actor = o.Actor
	}
	f.touched = t
}

// isRole reports whether an actor is no more than a role, whose session may be derived from a run's.
func isRole(a *raw.Actor) bool { return a == nil || a.Kind == resource.Role }

// maxUnknown is how many names of unknown events a batch counts, so that hostile input can't fill the memory.
const maxUnknown = 1000

// unknown counts a change of which nothing says what it changed.
func (b *Batch) unknown(name string) {
	if b.Unknown == nil {
		b.Unknown = map[string]int64{}
	}
	if _, there := b.Unknown[name]; !there && len(b.Unknown) == maxUnknown || len(name) > 200 {
		name = "other"
	}
	b.Unknown[name]++
}

// unknownChange returns the name of the change that a record of no concern may be of, where changes are asked for and no
// rule is there for it; "" else. The record isn't parsed.
func (s *scan) unknownChange(record []byte) string {
	if !s.opts.Changes || onlyReads(record) || bytes.Contains(record, errorMember) || bytes.Contains(record, dataMember) || bytes.Contains(record, serviceMember) {
		return ""
	}
	source, rest := sourceName.text(record)
	name, _ := nameName.text(rest)
	if source == nil || name == nil || resource.KnowsEvent(source, name) || resource.Operates(source, name) {
		return ""
	}
	return resource.Service(string(source)) + " " + resource.Call(string(name))
}

// What calls have that failed, that touch data, and that services make for themselves.
var (
	errorMember   = []byte(`"errorCode":"`)
	dataMember    = []byte(`"managementEvent":false`)
	serviceMember = []byte(`"type":"AWSService"`)
)

func isWebIdentity(e *event) bool {
	return resource.Service(string(e[eventSource])) == "sts" && resource.Call(string(e[eventName])) == string(webIdentity)
}

// forResources returns the event as package resource reads it.
func (e *event) forResources() resource.Event {
	return resource.Event{
		Source: string(e[eventSource]), Name: string(e[eventName]), Region: string(e[awsRegion]), Recipient: string(e.recipient()),
		ReadOnly: string(e[readOnly]), ErrorCode: string(e[errorCode]), ErrorMessage: string(e[errorMessage]), Management: string(e[managementEvent]),
		Category: string(e[eventCategory]), Type: string(e[eventType]), UserAgent: string(e[userAgent]), SourceIP: string(e[sourceIP]),
		FromConsole: string(e[fromConsole]), Identity: asJSON(e[userIdentity]), Request: asJSON(e[requestParameters]), Response: asJSON(e[responseElements]), Touched: e[resources],
	}
}

// asJSON returns a value as JSON where it is a struct in another form, else as it stands.
func asJSON(text []byte) []byte {
	if object := objectOf(text); object != nil {
		return object
	}
	return text
}

// recipient returns the account that the event was recorded in, as the event says.
func (e *event) recipient() []byte {
	if len(e[recipientAccountID]) > 0 {
		return e[recipientAccountID]
	}
	return e[accountID]
}
