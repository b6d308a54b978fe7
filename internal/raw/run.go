package raw

// Run is one run, with what its history and logs recorded.
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
	Times       *RunTimes    `json:"times,omitempty"`
	Workers     []RunWorker  `json:"workers,omitempty"`
	DependsOn   []string     `json:"dependsOnRuns,omitempty"` // ids of runs that it waits for
	Unread      []string     `json:"unread,omitempty"`        // of UnreadHistory and UnreadLogs: what could not be read of it, and will be tried again
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
	Until     *int64 `json:"until,omitempty"` // when the state ended; nil for the last one, and where the server doesn't say
	Username  string `json:"username"`
}

// RunTimes are the times at which a run came to its phases for the last time, Unix seconds; 0 where it didn't.
type RunTimes struct {
	Planning    int64 `json:"planning,omitempty"`
	Unconfirmed int64 `json:"unconfirmed,omitempty"` // the plan waits for a confirmation
	Confirmed   int64 `json:"confirmed,omitempty"`
	Applying    int64 `json:"applying,omitempty"` // or destroying, or performing a task
	Finished    int64 `json:"finished,omitempty"` // whatever its end was
}

// Came notes that a run came to a state at a time.
func (t *RunTimes) Came(state string, at int64) {
	to := map[string]*int64{
		"PLANNING": &t.Planning, "UNCONFIRMED": &t.Unconfirmed, "CONFIRMED": &t.Confirmed,
		"APPLYING": &t.Applying, "DESTROYING": &t.Applying, "PERFORMING": &t.Applying,
		"FINISHED": &t.Finished, "FAILED": &t.Finished, "STOPPED": &t.Finished, "CANCELED": &t.Finished, "DISCARDED": &t.Finished, "SKIPPED": &t.Finished,
	}[state]
	if to != nil {
		*to = max(*to, at)
	}
}

// The phases of a run that a worker executes.
const (
	PhasePlan  = "plan"
	PhaseApply = "apply"
)

// RunWorker is a worker that took a run over, by a handover line of its logs or by the API's own field.
type RunWorker struct {
	ID     string `json:"id"`
	Public bool   `json:"public,omitempty"` // the line says that it is one of the public pool
	Phase  string `json:"phase,omitempty"`  // [PhasePlan], [PhaseApply], or both with a + between them; empty where only the API's field names the worker
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
	Address   *string `json:"address,omitempty"` // in the stack's code, e.g. aws_security_group.bastion
	Drifted   *int64  `json:"drifted,omitempty"` // when drift detection found it changed, Unix seconds

	// Identity holds further attributes that name the resource, by their names, maybe sanitized: of Terraform's values, or Pulumi's outputs.
	Identity map[string]string `json:"identity,omitempty"`
}
