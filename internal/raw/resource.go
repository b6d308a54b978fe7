package raw

import "liftgraph/internal/awsresource"

// ResourceEvent is a CloudTrail event that touched AWS resources: a call of a run, one of a session that may turn out to
// be derived from a run's, or one that another principal made. Each of its resources is a row of the lake.
//
// It is a run's where Session is set, or where AccessKey leads to a run by [Grant] records; else it is the actor's that an
// [ActorKey] record has for AccessKey; else Actor's.
type ResourceEvent struct {
	EventID   string    `json:"eventId"`
	SharedID  string    `json:"sharedEventId,omitempty"` // the same in the copies that other accounts got: the event's identity where it is set
	Time      string    `json:"time"`                    // RFC 3339 in UTC, e.g. 2026-11-13T23:47:05Z
	Source    string    `json:"source"`                  // the service without .amazonaws.com, e.g. ec2
	Name      string    `json:"name"`                    // without the date of an API's version, e.g. UpdateFunctionCode
	Account   string    `json:"account"`                 // that the event was recorded in
	Region    string    `json:"region"`
	Class     string    `json:"class"` // change, operate or automatic
	Session   *Session  `json:"session,omitempty"`
	AccessKey string    `json:"accessKey,omitempty"` // the temporary key (ASIA…) it was made with
	Actor     *Actor    `json:"actor,omitempty"`     // nil where Session is set
	Via       string    `json:"via,omitempty"`       // console, terraform, cloudformation, cli, sdk, or the service that forwarded it; a hint, as user agents are
	Noise     string    `json:"noise,omitempty"`     // why it is no drift though it changed something: automatic, operate, agent, controller, service_tags
	SourceIP  string    `json:"sourceIp,omitempty"`
	Touched   []Touched `json:"touched"` // at least one; each once per role
}

// Touched is a resource that an event touched.
type Touched struct {
	awsresource.Resource
	Role  string `json:"role"`  // created, changed, deleted, attached, used
	Basis string `json:"basis"` // table: by the event's rule; resources: by the event's own list, where a rule says so; arn: by an ARN in a field that may hold a target
}

// Actor is who made a call that no run made.
type Actor struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"` // person, iam_user, root, ci, role, service
	Name    string `json:"name,omitempty"`
	Email   string `json:"email,omitempty"`
	RoleARN string `json:"roleArn,omitempty"`
	Account string `json:"account,omitempty"`
}

// ActorKey is a CloudTrail event in which STS gave credentials to a CI's job, which names its repository only there:
// calls with Key are Actor's.
type ActorKey struct {
	EventID string `json:"eventId"`
	Key     string `json:"key"` // the temporary key (ASIA…) that was given
	Actor   Actor  `json:"actor"`
}

// Coverage is how far an object's events of an account and region reach. Times are RFC 3339 in UTC.
type Coverage struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	First   string `json:"first"`
	Last    string `json:"last"`
	Events  int64  `json:"events"`
}

// Kind implements [Record].
func (*ResourceEvent) Kind() Kind { return KindResourceEvent }

// Kind implements [Record].
func (*ActorKey) Kind() Kind { return KindActorKey }

// Kind implements [Record].
func (*Coverage) Kind() Kind { return KindCoverage }
