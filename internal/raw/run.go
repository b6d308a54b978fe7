package raw

// Run is one run, with what its history and logs told.
type Run struct {
	ID          string       `json:"id"` // ULID
	StackID     string       `json:"stackId"`
	IsModule    bool         `json:"isModule,omitempty"` // a module's test run, whose stack is the module
	Type        *string      `json:"type"`
	State       *string      `json:"state"`
	Branch      *string      `json:"branch"`
	CreatedAt   *int64       `json:"createdAt"`
	UpdatedAt   *int64       `json:"updatedAt"`
	TriggeredBy *string      `json:"triggeredBy"`
	Commit      *Commit      `json:"commit"`
	History     []Transition `json:"history,omitempty"` // only transitions that name a user
	Workers     []RunWorker  `json:"workers,omitempty"`
	Unread      []string     `json:"unread,omitempty"` // of UnreadHistory and UnreadLogs: what could not be read of it, and will be tried again
}

// What may be unread of a run.
const (
	UnreadHistory = "history"
	UnreadLogs    = "logs"
)

// Commit is the Git commit of a run.
type Commit struct {
	Hash        string  `json:"hash"`
	AuthorLogin *string `json:"authorLogin"`
	AuthorName  *string `json:"authorName"`
	Message     *string `json:"message"`
	Timestamp   *int64  `json:"timestamp"`
	URL         *string `json:"url"`
}

// Transition is a change of a run's state that a user made.
type Transition struct {
	State     string `json:"state"`
	Timestamp *int64 `json:"timestamp"`
	Username  string `json:"username"`
}

// RunWorker is a worker that took a run over, by a handover line of its logs or by the API's own field.
type RunWorker struct {
	ID     string `json:"id"`
	Public bool   `json:"public,omitempty"` // the line says that it is one of the public pool
}

// Entity is a resource that a stack manages. Of its values only id and arn are kept: the rest may hold secrets.
type Entity struct {
	ID        string  `json:"id"` // unique within its stack
	StackID   string  `json:"stackId"`
	Type      *string `json:"type"`              // e.g. aws_instance, aws:ec2/instance:Instance, AWS::EC2::Instance
	Mode      *string `json:"mode,omitempty"`    // Terraform's: managed or data
	Object    *string `json:"object,omitempty"`  // the resource's own id (Terraform values.id, Pulumi id, CloudFormation physicalResourceId), maybe sanitized
	ARN       *string `json:"arn,omitempty"`     // Terraform values.arn, maybe sanitized
	Creator   *string `json:"creator,omitempty"` // run id
	Updater   *string `json:"updater,omitempty"` // run id
	UpdatedAt *int64  `json:"updatedAt,omitempty"`
}
