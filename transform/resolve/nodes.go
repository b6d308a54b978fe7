package resolve

import (
	"strings"

	"liftgraph/graph"
)

// Run is the properties of a SpaceliftRun.
type Run struct {
	ID, RunType, State, CommitSHA, Branch, CreatedAt, StackID, TriggeredByUserID, SpaceliftAccountID,
	PlanningAt, UnconfirmedAt, ConfirmedAt, ApplyingAt, FinishedAt graph.Value
}

// User is the properties of a SpaceliftUser.
type User struct{ ID, Username, Email, Name, UserType graph.Value }

// Worker is the properties of a SpaceliftWorker.
type Worker struct{ ID, Name, Status, WorkerPoolID, SpaceliftAccountID graph.Value }

// AuditRow is the properties of a SpaceliftAuditEvent.
type AuditRow struct {
	ID, Account, Action, EventType, Actor, ActorSource, ActorRoles, ActorRunID, Mutation, ResourceType, ResourceID, RemoteIP, EventTime,
	SecuritySignal, Data, SpaceliftAccountID graph.Value
}

type instance struct {
	ID         graph.Value
	InstanceID graph.Value `graph:"instanceid"`
}

type gitHubUser struct{ Username graph.Value }

// The nodes that may be known by name alone.
var (
	Runs        = NodesOf[Run](graph.SpaceliftRun)
	Users       = NodesOf[User](graph.SpaceliftUser)
	Workers     = NodesOf[Worker](graph.SpaceliftWorker)
	auditEvents = NodesOf[AuditRow](graph.SpaceliftAuditEvent)
	instances   = NodesOf[instance](graph.EC2Instance)
	gitHubUsers = NodesOf[gitHubUser](graph.GitHubUser)
)

// Worker adds a worker that is known by name, registered with a pool or, if pool is empty, with an unknown one.
func (r *Resolver) Worker(id, pool string) {
	w := Worker{ID: graph.Text(id), Name: graph.Text(id), WorkerPoolID: TextOrNone(pool), SpaceliftAccountID: graph.Text(r.account)}
	if pool == "" {
		Workers.stub(r, w)
		return
	}
	Workers.Add(r, Named, 1, w)
}

// Instance adds an EC2 instance that an edge needs.
func (r *Resolver) Instance(id string) {
	instances.stub(r, instance{ID: graph.Text(id), InstanceID: graph.Text(id)})
}

// namedUser adds a user with what its name says.
func (r *Resolver) namedUser(id, spelled string) {
	u := User{ID: graph.Text(id), Username: TextOrNone(spelled)}
	switch {
	case strings.HasPrefix(id, APIKeyPrefix):
		u.UserType = graph.Text(Machine)
	case strings.Contains(id, "@"):
		u.Email, u.UserType = graph.Text(id), graph.Text(Human)
	}
	Users.stub(r, u)
}

// The values of user_type.
const (
	Human   = "human"
	Machine = "machine"
)

// APIKeyPrefix begins the identity of an API key.
const APIKeyPrefix = "api::"

// NumOrNone returns a number, absent where it is 0.
func NumOrNone(n int64) graph.Value {
	if n == 0 {
		return graph.Value{}
	}
	return graph.Num(n)
}

// TextOrNone returns a text, absent where it is empty.
func TextOrNone(s string) graph.Value {
	if s == "" {
		return graph.Value{}
	}
	return graph.Text(s)
}
