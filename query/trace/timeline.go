package trace

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// EventKind is what happened, in one word.
type EventKind string

// The kinds of a timeline's events.
const (
	CommitWritten EventKind = "commit"
	RunQueued     EventKind = "queued"
	RunPlanned    EventKind = "planned"
	RunWaiting    EventKind = "waiting"
	RunConfirmed  EventKind = "confirmed"
	RunApplied    EventKind = "applied"
	RunFinished   EventKind = "finished"
	APICall       EventKind = "call"
	AuditEvent    EventKind = "audit"
	OtherChange   EventKind = "change" // by others than Spacelift's runs
)

// The sources of a timeline's events.
const (
	FromGit        = "git"
	FromSpacelift  = "spacelift"
	FromCloudTrail = "cloudtrail"
	FromAuditTrail = "audit-trail"
)

// Event is a moment of the story.
type Event struct {
	Time   string    `json:"time"` // ISO 8601 in UTC
	Kind   EventKind `json:"kind"`
	Who    string    `json:"who"` // a person, worker or stack; empty where that isn't known
	What   string    `json:"what"`
	Source string    `json:"source"`

	Run            string `json:"run,omitempty"`
	ID             string `json:"id,omitempty"` // of the commit, or the event of CloudTrail or the audit trail
	Account        string `json:"aws_account,omitempty"`
	Region         string `json:"aws_region,omitempty"`
	RemoteIP       string `json:"remote_ip,omitempty"`
	Link           string `json:"link,omitempty"`
	SecuritySignal bool   `json:"security_signal,omitempty"` // the event turns the audit trail itself on, off or elsewhere
	ReadOnly       bool   `json:"read_only,omitempty"`       // who confirmed may only read the stack's space, as far as is known
	Failed         string `json:"error_code,omitempty"`      // why a call failed
	Carried
}

// A timeline reaches from a day before the commit to a day after the last call.
const around = 24 * time.Hour

// timeline fills in the subject's events, in the order of time.
func (a *asker) timeline(ctx context.Context, s *Subject) error {
	s.Timeline = []Event{}
	var span spans
	seen := map[string]bool{}
	commits := slices.Clone(s.Commits)
	for i := range s.Runs {
		r := &s.Runs[i]
		var own []Event
		if r.Commit != nil {
			if at, err := time.Parse(time.RFC3339, r.Commit.Timestamp); err == nil {
				span.widen(i, at)
			}
			commits = append(commits, *r.Commit)
		}
		own = append(own, a.runEvents(r)...)
		for _, e := range own {
			if at, err := time.Parse(time.RFC3339, e.Time); err == nil {
				span.widen(i, at)
			}
		}
		s.Timeline = append(s.Timeline, own...)
	}
	for i := range s.Touched {
		if e, ok := s.Touched[i].event(s); ok {
			s.Timeline = append(s.Timeline, e)
		}
	}
	if s.Commit != nil {
		commits = append(commits, *s.Commit)
	}
	for _, c := range commits {
		if c.Timestamp != "" && !seen[c.SHA] {
			seen[c.SHA] = true
			s.Timeline = append(s.Timeline, Event{Time: utc(c.Timestamp), Kind: CommitWritten, Who: named(c.AuthorLogin, c.AuthorName), What: "wrote commit " + c.title(), Source: FromGit, ID: c.SHA, Link: webURL(c.URL), Carried: c.Carried})
		}
	}
	audit, err := a.audit(ctx, s, span)
	if err != nil {
		return err
	}
	s.Timeline = append(s.Timeline, audit...)
	slices.SortStableFunc(s.Timeline, func(x, y Event) int {
		return cmp.Or(compareTimes(x.Time, y.Time), cmp.Compare(rank(x.Kind), rank(y.Kind)))
	})
	return nil
}

// rank orders events of the same second.
func rank(k EventKind) int {
	return slices.Index([]EventKind{CommitWritten, RunQueued, RunPlanned, RunWaiting, RunConfirmed, RunApplied, APICall, OtherChange, AuditEvent, RunFinished}, k)
}

// compareTimes compares times in ISO 8601, of which some have fractions of a second.
func compareTimes(a, b string) int {
	x, err := time.Parse(time.RFC3339, a)
	y, bad := time.Parse(time.RFC3339, b)
	if err != nil || bad != nil {
		return cmp.Compare(a, b)
	}
	return x.Compare(y)
}

// iso returns Unix seconds in ISO 8601.
func iso(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.RFC3339) }

// utc returns a time of ISO 8601 in UTC, anything else as it is.
func utc(s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC().Format(time.RFC3339Nano)
	}
	return s
}

// spans are the times of runs, each from its commit to its last call.
type spans struct{ from, to []time.Time }

func (s *spans) widen(run int, at time.Time) {
	for len(s.from) <= run {
		s.from, s.to = append(s.from, time.Time{}), append(s.to, time.Time{})
	}
	if s.from[run].IsZero() || at.Before(s.from[run]) {
		s.from[run] = at
	}
	if at.After(s.to[run]) {
		s.to[run] = at
	}
}

// holds reports whether a time is in a span, or within a day of it.
func (s *spans) holds(at time.Time) bool {
	for i, from := range s.from {
		if !from.IsZero() && !at.Before(from.Add(-around)) && !at.After(s.to[i].Add(around)) {
			return true
		}
	}
	return false
}
