package scan

import (
	"errors"
	"fmt"

	"liftgraph/extract/cloudtrail/scan/block"
	"liftgraph/internal/raw"
)

// found is what is made of an event.
type found struct {
	call  *raw.APICall // nil: it is left out
	why   reason       // then
	grant *raw.Grant
	also  []raw.Instance // that it names, where no call does

	who     identity
	session *session
	touched *raw.ResourceEvent
	actor   *raw.ActorKey

	unreadable bool // its identity mentions a run, but can't be read
}

// sift finds what is to be delivered of an event.
func (s *scan) sift(e *event) found {
	who, read := identityOf(e[userIdentity])
	if !read && block.MentionsRun(e[userIdentity]) {
		return found{unreadable: true}
	}
	session := who.session()
	f := found{why: s.leaves(e, who, session), who: who, session: session}
	if s.opts.FollowRoles {
		f.grant = e.grant(who, session)
	}
	names := !e.failed() && (session != nil || s.opts.AllInstances)
	if !names && f.why != kept {
		return f
	}
	ids, only, rest := e.instances()
	account, region := e.account(who), string(e[awsRegion])
	switch {
	case f.why == kept && len(ids) > 0: // transform takes the instances from the call
		f.call = &raw.APICall{
			EventID: string(e[eventID]), Name: string(e[eventName]), Account: account, Region: region, AccessKey: who.temporaryKey(), Instances: ids, Mentioned: only,
		}
		if session != nil {
			f.call.Session = &session.Session
		}
		if e.failed() {
			f.call.ErrorCode, f.call.ErrorMessage = string(e[errorCode]), string(e[errorMessage])
		}
		for _, id := range rest {
			f.also = append(f.also, raw.Instance{ID: id, Account: account, Region: region})
		}
		return f
	case f.why == kept && session != nil:
		f.why = noInstance
	case f.why == kept:
		f.why = notSpacelift
	}
	if names {
		for _, id := range append(ids, rest...) {
			f.also = append(f.also, raw.Instance{ID: id, Account: account, Region: region})
		}
	}
	return f
}

// leaves returns why a call is left out, whatever it names.
func (s *scan) leaves(e *event, who identity, run *session) reason {
	why := kept
	switch {
	case e.failed() && !s.opts.IncludeFailed:
		why = failedCall
	case !s.opts.IncludeReadOnly && e.changesNothing():
		why = readOnlyCall
	}
	if run == nil && (why != kept || !s.opts.FollowRoles || who.temporaryKey() == "") {
		return notSpacelift
	}
	return why
}

// check returns why nothing can be delivered of an event.
func (f *found) check(e *event) (reason string, err error) {
	if f.unreadable {
		return "unreadable_identity", errors.New("its userIdentity mentions a run, but isn't JSON or text of a form that is known")
	}
	if f.empty() {
		return "", nil
	}
	if len(e[eventID]) == 0 {
		return "no_event_id", errors.New("without an id it can't be distinguished from the same event in another object")
	}
	if f.call != nil || f.touched != nil {
		at, ok := e.time()
		if !ok {
			return "invalid_event_time", fmt.Errorf("the time %.40q is in no form that is known", e[eventTime])
		}
		if f.call != nil {
			f.call.Time = at
		}
		if f.touched != nil {
			f.touched.Time = at
		}
	}
	return "", nil
}
