package resolve

import (
	"cmp"
	"slices"
	"strings"

	"liftgraph/internal/extsort"
	"liftgraph/internal/raw"
)

// The kinds of CloudTrail events, in the events pass.
const (
	eventCall  = 'c'
	eventGrant = 'g'
)

// Call adds an API call of a run, or one whose run only its access key can tell. Its instances are known from now on.
func (r *Resolver) Call(c *raw.APICall) {
	for _, id := range c.Instances {
		r.KnowInstance(id, c.Account, c.Region)
	}
	r.beginEvent(eventCall, c.EventID, c.Session)
	r.value = r.appendOrigin(extsort.AppendTexts(r.value, c.AccessKey, c.Time, c.Name, c.Account, c.Region, c.ErrorCode, c.ErrorMessage))
	for _, id := range c.Instances {
		if slices.Contains(c.Mentioned, id) {
			id = onlyMentioned + id
		}
		r.value = extsort.AppendTexts(r.value, id)
	}
	r.add(r.events)
}

// Leave counts a call that isn't asked for. Its instances are known from now on.
func (r *Resolver) Leave(instances []string, account, region string) {
	for _, id := range instances {
		r.KnowInstance(id, account, region)
	}
	r.calls.Filtered[NotAskedFor]++
}

// Known counts and adds an instance that CloudTrail names.
func (r *Resolver) Known(i *raw.Instance) {
	r.calls.Out++
	r.KnowInstance(i.ID, i.Account, i.Region)
}

// Grant adds credentials that STS gave out.
func (r *Resolver) Grant(g *raw.Grant) {
	r.beginEvent(eventGrant, g.EventID, g.Session)
	r.value = r.appendOrigin(extsort.AppendTexts(r.value, g.AccessKey, g.Key))
	r.add(r.events)
}

// beginEvent begins the key and value of an event. Of several copies one that names the run comes first.
func (r *Resolver) beginEvent(kind byte, id string, s *raw.Session) {
	rank := byte(1)
	if s != nil {
		rank = 0
	}
	r.begin(kind, id)
	r.value = appendSession(append(r.value[:0], rank), s)
}

func appendSession(dst []byte, s *raw.Session) []byte {
	if s == nil {
		s = &raw.Session{}
	}
	return extsort.AppendTexts(dst, s.Run, s.Stack, s.SpaceliftAccount, s.AccountBegins)
}

func (r *Resolver) session(src []byte) (s raw.Session, rest []byte) {
	rest = r.texts(src, &s.Run, &s.Stack, &s.SpaceliftAccount, &s.AccountBegins)
	return s, rest
}

// passEvents takes each event once, and passes on by its access key what doesn't name its run.
func (r *Resolver) passEvents() error {
	var last []byte
	var call *call
	flush := func() {
		if call != nil {
			r.passCall(call)
		}
		call = nil
	}
	err := r.scan(r.events, func(key, value []byte) error {
		fresh := string(key) != string(last)
		if fresh {
			last = append(last[:0], key...)
			flush()
		} else {
			r.calls.Deduplicated++
		}
		s, rest := r.session(value[1:])
		switch {
		case key[0] == eventGrant && fresh:
			r.grant(&s, rest)
		case key[0] == eventTouched && fresh:
			var event string
			r.keyTexts(key, &event)
			r.touched(event, &s, rest)
		}
		if key[0] != eventCall {
			return nil
		}
		if fresh {
			call = newCall(s)
			r.keyTexts(key, &call.event)
		}
		call.add(r, rest)
		return nil
	})
	flush()
	return err
}

// onlyMentioned stands before an instance that a call only mentions, as far as is known.
const onlyMentioned = "?"

// basisMentioned is the basis of an edge to such an instance.
const basisMentioned = "mentioned"

// call is an API call with what all copies of its event say: an export may lack what the log has.
type call struct {
	session                                         raw.Session
	event                                           string
	accessKey, at, name, account, region, errorCode string
	errorMessage                                    string
	instances                                       []string
	origin                                          origin // of the first copy
}

func newCall(s raw.Session) *call { return &call{session: s} }

// add adds a copy: what Call wrote behind the session.
func (c *call) add(r *Resolver, copied []byte) {
	var from [7]string
	rest := r.cutOrigin(r.texts(copied, &from[0], &from[1], &from[2], &from[3], &from[4], &from[5], &from[6]))
	if c.origin.kind == 0 {
		c.origin = r.origin
	}
	for i, to := range []*string{&c.accessKey, &c.at, &c.name, &c.account, &c.region, &c.errorCode, &c.errorMessage} {
		*to = cmp.Or(*to, from[i])
	}
	for len(rest) > 0 {
		var instance string
		rest = r.texts(rest, &instance)
		c.instances = append(c.instances, instance)
	}
}

// passCall attributes a call, or passes it on by its access key.
func (r *Resolver) passCall(c *call) {
	r.origin = c.origin
	described := r.appendOrigin(extsort.AppendTexts(nil, c.at, c.name, c.account, c.region, c.errorCode, c.errorMessage))
	slices.Sort(c.instances)
	c.instances = slices.Compact(c.instances)
	for _, instance := range c.instances {
		if id, only := strings.CutPrefix(instance, onlyMentioned); only {
			if _, known := slices.BinarySearch(c.instances, id); known { // by another copy
				continue
			}
		}
		described = extsort.AppendTexts(described, instance)
	}
	if c.session.Run == "" {
		r.addKey(r.keyedCalls, c.accessKey, keyUsed, append(extsort.AppendTexts(nil, c.event), described...))
		return
	}
	r.attribute(&c.session, c.event, described)
}

// attribute says that a run made a call: when, by which name and where, why it failed, and the instances.
func (r *Resolver) attribute(s *raw.Session, event string, described []byte) {
	r.calls.Out++
	var at, name, account, region, errorCode, errorMessage string
	instances := r.cutOrigin(r.texts(described, &at, &name, &account, &region, &errorCode, &errorMessage))
	r.sessionOfRun(s)
	for len(instances) > 0 {
		var instance string
		instances = r.texts(instances, &instance)
		basis := ""
		if id, only := strings.CutPrefix(instance, onlyMentioned); only {
			instance, basis = id, basisMentioned
		}
		r.addHub('r', s.Run, hubCalled, instance, event, at, name, account, region, errorCode, errorMessage, basis)
	}
}

// sessionOfRun passes on what a session says of its run, for a run that the API doesn't list.
func (r *Resolver) sessionOfRun(s *raw.Session) {
	if !r.cfg.StubRuns {
		return
	}
	foreign := ""
	if s.SpaceliftAccount != "" && s.SpaceliftAccount != r.account || !strings.HasPrefix(r.account, s.AccountBegins) {
		foreign = "foreign"
	}
	if foreign+s.Stack != "" {
		r.addHub('r', s.Run, hubSession, foreign, s.Stack)
	}
}
