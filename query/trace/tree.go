package trace

import (
	"fmt"
	"io"
	"strings"

	"liftgraph/internal/table"
)

// Style says how an answer is written.
type Style struct {
	Color    bool // by ANSI escapes
	Timeline bool // what happened, in the order of time, after each tree
}

// Write writes the answer for people: a tree for each subject. What users typed can't move the cursor.
func (a *Answer) Write(w io.Writer, style Style) error {
	var b strings.Builder
	for i, s := range a.Answers {
		if i > 0 {
			b.WriteString("\n")
		}
		t := s.tree()
		t.write(&b, style, "", "")
		if style.Timeline {
			s.writeTimeline(&b, table.Width(w))
		}
		for _, what := range s.Unknown {
			b.WriteString("not known: " + what + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// branch is a line of a tree with those under it.
type branch struct {
	label, text string // the label says what the text is
	head        bool   // of a run or a subject: it stands out
	under       []branch
}

func (t *branch) add(label, format string, args ...any) *branch {
	t.under = append(t.under, branch{label: label, text: fmt.Sprintf(format, args...)})
	return &t.under[len(t.under)-1]
}

// more adds how many there are besides.
func (t *branch) more(n int64, what string) {
	if n > 0 {
		t.add("", "more %s: %d; raise --limit to see them", what, n)
	}
}

const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	plain = "\x1b[0m"
)

func (t *branch) write(b *strings.Builder, style Style, first, rest string) {
	label, text := t.label, t.text
	if label != "" && text != "" {
		label += " "
	}
	if style.Color {
		if label != "" && !t.head {
			label = dim + label + plain
		}
		if t.head {
			label, text = bold+label, text+plain
		}
	}
	b.WriteString(first + label + text + "\n")
	for i := range t.under {
		if i < len(t.under)-1 {
			t.under[i].write(b, style, rest+"├─ ", rest+"│  ")
		} else {
			t.under[i].write(b, style, rest+"└─ ", rest+"   ")
		}
	}
}

func (s *Subject) tree() branch {
	t := branch{head: true, label: string(s.Kind), text: show(s.ID)}
	switch s.Kind {
	case KindRun:
		return s.Runs[0].tree(false)
	case KindCommit:
		t = branch{head: true, label: "commit", text: s.Commit.title() + s.Commit.said()}
		s.Commit.under(&t)
	case KindUser:
		t.text = s.User.title() + s.User.said()
	case KindStack:
		t.text += s.Stack.said()
		s.Stack.under(&t)
	case KindWorker:
		t.text += s.Worker.said()
		s.Worker.under(&t)
	case KindSpace:
		t.add("path", "%s", path(s.Space))
	default:
	}
	for _, r := range s.Roles {
		role, through := show(r.Role), ""
		if r.Via != "direct" { // which is the usual way
			through = wrap(" (", show(r.Via), ")")
		}
		switch s.Kind {
		case KindSpace:
			t.add("role", "%s of %s%s", role, r.User.title(), through)
		case KindRole:
			t.add("held", "by %s in %s%s", r.User.title(), path(r.Space), through)
		default:
			t.add("role", "%s in %s%s", role, path(r.Space), through)
		}
	}
	t.more(s.MoreRoles, "roles")
	for _, id := range s.Stacks {
		t.add("stack", "%s", show(id))
	}
	t.more(s.MoreStacks, "stacks")
	for _, w := range s.Hosted {
		w.under(t.add("worker", "%s ran on it", show(w.ID)))
	}
	t.more(s.MoreHosted, "workers")
	if r := s.Resource; r != nil {
		t.add("type", "%s", join("  ", show(r.Type), show(r.Name), show(r.Account), show(r.Region)))
	}
	for i := range s.Touched {
		if e, ok := s.Touched[i].event(s); ok {
			t.add(string(e.Kind), "%s", join("  ", moment(e.Time), e.Who, e.What, wrap("event ", show(e.ID), "")+e.said()))
		}
	}
	did := map[Kind]string{KindUser: "confirmed", KindGitHub: "pushed"}[s.Kind]
	for _, c := range s.Commits {
		c.author(t.add(did, "%s", c.title()))
	}
	t.more(s.MoreCommits, "commits")
	for _, r := range s.Runs {
		t.under = append(t.under, r.tree(s.Kind == KindInstance))
	}
	t.more(s.MoreRuns, "runs")
	if s.Kind == KindEvent || s.Kind == KindAddress { // their timeline is all that is known
		for _, e := range s.Timeline {
			t.add(string(e.Kind), "%s", join("  ", moment(e.Time), printable(e.Who), e.line()))
		}
		t.more(s.MoreEvents, "events")
	}
	if len(t.under) == 0 {
		t.add("", "nothing more is known of it")
	}
	return t
}

// tree returns a run. What it did is listed for the one instance that was asked about, or of each by name.
func (r *Run) tree(one bool) branch {
	t := branch{head: true, label: "run", text: join("  ", show(r.ID), show(r.Type), show(r.State), seconds(r.CreatedAt)) + r.said()}
	for _, a := range r.Affected {
		to := &t
		if !one {
			to = t.add("affected", "%s", show(a.Instance))
		}
		a.under(to)
	}
	t.more(r.MoreAffected, "instances")
	if r.Stack != nil {
		r.Stack.under(t.add("stack", "%s", show(r.Stack.ID)+r.Stack.said()))
	}
	if r.Commit != nil {
		r.Commit.under(t.add("commit", "%s", r.Commit.title()+r.Commit.said()))
	}
	if r.TriggeredBy != nil {
		t.add("triggered", "by %s", r.TriggeredBy.title())
	} else {
		t.add("triggered", "by no user: a Git push, or another stack")
	}
	for _, w := range r.Workers {
		w.under(t.add("worker", "%s", show(w.ID)+w.said()))
	}
	return t
}

func (a *Affected) under(t *branch) {
	if a.Entity {
		t.add("entity", "created or last changed by the run%s", wrap(" (id: ", show(a.ResolvedBy), ")")+a.said())
	}
	if a.MoreCalls > 0 {
		t.add("", "earlier calls: %d; raise --limit to see them", a.MoreCalls)
	}
	for _, c := range a.Calls {
		t.add("call", "%s", join("  ", moment(c.Time), show(c.Name), join(" ", show(c.Account), show(c.Region)), wrap("event ", show(c.EventID), ""), wrap("FAILED: ", show(c.Error), ""))+c.said())
	}
}

func (s *Stack) under(t *branch) {
	if len(s.Space) > 0 {
		t.add("space", "%s", path(s.Space))
	}
	if s.Repository != "" {
		t.add("code", "%s", show(s.Repository))
	}
}

func (c *Commit) title() string {
	return join("  ", show(c.SHA[:min(12, len(c.SHA))]), firstLine(c.Message))
}

func (c *Commit) under(t *branch) {
	c.author(t)
	for _, u := range c.PushedBy {
		t.add("pushed", "by GitHub user %s", show(u))
	}
	for _, u := range c.ConfirmedBy {
		t.add("confirmed", "by %s", u.title())
	}
	if c.URL != "" {
		t.add("url", "%s", show(c.URL))
	}
}

func (c *Commit) author(t *branch) {
	if who := named(c.AuthorLogin, c.AuthorName); who != "" {
		t.add("author", "%s", join(", ", who, moment(c.Timestamp)))
	}
}

func (w *Worker) under(t *branch) {
	if w.Pool != nil {
		t.add("pool", "%s", named(w.Pool.ID, w.Pool.Name))
	}
	for _, h := range w.Hosts {
		t.add("host", "%s", show(h))
	}
}

func (u *User) title() string { return join(", ", named(u.ID, u.Name), show(u.Type)) }
