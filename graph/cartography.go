package graph

// The labels of Cartography that the default model hasn't.
const (
	AWSEC2Instance           Label = "AWSEC2Instance"
	AWSRole                  Label = "AWSRole"
	SpaceliftCloudTrailEvent Label = "SpaceliftCloudTrailEvent"
	ModuleSyncMetadata       Label = "ModuleSyncMetadata"
)

// The relationship types of Cartography that the default model hasn't.
const (
	FromRun = "FROM_RUN"
	Assumes = "ASSUMES"
)

// CartographyVersion is the version whose model [Cartography] is.
const CartographyVersion = "0.143.0"

// Cartography is the graph of Cartography's module for Spacelift (package cartography, models/spacelift and
// intel/spacelift), for those whose queries are made for it. Where liftgraph knows more, the more is there too.
// docs/guide/cartography.md says what differs and why.
var Cartography = derive("cartography", map[Label]Label{EC2Instance: AWSEC2Instance}, cartographyColumns, cartography)

// cartographyColumns say in every node and relationship who wrote it. Cartography's own value of the first would be
// cartography:spacelift, which isn't true here; its cleanup doesn't look at it.
var cartographyColumns = []column{
	{Property{"_module_name", String, "Who wrote it: `liftgraph:spacelift`."}, fixed("liftgraph:spacelift")},
	{Property{"_module_version", String, "The version of Cartography whose model it follows."}, fixed(CartographyVersion)},
}

const (
	affectedTable = "SpaceliftRun_AFFECTED_EC2Instance"
	byEvent       = "event_id"  // edges that CloudTrail recorded
	byEntity      = "!event_id" // and those that the list of managed entities named
)

var ontSource = column{Property{"_ont_source", String, "Ontology: `spacelift`."}, fixed("spacelift")}

// What Cartography makes of a login where nothing else is known of a user.
var (
	userEmail = origin{property: "email", or: &origin{property: "username", convert: emailLogin}}
	userName  = origin{property: "name", or: &origin{property: "username", convert: beforeAt}}
)

var cartography = []made{
	{
		like: "SpaceliftAccount", extra: []Label{"Tenant"},
		columns: []column{{Property{"_ont_name", String, "Ontology: the same as name."}, same("name")}, ontSource},
	},
	{
		like: "SpaceliftUser", extra: []Label{"UserAccount"},
		columns: []column{
			{Property{"email", String, "E-mail address; where none is known, a login that is one."}, userEmail},
			{Property{"name", String, "Full name, or the name of an API key; where none is known, the login up to the first @."}, userName},
			{Property{"user_type", String, "`human` or `system`; where that is unknown, `human` if the login is an e-mail address, else absent."}, origin{property: "user_type", convert: systemUser, or: &origin{property: "username", convert: humanLogin}}},
			{Property{"_ont_email", String, "Ontology: the same as email."}, userEmail},
			{Property{"_ont_fullname", String, "Ontology: the same as name."}, userName},
			{Property{"_ont_username", String, "Ontology: the same as username."}, same("username")},
			ontSource,
		},
	},
	{
		like: "SpaceliftStack", extra: []Label{"CICDPipeline"},
		columns: []column{
			{Property{"repository", String, "Name of the repository."}, origin{property: "repository", convert: bareName}},
			{Property{"_ont_name", String, "Ontology: the same as name."}, same("name")},
			{Property{"_ont_type", String, "Ontology: `iac`."}, fixed("iac")},
			ontSource,
		},
	},
	{
		like:    "SpaceliftRun",
		columns: []column{{Property{"affected_instance_ids", List, "Ids of the instances that the run created or last changed, by the list of managed entities; absent where there are none."}, origin{}}},
		also:    []source{{from: affectedTable, where: byEntity, cells: map[string]origin{"id": same(StartID), "affected_instance_ids": same(EndID)}}},
	},
	{
		like:    "SpaceliftGitCommit",
		columns: []column{{Property{"timestamp", Int, "When the commit was made, Unix seconds."}, origin{property: "timestamp", convert: unixSeconds}}},
	},
	{like: "EC2Instance", extra: []Label{EC2Instance}},
	{
		node: &Node{
			Label: SpaceliftCloudTrailEvent, Doc: "A call of the AWS API that a run made and that names instances, by CloudTrail.",
			Refs: map[string]Label{"run_id": SpaceliftRun},
		},
		extra: []Label{"CloudTrailSpaceliftEvent"}, from: affectedTable, where: byEvent,
		columns: []column{
			{Property{"id", String, "Id of the event."}, same("event_id")},
			{Property{"run_id", String, "Id of the run that made the call."}, same(StartID)},
			{Property{"instance_ids", List, "Ids of the instances that the call names, sorted."}, same(EndID)},
			{Property{"event_time", String, "When the call was made, ISO 8601 in UTC."}, same("event_time")},
			{Property{"event_name", String, "The API call, e.g. `TerminateInstances`."}, same("event_name")},
			{Property{"aws_account", String, "Id of the AWS account the call was made in."}, same("aws_account")},
			{Property{"aws_region", String, "AWS region the call was made in."}, same("aws_region")},
			{Property{"error_code", String, "Why the call failed, e.g. `Client.UnauthorizedOperation`; absent where it succeeded."}, same("error_code")},
			{Property{"error_message", String, "The same in words, as the AWS service wrote it."}, same("error_message")},
		},
	},
	{
		node: &Node{Label: AWSRole, Doc: "An AWS role, known here by its ARN alone.", Foreign: true},
		from: "SpaceliftStack", where: "aws_role_arn",
		columns: []column{
			{Property{"arn", String, "The role's ARN."}, same("aws_role_arn")},
			{Property{"id", String, "The same as arn."}, same("aws_role_arn")},
		},
	},
	{
		node:  &Node{Label: ModuleSyncMetadata, Doc: "That the account was read, and when: lastupdated."},
		extra: []Label{"SyncMetadata"}, from: "SpaceliftAccount",
		columns: []column{
			{Property{"id", String, "`Spacelift_<account>_SpaceliftData`."}, origin{property: "id", convert: syncID}},
			{Property{"syncedtype", String, "`SpaceliftData`."}, fixed("SpaceliftData")},
			{Property{"grouptype", String, "`Spacelift`."}, fixed("Spacelift")},
			{Property{"groupid", String, "Id of the account."}, same("id")},
		},
	},
	{
		like: affectedTable, where: byEntity, doc: "The run created or last changed the instance, by Spacelift's list of managed entities.",
		without: []string{"event_id", "event_time", "event_name", "aws_account", "aws_region", "error_code", "error_message", "basis"},
	},
	{
		edge: &Relationship{Type: Resource, From: SpaceliftAccount, To: SpaceliftCloudTrailEvent, Doc: "The account whose run made the call."},
		from: affectedTable, where: byEvent,
		columns: []column{{Property{Name: StartID}, origin{account: true}}, {Property{Name: EndID}, same("event_id")}},
	},
	{
		edge: &Relationship{Type: FromRun, From: SpaceliftCloudTrailEvent, To: SpaceliftRun, Past: true, Doc: "The run that made the call."},
		from: affectedTable, where: byEvent,
		columns: []column{{Property{Name: StartID}, same("event_id")}, {Property{Name: EndID}, same(StartID)}},
	},
	{
		edge: &Relationship{Type: Affected, From: SpaceliftCloudTrailEvent, To: AWSEC2Instance, Past: true, Doc: "An instance that the call names."},
		from: affectedTable, where: byEvent,
		columns: []column{
			{Property{Name: StartID}, same("event_id")}, {Property{Name: EndID}, same(EndID)},
			{Property{"basis", String, "`mentioned` where the call names the instance in a field of which it isn't known that it says what the call changed; absent otherwise."}, same("basis")},
		},
	},
	{
		edge: &Relationship{Type: Assumes, From: SpaceliftStack, To: AWSRole, Scopes: []string{ScopeStacks}, Doc: "The role that the stack's runs assume."},
		from: "SpaceliftStack", where: "aws_role_arn",
		columns: []column{{Property{Name: StartID}, same("id")}, {Property{Name: EndID}, same("aws_role_arn")}},
	},
}
