package spacelift

import (
	"errors"
	"fmt"

	"liftgraph/extract/spacelift/api"
	"liftgraph/internal/dataset"
)

// scope gathers how the reading of a scope went.
type scope struct {
	name, stack string
	records     int64
	problems    int
	byStack     int // how many of these are those of stacks, each of which is a scope of its own
	elsewhere   int // how many of these the next extraction mends whatever the watermark says, as scopes or records tell of them
	first       error
	kept        bool // what is missing stays as the previous extraction had it
}

// begin starts a scope, for the progress display too.
func (x *extraction) begin(name string) *scope {
	x.cfg.Stats.begin(name)
	return &scope{name: name}
}

// fail makes the scope incomplete.
func (s *scope) fail(err error) {
	if s.first == nil {
		s.first = err
	}
	s.problems++
}

// end enters the scope in the report.
func (x *extraction) end(s *scope) {
	x.report.Scopes = append(x.report.Scopes, dataset.Scope{
		Scope: s.name, Stack: s.stack, Complete: s.problems == 0, ByStack: s.problems > 0 && s.problems == s.byStack, Reason: s.reason(), Records: s.records,
	})
}

// reason says in words why a scope is incomplete, what is missing because of it, and what to do.
func (s *scope) reason() string {
	switch {
	case s.problems == 0:
		return ""
	case s.kept:
		return s.why() + "; what the last extraction knew of them was kept"
	default:
		return s.why()
	}
}

func (s *scope) why() string {
	l := listingOf(s.name)
	text := s.first.Error()
	if s.problems > 1 {
		text += fmt.Sprintf(" (and %d more problems)", s.problems-1)
	}
	over, ended := errors.AsType[*api.OverError](s.first)
	_, forbidden := errors.AsType[*api.ForbiddenError](s.first)
	switch {
	case ended:
		return fmt.Sprintf("%s; %s are missing; %s", text, l.lost, over.Advice)
	case forbidden && s.stack == "":
		return fmt.Sprintf("unauthorized: the token may not list %s; %s are missing; %s", l.what, l.lost, l.grant)
	case forbidden:
		return fmt.Sprintf("unauthorized: the token may not list this stack's %s; %s are missing; %s", l.what, l.lost, l.grant)
	default:
		return fmt.Sprintf("%s; some %s may be missing", text, l.lost)
	}
}
