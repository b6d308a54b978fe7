package graph

// The relationship types.
const (
	Resource  = "RESOURCE"
	Contains  = "CONTAINS"
	Generated = "GENERATED"
	Triggered = "TRIGGERED"
	Executed  = "EXECUTED"
	Committed = "COMMITTED"
	Confirmed = "CONFIRMED"
	HasRoleIn = "HAS_ROLE_IN"
	DependsOn = "DEPENDS_ON"
	Pushed    = "PUSHED"
	Affected  = "AFFECTED"
	RunsOn    = "RUNS_ON"
	Performed = "PERFORMED"
	Targeted  = "TARGETED"
)

// What [Confirmed] edges have as their basis.
const (
	ByConfirmation = "confirmation" // the user confirmed a run
	ByTrigger      = "trigger"      // no user did, and the user triggered the first run

	basis = "basis"
)

var relationships = []Relationship{
	{Type: Contains, From: SpaceliftSpace, To: SpaceliftSpace, Scopes: []string{ScopeSpaces}, Doc: "The parent space of a space."},
	{Type: Contains, From: SpaceliftSpace, To: SpaceliftStack, Scopes: []string{ScopeSpaces, ScopeStacks}, Doc: "The space a stack is in."},
	{Type: Contains, From: SpaceliftSpace, To: SpaceliftWorkerPool, Scopes: []string{ScopeSpaces, ScopePools}, Doc: "The space a private worker pool is in."},
	{Type: Contains, From: SpaceliftWorkerPool, To: SpaceliftWorker, Scopes: []string{ScopePools, ScopePublicPool}, Doc: "The pool a worker is registered with."},
	{Type: Contains, From: SpaceliftStack, To: SpaceliftStack, Scopes: []string{ScopeStacks, ScopeEntities}, Doc: "The stack manages the other as a `spacelift_stack` resource."},
	{Type: Generated, From: SpaceliftStack, To: SpaceliftRun, Scopes: []string{ScopeStacks, ScopeRuns}, Past: true, Owner: SpaceliftRun, Doc: "The stack a run belongs to."},
	{Type: Triggered, From: SpaceliftUser, To: SpaceliftRun, Scopes: []string{ScopeStacks, ScopeRuns}, Past: true, Owner: SpaceliftRun, Doc: "Who started the run."},
	{
		Type: Executed, From: SpaceliftWorker, To: SpaceliftRun, Scopes: []string{ScopeStacks, ScopeRuns, ScopeLogs}, Past: true, Owner: SpaceliftRun, Doc: "The worker that planned or applied the run; two workers are possible.",
		Properties: []Property{{"phase", String, "`plan`, `apply`, or `plan+apply` where one worker did both; absent where the logs don't say."}},
	},
	{Type: Committed, From: SpaceliftGitCommit, To: SpaceliftRun, Scopes: []string{ScopeStacks, ScopeRuns}, Past: true, Owner: SpaceliftRun, Doc: "The commit that was run."},
	{
		Type: Confirmed, From: SpaceliftGitCommit, To: SpaceliftUser, Scopes: []string{ScopeStacks, ScopeRuns, ScopeDetails}, Past: true, Owner: SpaceliftGitCommit, Doc: "Who confirmed a run of the commit; where no user did, who triggered its first run.",
		Properties: []Property{{basis, String, "`confirmation` where the user confirmed a run of the commit; `trigger` where no user did, and this one triggered its first run."}},
		Fallback:   &Fallback{Property: basis, Value: ByTrigger},
	},
	{
		Type: Confirmed, From: SpaceliftUser, To: SpaceliftRun, Scopes: []string{ScopeStacks, ScopeRuns, ScopeDetails}, Past: true, Owner: SpaceliftRun, Doc: "Who confirmed the run.",
		Properties: []Property{{"at", Int, "When the user confirmed it for the last time, Unix seconds."}},
	},
	{
		Type: HasRoleIn, From: SpaceliftUser, To: SpaceliftSpace, Scopes: []string{ScopeSpaces, ScopeUsers, ScopeGroups, ScopeKeys, ScopeRoles}, Doc: "A role the user holds in the space. It holds in the spaces below, too.",
		Properties: []Property{
			{"role", String, "`READ`, `WRITE`, `ADMIN`, or the slug of a role."},
			{"via", String, "How the user came by the role: `direct`, `group:NAME`, or several of them in their order, joined by a comma and a space."},
		},
		Identity: []string{"role"},
	},
	{
		Type: HasRoleIn, From: SpaceliftStack, To: SpaceliftSpace, Scopes: []string{ScopeSpaces, ScopeStacks}, Doc: "A role that the stack's runs hold in the space; administrative stacks have been such since June 2026.",
		Properties: []Property{{"role", String, "The slug of a role."}},
		Identity:   []string{"role"},
	},
	{Type: DependsOn, From: SpaceliftRun, To: SpaceliftRun, Scopes: []string{ScopeStacks, ScopeRuns}, Past: true, Owner: SpaceliftRun, Doc: "The run that it waited for."},
	{Type: Pushed, From: GitHubUser, To: SpaceliftGitCommit, Scopes: []string{ScopeStacks, ScopeRuns}, Past: true, Owner: SpaceliftGitCommit, Doc: "The author of the commit, for stacks whose code is on GitHub."},
	{
		Type: Affected, From: SpaceliftRun, To: EC2Instance, Scopes: []string{ScopeStacks, ScopeEntities, ScopeRuns}, Log: "event_id", Past: true, Owner: SpaceliftRun,
		Doc: "The run created or last changed the instance, by Spacelift's list of managed entities: one edge, without an event. Or it made an API call that names the instance, by CloudTrail: one edge a call.",
		Properties: []Property{
			{"event_id", String, "Id of the CloudTrail event; absent on an edge from the list of entities."},
			{"event_time", String, "When the call was made, ISO 8601 in UTC."},
			{"event_name", String, "The API call, e.g. `TerminateInstances`."},
			{"aws_account", String, "Id of the AWS account the call was made in."},
			{"aws_region", String, "AWS region the call was made in."},
			{"resolved_by", String, "On an edge from the list of entities, how the instance's id was found: `plain` as it stood; `digest` from a sanitized id; `digest+arn` when the sanitized ARN confirmed it."},
			{"error_code", String, "Why the call failed, e.g. `Client.UnauthorizedOperation`; absent where it succeeded."},
			{"error_message", String, "The same in words, as the AWS service wrote it."},
			{"basis", String, "`mentioned` where the call names the instance in a field of which it isn't known that it says what the call changed; absent otherwise."},
		},
		Identity: []string{"event_id"},
	},
	{Type: RunsOn, From: SpaceliftWorker, To: EC2Instance, Scopes: []string{ScopePools, ScopePublicPool}, Past: true, Owner: SpaceliftWorker, Doc: "The instance the worker runs on, by the worker's metadata."},
	{Type: Performed, From: SpaceliftUser, To: SpaceliftAuditEvent, Past: true, Doc: "Who did it."},
	{Type: Targeted, From: SpaceliftAuditEvent, To: SpaceliftStack, Past: true, Doc: "The stack that was changed."},
	{Type: Targeted, From: SpaceliftAuditEvent, To: SpaceliftSpace, Past: true, Doc: "The space that was changed."},
	{Type: Targeted, From: SpaceliftAuditEvent, To: SpaceliftRun, Past: true, Doc: "The run that was acted on."},
	{Type: Targeted, From: SpaceliftAuditEvent, To: SpaceliftUser, Past: true, Doc: "The user or API key that was changed."},
	{Type: Targeted, From: SpaceliftAuditEvent, To: SpaceliftWorkerPool, Past: true, Doc: "The worker pool that was changed."},
	{Type: Targeted, From: SpaceliftAuditEvent, To: SpaceliftWorker, Past: true, Doc: "The worker that was changed."},
}
