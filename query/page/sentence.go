package page

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"liftgraph/query/trace"
)

// mostSentences bounds the runs that are described in sentences.
const mostSentences = 3

// sentences say what happened, a run each, the newest first: each fact is a link to its row of the evidence.
func sentences(s *trace.Subject, n int) [][]part {
	var list [][]part
	for i := range s.Runs {
		if i == mostSentences {
			break
		}
		t := teller{s: s, n: n, run: &s.Runs[i]}
		t.tell(i == 0)
		list = append(list, t.parts)
	}
	if list == nil {
		t := teller{s: s, n: n}
		switch {
		case s.Kind == trace.KindRole:
			t.say("The role ")
			t.strong(s.ID, "")
			t.say(fmt.Sprintf(" is held in spaces, as far as is known, %d times.", int64(len(s.Roles))+s.MoreRoles))
		case s.Kind == trace.KindEvent, s.Kind == trace.KindAddress:
			t.say(fmt.Sprintf("Of %s ", s.Kind))
			t.strong(s.ID, "")
			t.say(fmt.Sprintf(" %d events of the audit trail are known.", int64(len(s.Timeline))+s.MoreEvents))
		case len(s.Commits) > 0:
			t.say("No run is known of " + string(s.Kind) + " ")
			t.strong(s.ID, "")
			t.say(fmt.Sprintf(", but %d commits are.", len(s.Commits)))
		default:
			t.say("No run is known of " + string(s.Kind) + " ")
			t.strong(s.ID, "")
			t.say(".")
		}
		list = append(list, t.parts)
	}
	return list
}

// teller makes the sentence of a run.
type teller struct {
	s     *trace.Subject
	n     int
	run   *trace.Run
	parts []part
}

func (t *teller) say(text string) { t.parts = append(t.parts, part{Text: text}) }

func (t *teller) strong(text, href string) {
	t.parts = append(t.parts, part{Text: cmp.Or(trace.Printable(text), "unknown"), Href: href, Class: "fact"})
}

// fact returns the link to the row of the first event of a kind that fits.
func (t *teller) fact(kind trace.EventKind, fits func(e *trace.Event) bool) string {
	for i := range t.s.Timeline {
		if e := &t.s.Timeline[i]; e.Kind == kind && fits(e) {
			return "#" + rowID(t.n, i)
		}
	}
	return "#evidence"
}

func (t *teller) own(kind trace.EventKind) string {
	return t.fact(kind, func(e *trace.Event) bool { return e.Run == t.run.ID })
}

func (t *teller) tell(newest bool) {
	r := t.run
	if c := r.Commit; c != nil {
		href := t.fact(trace.CommitWritten, func(e *trace.Event) bool { return e.ID == c.SHA })
		t.strong(cmp.Or(c.AuthorName, c.AuthorLogin, "an unknown author"), href)
		t.say(" wrote ")
		t.parts = append(t.parts, part{Text: quoted(c.Message, c.SHA), Href: href, Class: "quote"})
		if c.Timestamp != "" {
			t.say(" on " + day(c.Timestamp))
		}
		t.say(". ")
	}
	t.say("Run ")
	t.parts = append(t.parts, part{Text: r.ID, Href: t.own(trace.RunQueued), Class: "fact code"})
	if r.Stack != nil {
		t.say(" of stack ")
		t.strong(r.Stack.ID, "#links")
	}
	if r.PlannedAt != 0 {
		t.say(" planned it at " + clockOf(r.PlannedAt))
	} else {
		t.say(" ran it")
	}
	t.confirmation()
	t.signals()
	t.calls(newest)
}

func (t *teller) confirmation() {
	r := t.run
	switch {
	case len(r.ConfirmedBy) > 0:
		if w := r.ConfirmedAt - r.WaitingAt; r.WaitingAt > 0 && w >= 60 {
			t.say(", waited " + span(time.Duration(w)*time.Second))
		}
		t.say(", and ")
		for i, c := range r.ConfirmedBy {
			if i > 0 {
				t.say(", and ")
			}
			t.strong(cmp.Or(c.User.Name, c.User.ID), t.own(trace.RunConfirmed))
			t.say(" confirmed it")
			if c.At != 0 {
				t.say(" at " + clockOf(c.At))
			}
			switch {
			case c.ReadOnly:
				t.parts = append(t.parts, part{Text: " with READ only", Class: "alarm"})
			case c.Role != "":
				t.say(" as ")
				t.strong(c.Role, t.own(trace.RunConfirmed))
			}
		}
		t.say(". ")
	case r.ConfirmedAt != 0:
		t.say(", and it was confirmed at " + clockOf(r.ConfirmedAt) + ", by whom isn't known. ")
	default:
		t.say("; no confirmation is known. ")
	}
}

// signals names the security signals between the commit and the run's end, a day around.
func (t *teller) signals() {
	from, to := t.run.CreatedAt, cmp.Or(t.run.FinishedAt, t.run.AppliedAt, t.run.ConfirmedAt, t.run.CreatedAt)
	for i, e := range t.s.Timeline {
		at, err := time.Parse(time.RFC3339, e.Time)
		if err != nil || !e.SecuritySignal || at.Unix() < from-86400 || at.Unix() > to+86400 {
			continue
		}
		t.parts = append(t.parts, part{Text: fmt.Sprintf("At %s UTC %s: %s", at.UTC().Format("15:04"), cmp.Or(trace.Printable(e.Who), "an unknown actor"), trace.Printable(action(e.What))), Href: "#" + rowID(t.n, i), Class: "alarm"})
		t.say(". ")
	}
}

// action is the first word of what an audit event says.
func action(what string) string {
	what, _, _ = strings.Cut(what, " ")
	return what
}

func (t *teller) calls(newest bool) {
	var names []string
	var first string
	for i, e := range t.s.Timeline {
		if e.Kind != trace.APICall || e.Run != t.run.ID {
			continue
		}
		if first == "" {
			first = "#" + rowID(t.n, i)
		}
		name, _, _ := strings.Cut(e.What, " ")
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	what := "the resources below"
	if t.s.Kind == trace.KindInstance {
		what = t.s.ID
	}
	entity := false
	for _, a := range t.run.Affected {
		entity = entity || a.Entity
	}
	switch {
	case len(names) > 0:
		more := ""
		if len(names) > 4 {
			more = fmt.Sprintf(" and %d more", len(names)-4)
			names = names[:4]
		}
		t.say("It called ")
		t.parts = append(t.parts, part{Text: strings.Join(names, ", ") + more, Href: first, Class: "fact code"})
		t.say(" on " + trace.Printable(what) + ".")
	case entity:
		t.say("By Spacelift's list of resources, it created or last changed ")
		t.strong(what, "#links")
		t.say(".")
	case newest:
		t.say("No API call of it is known.")
	}
}

// quoted returns the first line of a commit's message, or its hash.
func quoted(message, sha string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(message), "\n")
	if line = trace.Printable(line); line == "" {
		return "commit " + sha[:min(12, len(sha))]
	}
	if r := []rune(line); len(r) > 120 {
		line = string(r[:119]) + "…"
	}
	return "“" + line + "”"
}

func day(iso string) string {
	if t, err := time.Parse(time.RFC3339, iso); err == nil {
		return t.UTC().Format("2 January 2006 at 15:04 UTC")
	}
	return trace.Printable(iso)
}

func clockOf(seconds int64) string {
	return time.Unix(seconds, 0).UTC().Format("15:04 UTC on 2 January")
}

// span returns a duration in words, to the minute.
func span(d time.Duration) string {
	d = d.Round(time.Minute)
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	var b []string
	if days > 0 {
		b = append(b, fmt.Sprintf("%d d", days))
	}
	if hours > 0 {
		b = append(b, fmt.Sprintf("%d h", hours))
	}
	if minutes > 0 && days == 0 {
		b = append(b, fmt.Sprintf("%d min", minutes))
	}
	if len(b) == 0 {
		return "less than a minute"
	}
	return strings.Join(b, " ")
}
