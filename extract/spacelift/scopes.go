package spacelift

import (
	"errors"
	"fmt"

	"liftgraph/internal/dataset"
)

// The scopes, in the order they are read and reported.
const (
	scopeAccount    = "account"
	scopeSpaces     = "spaces"
	scopeStacks     = "stacks"
	scopePools      = "worker_pools"
	scopePublicPool = "public_worker_pool"
	scopeUsers      = "managed_users"
	scopeGroups     = "user_groups"
	scopeKeys       = "api_keys"
	scopeRoles      = "roles"
	scopeEntities   = "entities"
	scopeRuns       = "runs"
	scopeDetails    = "run_details" // histories
	scopeLogs       = "run_logs"
)

// effect is what the loss of a scope means to a reader of the graph.
type effect struct {
	what  string // that the token may not list
	lost  string // that the graph lacks then
	grant string // that would mend a refusal
}

const admin = "grant its key or user the role Space Admin in a space"

var effects = map[string]effect{
	scopeAccount:  {"the account's name", "the account's own name (the endpoint's host stands for it)", "grant it access to the account"},
	scopeSpaces:   {"spaces", "spaces with their CONTAINS and HAS_ROLE_IN edges", "grant it Space Reader in root"},
	scopeStacks:   {"stacks", "stacks with their CONTAINS and GENERATED edges", "grant it Space Reader in the spaces that matter"},
	scopePools:    {"worker pools", "worker pools, their workers, and the RUNS_ON and CONTAINS edges of these", "grant it Space Reader in the spaces that matter"},
	scopeUsers:    {"managed users", "HAS_ROLE_IN edges of users", admin},
	scopeGroups:   {"user groups", "groups with a role in a space, of which the graph has no more than a count,", admin},
	scopeKeys:     {"API keys", "HAS_ROLE_IN edges of API keys, and their names,", admin},
	scopeRoles:    {"roles", "names and slugs of roles that no binding tells", admin},
	scopeEntities: {"managed entities", "AFFECTED edges of the resources that stacks manage", "grant it Space Reader in the spaces that matter"},
	scopeRuns: {"runs", "runs with their commits and their GENERATED, TRIGGERED, COMMITTED, EXECUTED, CONFIRMED and AFFECTED edges",
		"grant it Space Reader in the spaces that matter"},
	scopeAuditTrail: {"the entries of the audit trail", "audit events that no webhook delivered", "grant its key or user the role Space Admin in root; an audit trail takes Spacelift's Enterprise plan"},
	scopeDetails:    {"run histories", "CONFIRMED edges", "grant it Space Reader in the spaces that matter"},
	scopeLogs:       {"run logs", "EXECUTED edges", "grant it Space Reader in the spaces that matter"},
}

// scope gathers how the reading of a scope went.
type scope struct {
	name, stack string
	records     int64
	problems    int
	byStack     int // how many of these are those of stacks, each of which is a scope of its own
	elsewhere   int // how many of these the next extraction mends whatever the watermark says, as scopes or records tell of them
	first       error
	kept        bool // what is missing stays as the extraction before had it
}

// begin starts a scope, for the progress display too.
func (x *extraction) begin(name string) *scope {
	x.cfg.Stats.scope.Store(&name)
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
	e := effects[s.name]
	text := s.first.Error()
	if s.problems > 1 {
		text += fmt.Sprintf(" (and %d more problems)", s.problems-1)
	}
	over, ended := errors.AsType[*overError](s.first)
	_, forbidden := errors.AsType[*forbiddenError](s.first)
	switch {
	case ended:
		return fmt.Sprintf("%s; %s are missing; %s", text, e.lost, over.advice)
	case forbidden && s.stack == "":
		return fmt.Sprintf("unauthorized: the token may not list %s; %s are missing; %s", e.what, e.lost, e.grant)
	case forbidden:
		return fmt.Sprintf("unauthorized: the token may not list this stack's %s; %s are missing; %s", e.what, e.lost, e.grant)
	default:
		return fmt.Sprintf("%s; some %s may be missing", text, e.lost)
	}
}
