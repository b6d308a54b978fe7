package graph

// The labels. A label is also the name of its ID group in the import files.
const (
	SpaceliftAccount    Label = "SpaceliftAccount"
	SpaceliftSpace      Label = "SpaceliftSpace"
	SpaceliftUser       Label = "SpaceliftUser"
	SpaceliftStack      Label = "SpaceliftStack"
	SpaceliftWorkerPool Label = "SpaceliftWorkerPool"
	SpaceliftWorker     Label = "SpaceliftWorker"
	SpaceliftRun        Label = "SpaceliftRun"
	SpaceliftGitCommit  Label = "SpaceliftGitCommit"
	EC2Instance         Label = "EC2Instance"
	GitHubUser          Label = "GitHubUser"
	SpaceliftAuditEvent Label = "SpaceliftAuditEvent"
)

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

// nodes are what the labels stand for. Names and meanings of properties are those of Cartography's schema page for Spacelift.
var nodes = []Node{
	{
		Label: SpaceliftAccount, Doc: "A Spacelift account (organization), the root of everything else.",
		Properties: []Property{
			{"id", String, "The account's name: its subdomain of app.spacelift.io, or the name chosen when a self-hosted installation was set up."},
			{"spacelift_account_id", String, "The same as id."},
			{"name", String, "Display name of the account."},
		},
	},
	{
		Label: SpaceliftSpace, Doc: "A container of stacks, worker pools and other spaces; spaces form a tree.",
		InAccount: "The space belongs to the account.",
		Local:     true, Scopes: []string{ScopeSpaces}, Refs: map[string]Label{"spacelift_account_id": SpaceliftAccount, "parent_spacelift_account_id": SpaceliftAccount, "parent_space_id": SpaceliftSpace},
		Properties: []Property{
			{"id", String, "The space's id, e.g. `root` or `production-01HND497T9JKR76MR3KA2CDJHP`."},
			{"name", String, "Name of the space."},
			{"description", String, "Description of the space."},
			{"is_root", Bool, "Whether the space belongs directly to the account."},
			{"spacelift_account_id", String, "Id of the account the space belongs to."},
			{"parent_spacelift_account_id", String, "Id of the account, set only on root spaces."},
			{"parent_space_id", String, "Id of the parent space, set only on child spaces."},
		},
	},
	{
		Label: SpaceliftUser, Doc: "A human or machine identity that acts in Spacelift, joined from every place that names one.",
		InAccount: "The user acts in the account.",
		Local:     true, Scopes: []string{ScopeUsers, ScopeKeys, ScopeRuns},
		Properties: []Property{
			{"id", String, "The login in lower case, or `api::<id>` for an API key."},
			{"username", String, "The login as Spacelift writes it."},
			{"email", String, "E-mail address."},
			{"name", String, "Full name, or the name of an API key."},
			{"user_type", String, "`human` or `machine`; absent where unknown."},
		},
	},
	{
		Label: SpaceliftStack, Doc: "A stack: source code, state and configuration that are run together.",
		InAccount: "The stack belongs to the account.",
		Local:     true, Scopes: []string{ScopeStacks}, Refs: map[string]Label{"space_id": SpaceliftSpace, "spacelift_account_id": SpaceliftAccount},
		Properties: []Property{
			{"id", String, "The stack's slug."},
			{"name", String, "Name of the stack."},
			{"description", String, "Description of the stack."},
			{"state", String, "Current state, e.g. `FINISHED`."},
			{"administrative", Bool, "Whether the stack may manage Spacelift resources."},
			{"repository", String, "URL of the repository; its bare name where the API returns no URL."},
			{"branch", String, "Git branch the stack tracks."},
			{"project_root", String, "Directory of the repository that holds the code."},
			{"space_id", String, "Id of the space the stack belongs to."},
			{"spacelift_account_id", String, "Id of the account the stack belongs to."},
			{"aws_role_arn", String, "ARN of the AWS role that its runs assume; of several the one of the integration that may write."},
		},
	},
	{
		Label: SpaceliftWorkerPool, Doc: "A collection of workers. The public pool, which Spacelift runs, is one node with the id `public`.",
		InAccount: "The worker pool serves the account.",
		Local:     true, Scopes: []string{ScopePools, ScopePublicPool}, Refs: map[string]Label{"space_id": SpaceliftSpace, "spacelift_account_id": SpaceliftAccount},
		Properties: []Property{
			{"id", String, "The pool's id, or `public`."},
			{"name", String, "Name of the pool."},
			{"description", String, "Description of the pool."},
			{"pool_type", String, "`private` or `public`."},
			{"space_id", String, "Id of the space the pool belongs to."},
			{"spacelift_account_id", String, "Id of the account the pool belongs to."},
		},
	},
	{
		Label: SpaceliftWorker, Doc: "A worker that executes runs. One that is known only from a run's logs is a node too.",
		InAccount: "The worker serves the account.",
		Scopes:    []string{ScopePools, ScopePublicPool, ScopeLogs}, Refs: map[string]Label{"worker_pool_id": SpaceliftWorkerPool, "spacelift_account_id": SpaceliftAccount},
		Properties: []Property{
			{"id", String, "The worker's id."},
			{"name", String, "The same as id: workers have no name of their own."},
			{"status", String, "Current status of the worker."},
			{"worker_pool_id", String, "Id of the pool the worker belongs to."},
			{"spacelift_account_id", String, "Id of the account the worker belongs to."},
		},
	},
	{
		Label: SpaceliftRun, Doc: "One execution of a stack: tracked, proposed, task or destroy.",
		InAccount: "The run belongs to the account.",
		Scopes:    []string{ScopeStacks, ScopeRuns}, Refs: map[string]Label{"commit_sha": SpaceliftGitCommit, "stack_id": SpaceliftStack, "triggered_by_user_id": SpaceliftUser, "spacelift_account_id": SpaceliftAccount},
		Properties: []Property{
			{"id", String, "The run's id, a ULID: ids sort by the time of creation."},
			{"run_type", String, "Type of the run, e.g. `TRACKED`, `PROPOSED`, `TASK`."},
			{"state", String, "Current state, e.g. `FINISHED`, `UNCONFIRMED`."},
			{"commit_sha", String, "Hash of the commit that was run."},
			{"branch", String, "Git branch of the commit."},
			{"created_at", Int, "When the run was created, Unix seconds."},
			{"stack_id", String, "Id of the stack the run belongs to."},
			{"triggered_by_user_id", String, "Id of the user who triggered the run; absent where a Git push or another stack did."},
			{"spacelift_account_id", String, "Id of the account the run belongs to."},
			{"planning_at", Int, "When planning began, Unix seconds."},
			{"unconfirmed_at", Int, "When the plan was ready and waited for a confirmation, Unix seconds."},
			{"confirmed_at", Int, "When the run was confirmed, Unix seconds."},
			{"applying_at", Int, "When the run began to apply, to destroy or to perform its task, Unix seconds."},
			{"finished_at", Int, "When the run came to its end, whatever that was, Unix seconds."},
		},
	},
	{
		Label: SpaceliftGitCommit, Doc: "A Git commit that was run.",
		InAccount: "The commit was run in the account.",
		Scopes:    []string{ScopeStacks, ScopeRuns},
		Properties: []Property{
			{"id", String, "The commit's hash."},
			{"sha", String, "The same as id."},
			{"message", String, "Commit message."},
			{"timestamp", String, "When the commit was made, ISO 8601 in UTC."},
			{"url", String, "Where to see the commit."},
			{"author_login", String, "Login of the author at the VCS provider."},
			{"author_name", String, "Full name of the author."},
		},
	},
	{
		Label: EC2Instance, Doc: "An AWS EC2 instance, known here by its id alone.", Foreign: true,
		Properties: []Property{
			{"id", String, "The instance's id: `i-` and 8 or 17 hex digits."},
			{"instanceid", String, "The same as id."},
		},
	},
	{
		Label: GitHubUser, Doc: "A GitHub user, known here by the login alone.", Foreign: true, AnyCase: true,
		Properties: []Property{
			{"username", String, "The GitHub login."},
		},
	},
	{
		Label: SpaceliftAuditEvent, Doc: "A change of Spacelift's own resources, by its audit trail.",
		InAccount: "The event happened in the account.",
		Refs:      map[string]Label{"actor_run_id": SpaceliftRun, "spacelift_account_id": SpaceliftAccount},
		Properties: []Property{
			{"id", String, "SHA-256 of the webhook's canonical body, in hex; the entry's id for an event that only the API has."},
			{"account", String, "Name of the account, as the event names it."},
			{"action", String, "What was done, e.g. `stack.create`."},
			{"event_type", String, "`CREATE`, `UPDATE` or `DELETE`; absent where only the webhook has the event."},
			{"actor", String, "Who did it, as the event names it, e.g. `github::name`."},
			{"actor_source", String, "Where the actor's identity comes from, e.g. `github`, `saml`, `api`."},
			{"actor_roles", String, "Slugs of the actor's roles, separated by commas."},
			{"actor_run_id", String, "Id of the run that did it, where a stack manages Spacelift itself."},
			{"mutation", String, "The GraphQL mutation that was called."},
			{"resource_type", String, "Type of the resource, e.g. `STACK`."},
			{"resource_id", String, "Id of the resource."},
			{"remote_ip", String, "Address the request came from."},
			{"event_time", String, "When it happened, ISO 8601 in UTC; to the second where only the API has the event."},
			{"security_signal", Bool, "Whether the event turns the audit trail itself on, off or elsewhere."},
			{"data", String, "Arguments of the request as JSON, secrets sanitized by Spacelift."},
			{"spacelift_account_id", String, "Id of the account the event belongs to."},
		},
	},
}
