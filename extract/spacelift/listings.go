package spacelift

import (
	"context"

	"liftgraph/internal/raw"
)

// The names of the scopes in a manifest. They stand here once.
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
	scopeAuditTrail = "audit_trail_api"
)

// listing declares a scope: what is requested, what becomes of it, and what its loss means to a reader of the graph.
type listing struct {
	scope   string
	query   string // queries/QUERY.graphql of package api
	root    string // the field of Query that it selects
	kind    raw.Kind
	decoder decoder
	read    func(*extraction, context.Context, *listing) error // nil: a part of another scope's reading

	what  string // that a token may not list
	lost  string // what the graph lacks without it
	grant string // who may read it: what would mend a refusal
}

const (
	needsAdmin  = "grant its key or user the role Space Admin in a space"
	needsReader = "grant it Space Reader in the spaces that matter"
)

// listings returns the scopes in the order they are read and reported.
func listings() []listing {
	return []listing{
		{
			scope: scopeAccount, query: "account", root: "name", kind: raw.KindAccount, read: (*extraction).account,
			what: "the account's name", lost: "the account's own name (the endpoint's host stands for it)", grant: "grant it access to the account",
		},
		{
			scope: scopeSpaces, query: "spaces", root: "spaces", kind: raw.KindSpace, decoder: as(func(s *raw.Space) string { return s.ID }), read: (*extraction).list,
			what: "spaces", lost: "spaces with their CONTAINS and HAS_ROLE_IN edges", grant: "grant it Space Reader in root",
		},
		{
			scope: scopeStacks, query: "search_stacks", root: "searchStacks", kind: raw.KindStack, decoder: as(func(s *raw.Stack) string { return s.ID }), read: (*extraction).stacks,
			what: "stacks", lost: "stacks with their CONTAINS and GENERATED edges", grant: needsReader,
		},
		{
			scope: scopePools, query: "worker_pools", root: "workerPools", kind: raw.KindWorkerPool, decoder: workerPool, read: (*extraction).list,
			what: "worker pools", lost: "worker pools, their workers, and the RUNS_ON and CONTAINS edges of these", grant: needsReader,
		},
		{scope: scopePublicPool, kind: raw.KindWorkerPool, read: (*extraction).publicPool},
		{
			scope: scopeUsers, query: "managed_users", root: "managedUsers", kind: raw.KindUser, decoder: as(func(u *raw.User) string { return u.ID }), read: (*extraction).list,
			what: "managed users", lost: "HAS_ROLE_IN edges of users", grant: needsAdmin,
		},
		{
			scope: scopeGroups, query: "managed_user_groups", root: "managedUserGroups", kind: raw.KindGroup, decoder: as(func(g *raw.Group) string { return g.ID }), read: (*extraction).list,
			what: "user groups", lost: "HAS_ROLE_IN edges through groups", grant: needsAdmin,
		},
		{
			scope: scopeKeys, query: "api_keys", root: "apiKeys", kind: raw.KindAPIKey, decoder: as(func(k *raw.APIKey) string { return k.ID }), read: (*extraction).list,
			what: "API keys", lost: "HAS_ROLE_IN edges of API keys, and their names,", grant: needsAdmin,
		},
		{
			scope: scopeRoles, query: "roles", root: "roles", kind: raw.KindRole, decoder: as(func(r *raw.Role) string { return r.ID }), read: (*extraction).list,
			what: "roles", lost: "slugs of the roles that groups have", grant: needsAdmin,
		},
		{
			scope: scopeEntities, query: "search_managed_entities", root: "searchManagedEntities", kind: raw.KindEntity, decoder: entityOf(""), read: (*extraction).entities,
			what: "managed entities", lost: "AFFECTED edges of the resources that stacks manage", grant: needsReader,
		},
		{
			scope: scopeRuns, query: "search_runs", root: "searchRuns", kind: raw.KindRun, decoder: searchedRun, read: (*extraction).runs,
			what: "runs", lost: "runs with their commits and their GENERATED, TRIGGERED, COMMITTED, EXECUTED, CONFIRMED and AFFECTED edges", grant: needsReader,
		},
		{scope: scopeDetails, query: "run_history", root: "stack", what: "run histories", lost: "CONFIRMED edges", grant: needsReader},
		{scope: scopeLogs, query: "run_details", root: "stack", what: "run logs", lost: "EXECUTED edges", grant: needsReader},
	}
}

// auditTrailListing declares the one scope that [Extract] doesn't read.
var auditTrailListing = listing{
	scope: scopeAuditTrail, query: "search_audit_trail_entries", root: "searchAuditTrailEntries", kind: raw.KindAuditEvent, decoder: auditEntry,
	what: "the entries of the audit trail", lost: "audit events that no webhook delivered",
	grant: "grant its key or user the role Space Admin in root; an audit trail takes Spacelift's Enterprise plan",
}

// listingOf returns what is declared of a scope.
func listingOf(scope string) listing {
	for _, l := range append(listings(), auditTrailListing) {
		if l.scope == scope {
			return l
		}
	}
	panic("no listing declares the scope " + scope) // a name in this package's code
}
