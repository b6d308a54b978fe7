package resolve

import (
	"liftgraph/graph"
	"liftgraph/internal/raw"
)

// The kinds of CloudTrail events, in the events pass.
const (
	eventCall  = 'c'
	eventGrant = 'g'
)

// Call adds an API call of a run, or one whose run only its access key can tell. Its instances are known from now on.
func (r *Resolver) Call(c *raw.APICall) error {
	for _, id := range c.Instances {
		if err := r.KnowInstance(id, c.Account, c.Region); err != nil {
			return err
		}
	}
	r.beginEvent(eventCall, c.EventID, c.Session)
	r.value = appendTexts(r.value, c.AccessKey, c.Time, c.Name, c.Account, c.Region)
	r.value = appendTexts(r.value, c.Instances...)
	return r.events.Add(r.key, r.value)
}

// Known counts and adds an instance that CloudTrail names.
func (r *Resolver) Known(i *raw.Instance) error {
	r.calls.Out++
	return r.KnowInstance(i.ID, i.Account, i.Region)
}

// Grant adds credentials that STS gave out.
func (r *Resolver) Grant(g *raw.Grant) error {
	r.beginEvent(eventGrant, g.EventID, g.Session)
	r.value = appendTexts(r.value, g.AccessKey, g.Key)
	return r.events.Add(r.key, r.value)
}

// beginEvent begins the key and value of an event. Of several copies one that tells the run comes first.
func (r *Resolver) beginEvent(kind byte, id string, s *raw.Session) {
	rank := byte(1)
	if s != nil {
		rank = 0
	}
	r.key = appendKey(r.key[:0], kind, id)
	r.value = appendSession(append(r.value[:0], rank), s)
}

func appendSession(dst []byte, s *raw.Session) []byte {
	if s == nil {
		s = &raw.Session{}
	}
	return appendTexts(dst, s.Run, s.Stack, s.SpaceliftAccount)
}

func session(src []byte) (s raw.Session, rest []byte, err error) {
	rest, err = texts(src, &s.Run, &s.Stack, &s.SpaceliftAccount)
	return s, rest, err
}

// passEvents takes each event once, and passes on by its access key what doesn't tell its run.
func (r *Resolver) passEvents() error {
	var last []byte
	return r.scan(r.events, func(key, value []byte) error {
		if string(key) == string(last) {
			r.calls.Deduplicated++
			return nil
		}
		last = append(last[:0], key...)
		var id [1]string
		if err := keyTexts(key, id[:]); err != nil {
			return err
		}
		s, rest, err := session(value[1:])
		if err != nil {
			return err
		}
		if key[0] == eventGrant {
			return r.grant(&s, rest)
		}
		var accessKey string
		call, err := texts(rest, &accessKey)
		if err != nil {
			return err
		}
		if s.Run == "" {
			return r.addKey(r.keyedCalls, accessKey, keyUsed, append(appendTexts(nil, id[0]), call...))
		}
		return r.attribute(&s, id[0], call)
	})
}

// attribute says that a run made a call: what Call added of it, from its time on.
func (r *Resolver) attribute(s *raw.Session, event string, call []byte) error {
	r.calls.Out++
	var at, name, account, region string
	call, err := texts(call, &at, &name, &account, &region)
	if err != nil {
		return err
	}
	if r.cfg.StubRuns && (s.SpaceliftAccount == "" || s.SpaceliftAccount == r.account) {
		if err := r.stubRun(s); err != nil {
			return err
		}
	}
	for len(call) > 0 {
		var instance string
		if call, err = texts(call, &instance); err != nil {
			return err
		}
		if err := r.addHub('r', s.Run, hubCalled, instance, event, at, name, account, region); err != nil {
			return err
		}
	}
	return nil
}

// stubRun makes a run that the API doesn't list a node, and says which stack it belongs to.
func (r *Resolver) stubRun(s *raw.Session) error {
	row := make([]graph.Value, len(graph.NodeTable(graph.SpaceliftRun).Node.Properties))
	row[0], row[len(row)-1] = graph.Text(s.Run), graph.Text(r.account)
	if err := r.stub(graph.SpaceliftRun, row...); err != nil || s.Stack == "" {
		return err
	}
	return r.addHub('r', s.Run, hubStack, s.Stack)
}
