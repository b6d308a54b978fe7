package raw

import "encoding/json"

// Account is the Spacelift account itself. Every extraction delivers exactly one, first.
type Account struct {
	ID   string  `json:"id"`   // the root field `name`, else the first label of the endpoint's host
	Name *string `json:"name"` // the root field `name`; nil where the API did not tell
}

// Space is a space that the token may see.
type Space struct {
	ID          string  `json:"id"`
	Name        *string `json:"name"`
	Description *string `json:"description"`
	ParentSpace *string `json:"parentSpace"` // nil for the root
}

// Stack is a stack that the token may see.
type Stack struct {
	ID             string  `json:"id"` // the slug
	Name           *string `json:"name"`
	Description    *string `json:"description"`
	State          *string `json:"state"`
	Administrative *bool   `json:"administrative"`
	Repository     *string `json:"repository"` // bare name
	RepositoryURL  *string `json:"repositoryURL"`
	Branch         *string `json:"branch"`
	ProjectRoot    *string `json:"projectRoot"`
	Provider       *string `json:"provider"` // VCS provider: GITHUB, GITHUB_ENTERPRISE, GITLAB, …
	Space          *string `json:"space"`
	EntityCount    *int64  `json:"entityCount"`

	Integrations *Integrations  `json:"integrations"`
	RoleBindings []StackBinding `json:"stackRoleBindings,omitempty"` // of its runs
}

// Integrations are the ways a stack's runs get credentials.
type Integrations struct {
	AWS   *AWSRole        `json:"aws"`   // of the stack itself, the older way
	AWSV2 AWSIntegrations `json:"awsV2"` // of the account, attached to the stack
}

// AWSRole is the role of a stack itself.
type AWSRole struct {
	AssumedRoleARN *string `json:"assumedRoleArn"` // nil where it has none
}

// AWSIntegrations is a list, also where JSON has one without the list: no public source shows which of them the API returns.
type AWSIntegrations []AWSIntegration

// UnmarshalJSON implements [json.Unmarshaler].
func (l *AWSIntegrations) UnmarshalJSON(b []byte) error {
	var list []AWSIntegration
	err := json.Unmarshal(b, &list)
	if err != nil {
		list = make([]AWSIntegration, 1)
		err = json.Unmarshal(b, &list[0])
	}
	*l = list
	return err
}

// AWSIntegration is a role of the account that is attached to a stack.
type AWSIntegration struct {
	RoleARN *string `json:"roleArn"`
	Write   *bool   `json:"write"` // whether runs that may change something assume it
}

// WorkerPool is a private pool with the workers registered now, or the public pool, which lists none.
type WorkerPool struct {
	ID          string   `json:"id"` // PublicPool for the public one
	Name        *string  `json:"name"`
	Description *string  `json:"description"`
	Space       *string  `json:"space"`
	Workers     []Worker `json:"workers"`
}

// PublicPool is the id given to the public worker pool, which has none in the API.
const PublicPool = "public"

// Worker is a registered worker.
type Worker struct {
	ID         string  `json:"id"`
	Status     *string `json:"status"`
	InstanceID *string `json:"instanceId"` // of the machine, by the worker's metadata; Azure's have another form than EC2's
}
