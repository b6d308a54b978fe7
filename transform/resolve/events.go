package resolve

import (
	"cmp"
	"slices"
	"strings"

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
	r.value = appendTexts(r.value, c.AccessKey, c.Time, c.Name, c.Account, c.Region, c.ErrorCode)
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
	return appendTexts(dst, s.Run, s.Stack, s.SpaceliftAccount, s.AccountBegins)
}

func session(src []byte) (s raw.Session, rest []byte, err error) {
	rest, err = texts(src, &s.Run, &s.Stack, &s.SpaceliftAccount, &s.AccountBegins)
	return s, rest, err
}

// passEvents takes each event once, and passes on by its access key what doesn't tell its run.
func (r *Resolver) passEvents() error {
	var last []byte
	var call *call
	flush := func() error {
		c := call
		if call = nil; c == nil {
			return nil
		}
		return r.passCall(c)
	}
	err := r.scan(r.events, func(key, value []byte) error {
		fresh := string(key) != string(last)
		if fresh {
			last = append(last[:0], key...)
			if err := flush(); err != nil {
				return err
			}
		} else {
			r.calls.Deduplicated++
		}
		s, rest, err := session(value[1:])
		if err != nil {
			return err
		}
		if key[0] == eventGrant {
			if !fresh {
				return nil
			}
			return r.grant(&s, rest)
		}
		if fresh {
			if call, err = newCall(key, s); err != nil {
				return err
			}
		}
		return call.add(rest)
	})
	if err != nil {
		return err
	}
	return flush()
}

// call is an API call with what all copies of its event tell: an export may lack what the log has.
type call struct {
	session                                         raw.Session
	event                                           string
	accessKey, at, name, account, region, errorCode string
	instances                                       []string
}

func newCall(key []byte, s raw.Session) (*call, error) {
	c := &call{session: s}
	id := make([]string, 1)
	err := keyTexts(key, id)
	c.event = id[0]
	return c, err
}

// add adds a copy: what Call wrote behind the session.
func (c *call) add(copied []byte) error {
	var from [6]string
	rest, err := texts(copied, &from[0], &from[1], &from[2], &from[3], &from[4], &from[5])
	if err != nil {
		return err
	}
	for i, to := range []*string{&c.accessKey, &c.at, &c.name, &c.account, &c.region, &c.errorCode} {
		*to = cmp.Or(*to, from[i])
	}
	for len(rest) > 0 {
		var instance string
		if rest, err = texts(rest, &instance); err != nil {
			return err
		}
		c.instances = append(c.instances, instance)
	}
	return nil
}

// passCall attributes a call, or passes it on by its access key.
func (r *Resolver) passCall(c *call) error {
	told := appendTexts(nil, c.at, c.name, c.account, c.region, c.errorCode)
	slices.Sort(c.instances)
	told = appendTexts(told, slices.Compact(c.instances)...)
	if c.session.Run == "" {
		return r.addKey(r.keyedCalls, c.accessKey, keyUsed, append(appendTexts(nil, c.event), told...))
	}
	return r.attribute(&c.session, c.event, told)
}

// attribute says that a run made a call: when, by which name and where, why it failed, and the instances.
func (r *Resolver) attribute(s *raw.Session, event string, told []byte) error {
	r.calls.Out++
	if err := r.sessionOfRun(s); err != nil {
		return err
	}
	var at, name, account, region, errorCode string
	instances, err := texts(told, &at, &name, &account, &region, &errorCode)
	if err != nil {
		return err
	}
	for len(instances) > 0 {
		var instance string
		if instances, err = texts(instances, &instance); err != nil {
			return err
		}
		if err := r.addHub('r', s.Run, hubCalled, instance, event, at, name, account, region, errorCode); err != nil {
			return err
		}
	}
	return nil
}

// sessionOfRun passes on what a session tells of its run, for a run that the API doesn't list.
func (r *Resolver) sessionOfRun(s *raw.Session) error {
	if !r.cfg.StubRuns {
		return nil
	}
	foreign := ""
	if s.SpaceliftAccount != "" && s.SpaceliftAccount != r.account || !strings.HasPrefix(r.account, s.AccountBegins) {
		foreign = "foreign"
	}
	if foreign+s.Stack == "" {
		return nil
	}
	return r.addHub('r', s.Run, hubSession, foreign, s.Stack)
}
