package graph

// The labels of AWS resources and of those who change them outside runs.
const (
	AWSResource   Label = "AWSResource"
	AWSActor      Label = "AWSActor"
	ResourceEvent Label = "ResourceEvent"
)

// The relationship types of AWS resources, beside [Affected].
const (
	Manages = "MANAGES"
	Changed = "CHANGED"
	Is      = "IS"
)

// What a run or an actor did to a resource: the property role of [Affected] and [Changed].
const (
	RoleCreated  = "created"
	RoleChanged  = "changed"
	RoleDeleted  = "deleted"
	RoleAttached = "attached" // the other end of a link that was made or cut
	RoleUsed     = "used"
)

var awsNodes = []Node{
	{
		Label: AWSResource, Doc: "An AWS resource that a run or another principal touched, or that a stack manages. EC2 instances are EC2Instance nodes.", Foreign: true,
		Properties: []Property{
			{"id", String, "The resource's ARN in its canonical form; where it isn't known, `TYPE|ACCOUNT|REGION|NAME`, until a later snapshot knows it."},
			{"arn", String, "The ARN; absent where it isn't known."},
			{"type", String, "Type as CloudFormation names it, e.g. `AWS::EC2::SecurityGroup`."},
			{"service", String, "Service of the type, e.g. `EC2`."},
			{"name", String, "Short id or name, e.g. `sg-…`, a bucket's or a role's name."},
			{"aws_account", String, "Id of the AWS account the resource is in; absent where it isn't known."},
			{"aws_region", String, "AWS region the resource is in; absent for a global one."},
			{"stable_id", String, "Id that no other resource of the same ARN has, where the type has one and an event holds it."},
			{"cartography_label", String, "Label of Cartography's node for the resource; absent where Cartography has none."},
			{"cartography_id", String, "Key of that node; absent where it can't be derived from name and ARN."},
			{"resolved", Bool, "Whether the ARN is known."},
		},
	},
	{
		Label: AWSActor, Doc: "Who changed AWS resources outside runs: a person, an IAM user, the root user, a CI's job, a role, a service.", Foreign: true,
		Properties: []Property{
			{"id", String, "Of a person the session name in lower case, mostly an e-mail address; of an IAM user or the root user the ARN; of a CI `ROLE_ARN|repo:OWNER/NAME`; of a role its ARN; of a service its name."},
			{"kind", String, "`person`, `iam_user`, `root`, `ci`, `role` or `service`."},
			{"name", String, "Name to show."},
			{"email", String, "E-mail address, where the session is named so."},
			{"role_arn", String, "ARN of the role that was assumed."},
			{"aws_account", String, "Id of the AWS account that the principal belongs to."},
		},
	},
}

// lakeNodes are tables that only a lake has: a row for each event, which a graph would have no use for.
var lakeNodes = []Node{
	{
		Label: ResourceEvent, Doc: "A CloudTrail event and a resource that it touched: a row for each pair, whatever principal made the call.", Foreign: true,
		Refs: map[string]Label{"run_id": SpaceliftRun, "resource_id": AWSResource, "actor_id": AWSActor},
		Properties: []Property{
			{"id", String, "`EVENT|RESOURCE|ROLE`."},
			{"event_id", String, "Id of the event; of copies in several accounts the id that they share."},
			{"resource_id", String, "Key of the AWSResource; of an instance its ARN."},
			{"role", String, "`created`, `changed`, `deleted`, `attached` or `used`."},
			{"event_time", String, "When the call was made, ISO 8601 in UTC."},
			{"source", String, "The service that was called, e.g. `ec2`."},
			{"name", String, "The API call, e.g. `AuthorizeSecurityGroupIngress`."},
			{"class", String, "`change`, `operate` or `automatic`."},
			{"run_id", String, "Id of the run that made the call; absent where none did."},
			{"actor_id", String, "Key of the AWSActor that made the call; absent where a run did."},
			{"via", String, "How the call was made, by its user agent: `console`, `terraform`, `cloudformation`, `cli`, `sdk`, or the service that forwarded it."},
			{"noise", String, "Why it isn't drift though it changed something; absent where it is."},
			{"basis", String, "How the resource was found: `table`, `resources` or `arn`."},
			{"aws_account", String, "Id of the AWS account the call was made in."},
			{"aws_region", String, "AWS region the call was made in."},
			{"source_ip", String, "Address the call came from."},
		},
	},
}

// touched are the properties of what a run or an actor did to a resource: one relationship for each role.
var touched = []Property{
	{"role", String, "`created`, `changed`, `deleted`, `attached` (the other end of a link that was made or cut) or `used`."},
	{"first_event_time", String, "When the first of the calls was made, ISO 8601 in UTC."},
	{"event_time", String, "When the last of the calls was made, ISO 8601 in UTC."},
	{"event_names", List, "The API calls, each once."},
	{"events", Int, "The number of calls."},
	{"event_id", String, "Id of the last of the CloudTrail events; absent where no event says it."},
	{"basis", String, "How it is known, the best way: `table` by the call's parameters, `resources` by the event's own list, `entity` by Spacelift's list of managed entities, `plan` by the run's plan, `arn` by an ARN among the call's parameters."},
	{"aws_account", String, "Id of the AWS account of the last call."},
	{"aws_region", String, "AWS region of the last call."},
}

// changedBy are those of what an actor did.
var changedBy = append(touched[:len(touched):len(touched)],
	Property{"via", String, "How the last call was made, by its user agent, which can be forged: `console`, `terraform`, `cloudformation`, `cli`, `sdk`, or the service that forwarded it."})

var manages = []Property{
	{"address", String, "Address of the resource in the stack's code, e.g. `aws_security_group.bastion`; absent where the API doesn't list it."},
	{"entity_id", String, "Id of the entity, unique within its stack."},
	{"resolved_by", String, "How the resource was found: `plain` as it stood; `digest+arn` by two digests; `digest` by one."},
	{"drifted", Int, "When drift detection last found the resource changed, Unix seconds; absent where it didn't."},
}

var awsRelationships = []Relationship{
	{
		Type: Affected, From: SpaceliftRun, To: AWSResource, Scopes: []string{ScopeStacks, ScopeEntities, ScopeRuns}, Log: "event_id", Past: true, Owner: SpaceliftRun,
		Doc:        "What the run did to the resource, by its calls in CloudTrail and by Spacelift's list of managed entities.",
		Properties: touched, Identity: []string{"role"},
	},
	{
		Type: Manages, From: SpaceliftStack, To: AWSResource, Scopes: []string{ScopeStacks, ScopeEntities},
		Doc: "The stack manages the resource, by Spacelift's list of managed entities.", Properties: manages,
	},
	{
		Type: Manages, From: SpaceliftStack, To: EC2Instance, Scopes: []string{ScopeStacks, ScopeEntities},
		Doc: "The stack manages the instance, by Spacelift's list of managed entities.", Properties: manages,
	},
	{
		Type: Changed, From: AWSActor, To: AWSResource, Past: true, Doc: "What a principal did to the resource outside runs, by CloudTrail.",
		Properties: changedBy, Identity: []string{"role"},
	},
	{
		Type: Changed, From: AWSActor, To: EC2Instance, Past: true, Doc: "What a principal did to the instance outside runs, by CloudTrail.",
		Properties: changedBy, Identity: []string{"role"},
	},
	{Type: Is, From: AWSActor, To: SpaceliftUser, Past: true, Doc: "The actor is the user, by the e-mail address."},
}
