package trace

import (
	"time"

	"liftgraph/internal/dataset"
)

// Kind is what an id names.
type Kind string

// The kinds, in the order they are looked for.
const (
	KindInstance Kind = "instance"
	KindRun      Kind = "run"
	KindCommit   Kind = "commit"
	KindUser     Kind = "user"
	KindGitHub   Kind = "github-user"
	KindStack    Kind = "stack"
	KindWorker   Kind = "worker"
	KindSpace    Kind = "space"
	KindResource Kind = "resource"    // of AWS, but for instances
	KindEvent    Kind = "audit-event" // of the audit trail
	KindAddress  Kind = "address"     // that requests to Spacelift came from, by the audit trail; only by the address itself
	KindRole     Kind = "role"        // that users hold in spaces; only by its whole name
)

// Answer is what a directory says of an id. As JSON it has the form that docs/guide/trace.md describes: names are those of the
// model's properties, and what is unknown is left out.
type Answer struct {
	Asked     string   `json:"asked"`
	Directory string   `json:"directory"`
	Accounts  []string `json:"accounts"`
	UpdateTag int64    `json:"update_tag"`

	AsOf           time.Time       `json:"as_of"`           // when what is published began to be read
	Version        string          `json:"version"`         // of the program that published it
	ManifestSHA256 string          `json:"manifest_sha256"` // hex
	Answers        []Subject       `json:"answers"`         // one for each kind that the id is of
	Incomplete     []dataset.Scope `json:"incomplete"`      // scopes that may hide a part of the answer
	Notes          []string        `json:"notes"`
}

// Subject is what an id names, and what is known of it. Lists are the newest first and hold no more than was asked for; beside
// each stands how many there are besides.
type Subject struct {
	Kind   Kind    `json:"kind"`
	ID     string  `json:"id"`
	Commit *Commit `json:"commit,omitempty"`
	User   *User   `json:"user,omitempty"`
	Stack  *Stack  `json:"stack,omitempty"`
	Worker *Worker `json:"worker,omitempty"`

	Resource    *Resource `json:"resource,omitempty"`
	Touched     []Touched `json:"touched,omitempty"` // what runs did to a resource, and others to it or to an instance
	MoreTouched int64     `json:"more_touched,omitempty"`

	Space []Space `json:"space,omitempty"` // its path, from the root

	// The runs that affected an instance, ran a commit, were triggered by a user, are a stack's, were executed by a worker;
	// of a run, itself.
	Runs     []Run `json:"runs"`
	MoreRuns int64 `json:"more_runs"`

	Commits     []Commit `json:"commits,omitempty"` // that a user confirmed, or a GitHub user pushed
	MoreCommits int64    `json:"more_commits,omitempty"`
	Roles       []Role   `json:"roles,omitempty"` // of a user, or in a space
	MoreRoles   int64    `json:"more_roles,omitempty"`
	Stacks      []string `json:"stacks,omitempty"` // in a space
	MoreStacks  int64    `json:"more_stacks,omitempty"`
	Hosted      []Worker `json:"hosted_workers,omitempty"` // workers that run on an instance
	MoreHosted  int64    `json:"more_hosted_workers,omitempty"`

	Timeline   []Event  `json:"timeline"`              // what happened, the oldest first
	MoreEvents int64    `json:"more_events,omitempty"` // earlier ones of the audit trail
	Unknown    []string `json:"unknown"`               // what the answer can't know, in words
}

// Run is a run with everybody and everything behind it.
type Run struct {
	ID           string     `json:"id"`
	Type         string     `json:"run_type,omitempty"`
	State        string     `json:"state,omitempty"`
	Branch       string     `json:"branch,omitempty"`
	CreatedAt    int64      `json:"created_at,omitempty"` // Unix seconds
	Affected     []Affected `json:"affected"`             // of an instance's runs, this instance alone
	MoreAffected int64      `json:"more_affected"`
	Stack        *Stack     `json:"stack,omitempty"`
	Commit       *Commit    `json:"commit,omitempty"`
	TriggeredBy  *User      `json:"triggered_by,omitempty"` // absent where a Git push or another stack did
	Workers      []Worker   `json:"workers"`

	ConfirmedBy []Confirmation `json:"confirmed_by"`
	PlannedAt   int64          `json:"planning_at,omitempty"`    // when planning began, Unix seconds, as the times below
	WaitingAt   int64          `json:"unconfirmed_at,omitempty"` // when the plan was ready and waited for a confirmation
	ConfirmedAt int64          `json:"confirmed_at,omitempty"`
	AppliedAt   int64          `json:"applying_at,omitempty"` // when applying began
	FinishedAt  int64          `json:"finished_at,omitempty"`
	URL         string         `json:"url,omitempty"` // of its page in Spacelift
	Carried
}

// Confirmation is who confirmed a run, and with which role.
type Confirmation struct {
	User     User    `json:"user"`
	At       int64   `json:"at,omitempty"` // Unix seconds
	Role     string  `json:"role,omitempty"`
	Space    []Space `json:"space"` // that the role is held in: the stack's, or the nearest around it
	ReadOnly bool    `json:"read_only,omitempty"`
	Carried
}

// Affected is an instance that a run affected, and how that is known.
type Affected struct {
	Instance   string `json:"instance"`
	Entity     bool   `json:"entity"` // the list of managed entities says that the run created or last changed it
	ResolvedBy string `json:"resolved_by,omitempty"`
	Calls      []Call `json:"calls"` // API calls by CloudTrail, sorted by time
	MoreCalls  int64  `json:"more_calls"`
	Carried
}

// Call is an AWS API call that names an instance.
type Call struct {
	Time         string `json:"event_time,omitempty"` // ISO 8601 in UTC
	Name         string `json:"event_name,omitempty"`
	Account      string `json:"aws_account,omitempty"`
	Region       string `json:"aws_region,omitempty"`
	EventID      string `json:"event_id"`
	Error        string `json:"error_code,omitempty"`    // why the call failed; empty where it didn't
	ErrorMessage string `json:"error_message,omitempty"` // the same in words
	Basis        string `json:"basis,omitempty"`         // "mentioned" where it isn't known that the call changed the instance
	Carried
}

// Stack is a stack and where it is.
type Stack struct {
	ID         string  `json:"id"`
	Name       string  `json:"name,omitempty"`
	Repository string  `json:"repository,omitempty"`
	Space      []Space `json:"space"` // the path, from the root
	Carried
}

// Space is a space.
type Space struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Carried
}

// Commit is a commit with those behind it.
type Commit struct {
	SHA         string   `json:"sha"`
	Message     string   `json:"message,omitempty"`
	Timestamp   string   `json:"timestamp,omitempty"` // ISO 8601 in UTC
	URL         string   `json:"url,omitempty"`
	AuthorLogin string   `json:"author_login,omitempty"`
	AuthorName  string   `json:"author_name,omitempty"`
	PushedBy    []string `json:"pushed_by"` // GitHub users
	ConfirmedBy []User   `json:"confirmed_by"`
	Carried
}

// User is a user of Spacelift.
type User struct {
	ID       string `json:"id"`
	Username string `json:"username,omitempty"`
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"`
	Type     string `json:"user_type,omitempty"`
	Carried
}

// Worker is a worker, its pool and its hosts.
type Worker struct {
	ID     string   `json:"id"`
	Status string   `json:"status,omitempty"`
	Pool   *Pool    `json:"pool,omitempty"`
	Hosts  []string `json:"hosts"`            // instances it runs on
	Phases []string `json:"phases,omitempty"` // of a run: those that it executed, see [Planned] and [Applied]
	Carried
}

// Pool is a worker pool.
type Pool struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Type string `json:"pool_type,omitempty"`
	Carried
}

// Role is one that a user holds in a space.
type Role struct {
	Role  string  `json:"role"`
	Via   string  `json:"via,omitempty"` // direct, group:NAME, or several
	User  *User   `json:"user"`
	Space []Space `json:"space"` // the path, from the root
	Carried
}
