package graph

// The scopes of extraction that list what the graph holds, by the names they have in a manifest.
const (
	ScopeSpaces     = "spaces"
	ScopeStacks     = "stacks"
	ScopePools      = "worker_pools"
	ScopePublicPool = "public_worker_pool"
	ScopeUsers      = "managed_users"
	ScopeGroups     = "user_groups"
	ScopeKeys       = "api_keys"
	ScopeRoles      = "roles"
	ScopeEntities   = "entities"
	ScopeRuns       = "runs"
	ScopeDetails    = "run_details" // histories of runs
	ScopeLogs       = "run_logs"
)
