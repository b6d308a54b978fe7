package trace

import (
	"strings"
	"testing"
)

// answer has something in every place where a tree shows something.
func answer() *Answer {
	prod := []Space{{ID: "root", Name: "root"}, {ID: "prod-01", Name: "prod"}}
	ada := &User{ID: "ada", Name: "Ada L.", Type: "human"}
	run := Run{
		ID: "R1", Type: "TRACKED", State: "FINISHED", CreatedAt: 1700000000,
		Affected: []Affected{{
			Instance: "i-1", Entity: true, ResolvedBy: "digest", MoreCalls: 3,
			Calls: []Call{{Time: "2023-11-14T22:13:21.5Z", Name: "RunInstances", Account: "111122223333", Region: "eu-west-1", EventID: "e1", Error: "Client.UnauthorizedOperation"}},
		}},
		MoreAffected: 2,
		Stack:        &Stack{ID: "web", Repository: "https://example.com/web", Space: prod},
		Commit: &Commit{
			SHA: "0123456789abcdef", Message: "open\x1b[2J \u202eport\r\nbody", Timestamp: "2023-11-14T22:00:00Z", URL: "https://example.com/c",
			AuthorLogin: "mallory", AuthorName: "Mallory", PushedBy: []string{"mallory"}, ConfirmedBy: []User{*ada},
		},
		Workers: []Worker{{ID: "W1", Pool: &Pool{ID: "P1", Name: "private"}, Hosts: []string{"i-9"}}},
	}
	return &Answer{Answers: []Subject{
		{Kind: KindInstance, ID: "i-1", Runs: []Run{run}, MoreRuns: 7, Hosted: []Worker{{ID: "W2"}}},
		{Kind: KindUser, ID: "ada", User: ada, Roles: []Role{{Role: "READ", Space: prod}}, MoreRoles: 1, Commits: []Commit{{SHA: "ff", Message: strings.Repeat("é", 200)}}, MoreCommits: 1},
		{Kind: KindSpace, ID: "prod-01", Space: prod, Stacks: []string{"web"}, MoreStacks: 1, Roles: []Role{{Role: "READ", User: ada}}},
		{Kind: KindRun, ID: "R1", Runs: []Run{run}},
		{Kind: KindGitHub, ID: "stranger"},
	}}
}

const tree = `instance i-1
├─ worker W2 ran on it
├─ run R1  TRACKED  FINISHED  2023-11-14 22:13:20Z
│  ├─ entity created or last changed by the run (id: digest)
│  ├─ earlier calls: 3; raise --limit to see them
│  ├─ call 2023-11-14 22:13:21Z  RunInstances  111122223333 eu-west-1  event e1  FAILED: Client.UnauthorizedOperation
│  ├─ more instances: 2; raise --limit to see them
│  ├─ stack web
│  │  ├─ space root / prod (prod-01)
│  │  └─ code https://example.com/web
│  ├─ commit 0123456789ab  open [2J  port
│  │  ├─ author mallory (Mallory), 2023-11-14 22:00:00Z
│  │  ├─ pushed by GitHub user mallory
│  │  ├─ confirmed by ada (Ada L.), human
│  │  └─ url https://example.com/c
│  ├─ triggered by no user: a Git push, or another stack
│  └─ worker W1
│     ├─ pool P1 (private)
│     └─ host i-9
└─ more runs: 7; raise --limit to see them

user ada (Ada L.), human
├─ role READ in root / prod (prod-01)
├─ more roles: 1; raise --limit to see them
├─ confirmed ff  ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé…
└─ more commits: 1; raise --limit to see them

space prod-01
├─ path root / prod (prod-01)
├─ role READ of ada (Ada L.), human
├─ stack web
└─ more stacks: 1; raise --limit to see them

run R1  TRACKED  FINISHED  2023-11-14 22:13:20Z
├─ affected i-1
│  ├─ entity created or last changed by the run (id: digest)
│  ├─ earlier calls: 3; raise --limit to see them
│  └─ call 2023-11-14 22:13:21Z  RunInstances  111122223333 eu-west-1  event e1  FAILED: Client.UnauthorizedOperation
├─ more instances: 2; raise --limit to see them
├─ stack web
│  ├─ space root / prod (prod-01)
│  └─ code https://example.com/web
├─ commit 0123456789ab  open [2J  port
│  ├─ author mallory (Mallory), 2023-11-14 22:00:00Z
│  ├─ pushed by GitHub user mallory
│  ├─ confirmed by ada (Ada L.), human
│  └─ url https://example.com/c
├─ triggered by no user: a Git push, or another stack
└─ worker W1
   ├─ pool P1 (private)
   └─ host i-9

github-user stranger
└─ nothing more is known of it
`

func TestTree(t *testing.T) {
	var b, colored strings.Builder
	if err := answer().Write(&b, Style{}); err != nil {
		t.Fatal(err)
	}
	if b.String() != tree {
		t.Errorf("%s\nnot\n%s", &b, tree)
	}
	if err := answer().Write(&colored, Style{Color: true}); err != nil {
		t.Fatal(err)
	}
	if got := strings.NewReplacer(bold, "", dim, "", plain, "").Replace(colored.String()); got != tree {
		t.Errorf("colours change more than colours:\n%q", got)
	}
}
