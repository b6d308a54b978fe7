package transform

import (
	"math/rand/v2"
	"slices"
	"testing"

	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

const (
	run1 = "01EF9PFPNFFM2MQXTJKHK1B869"
	run2 = "01FEKAGP4AYV0DWP4QDFTANRES"
	run3 = "01HPS6XB76J1JB3EHSK4AWE5AB"
	wrk1 = "01HPS6K4BNB7BPHCDHDWFAMJNV"
)

func TestSpacesAndStacks(t *testing.T) {
	o := transformed(t, "",
		&raw.Space{ID: "root", Name: ptr("root"), Description: ptr("")},
		&raw.Space{ID: "prod", Name: ptr("Prod"), ParentSpace: ptr("root")},
		&raw.Space{ID: "lost", ParentSpace: ptr("hidden")},
		&raw.Space{ID: ""},
		&raw.Stack{ID: "web", Name: ptr("Web"), Repository: ptr("web"), RepositoryURL: ptr("https://github.com/acme/web"), Space: ptr("prod"), Administrative: ptr(false)},
		&raw.Stack{ID: "db", Repository: ptr("db"), Space: ptr("hidden")},
		&raw.Stack{ID: "db", Repository: ptr("db"), Space: ptr("hidden")},
	)
	o.want(t, "SpaceliftSpace",
		"id=lost is_root=false parent_space_id=hidden",
		"id=prod name=Prod is_root=false parent_space_id=root",
		"id=root name=root description= is_root=true parent_spacelift_account_id=acme")
	o.want(t, "SpaceliftStack",
		"id=db repository=db space_id=hidden",
		"id=web name=Web administrative=false repository=https://github.com/acme/web space_id=prod")
	o.want(t, "SpaceliftSpace_CONTAINS_SpaceliftSpace", "start_id=root end_id=prod")
	o.want(t, "SpaceliftSpace_CONTAINS_SpaceliftStack", "start_id=prod end_id=web")
	o.want(t, "SpaceliftAccount_RESOURCE_SpaceliftStack", "start_id=acme end_id=db", "start_id=acme end_id=web")
	if got, want := o.reasons(), []string{"invalid_id", "unknown_space", "unknown_space"}; !slices.Equal(got, want) {
		t.Errorf("quarantined %v, not %v", got, want)
	}
	if l := o.Ledger[0]; l.In != 8 || l.Out != 6 || l.Deduplicated != 1 || l.Quarantined["invalid_id"] != 1 {
		t.Errorf("ledger %+v", l)
	}
}

func TestIdentities(t *testing.T) {
	o := transformed(t, "",
		&raw.Space{ID: "root"},
		&raw.Stack{ID: "parent-stack"},
		&raw.User{ID: "u1", Username: ptr("Alice"), InvitationEmail: ptr("Alice@Acme.com"), AccessRules: []raw.AccessRule{{Space: ptr("root"), Level: ptr("READ")}, {Space: ptr("gone"), Level: ptr("READ")}}},
		&raw.User{ID: "u2", Username: ptr("shared1"), InvitationEmail: ptr("team@acme.com")},
		&raw.User{ID: "u3", Username: ptr("shared2"), InvitationEmail: ptr("team@acme.com")},
		&raw.User{ID: "u4"},
		&raw.APIKey{ID: "01KEY", Name: ptr("ci"), RoleBindings: []raw.RoleBinding{{SpaceID: ptr("root"), Role: &raw.Role{ID: "r", Slug: ptr("space-admin")}}}},
		&raw.Group{ID: "g", AccessRules: []raw.AccessRule{{Space: ptr("root"), Level: ptr("ADMIN")}}},
		&raw.Role{ID: "r"},
		&raw.Run{ID: run1, TriggeredBy: ptr("ALICE@acme.com")},
		&raw.Run{ID: run2, TriggeredBy: ptr("api::01KEY")},
		&raw.Run{ID: run3, TriggeredBy: ptr("team@acme.com")},
		&raw.Run{ID: run3[:25] + "X", TriggeredBy: ptr("parent-stack")},
		&raw.Run{ID: run3[:25] + "Y", TriggeredBy: ptr("vcs/commit")},
		&raw.Run{ID: run3[:25] + "Z", TriggeredBy: ptr("github/Octocat")},
		&raw.Run{ID: run3[:24] + "0A", TriggeredBy: ptr("")},
	)
	o.want(t, "SpaceliftUser",
		"id=alice username=Alice email=Alice@Acme.com user_type=human",
		"id=api::01KEY username=api::01KEY name=ci user_type=machine",
		"id=octocat username=Octocat",
		"id=shared1 username=shared1 email=team@acme.com user_type=human",
		"id=shared2 username=shared2 email=team@acme.com user_type=human",
		"id=team@acme.com username=team@acme.com email=team@acme.com user_type=human")
	o.want(t, "SpaceliftUser_TRIGGERED_SpaceliftRun",
		"start_id=alice end_id="+run1, "start_id=api::01KEY end_id="+run2,
		"start_id=octocat end_id="+run3[:25]+"Z", "start_id=team@acme.com end_id="+run3)
	o.want(t, "SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace", "start_id=alice end_id=root role=READ via=direct", "start_id=api::01KEY end_id=root role=space-admin via=direct")
	if len(o.Notes) != 1 { // the run that a stack triggered
		t.Errorf("notes %q", o.Notes)
	}
	if !slices.Contains(o.tables["SpaceliftRun"], "id="+run1+" triggered_by_user_id=alice") {
		t.Errorf("runs %q", o.tables["SpaceliftRun"])
	}
}

// Where a stack's provider is unknown, a commit's URL on github.com says who pushed it.
func TestPushedByURL(t *testing.T) {
	for commit, pushed := range map[string]bool{
		"https://github.com/acme/web/commit/abc": true, "http://github.com/acme/web/commit/abc": true, "https://www.github.com/acme/web/commit/abc": true, "https://GitHub.com/acme/web.git": true,
		"https://github.com:443/acme/web/commit/abc": true, "github.com/acme/web/commit/abc": true, "https://github.com/acme/web.git/commit/abc": true,
		"https://github.acme.com/acme/web/commit/abc": false, "https://github.com.evil.example/abc": false, "https://notgithub.com/abc": false, "https://gitlab.com/github.com/abc": false,
		"https://example.com/?u=github.com": false, "https://github.com@evil.example/abc": false, "": false, "::": false, "https://bitbucket.org/github.com/commits/abc": false,
	} {
		for provider, known := range map[string]*string{"": nil, "GITHUB": ptr("GITHUB"), "GITLAB": ptr("GITLAB")} {
			o := transformed(t, "", &raw.Stack{ID: "web", Provider: known}, &raw.Run{ID: run1, StackID: "web", Commit: &raw.Commit{Hash: "abc", AuthorLogin: ptr("dev"), URL: ptr(commit)}})
			if want := known == nil && pushed || provider == "GITHUB"; (len(o.tables["GitHubUser_PUSHED_SpaceliftGitCommit"]) == 1) != want {
				t.Errorf("%q, provider %q: pushed is not %v", commit, provider, want)
			}
		}
	}
}

func TestCommitOfRuns(t *testing.T) {
	commit := &raw.Commit{Hash: "abc", AuthorLogin: ptr("dev"), AuthorName: ptr("Dev"), Message: ptr("a\r\nb"), Timestamp: ptr(int64(1700000000)), URL: ptr("https://github.com/acme/web/commit/abc")}
	other := &raw.Commit{Hash: "def", AuthorLogin: ptr("dev"), URL: ptr("https://gitlab.com/acme/web/-/commit/def")}
	o := transformed(t, "",
		&raw.Stack{ID: "hub", Provider: ptr("GITHUB_ENTERPRISE")}, &raw.Stack{ID: "lab", Provider: ptr("GITLAB")},
		&raw.Run{ID: run2, StackID: "hub", Commit: commit, TriggeredBy: ptr("late"), History: []raw.Transition{{State: "CONFIRMED", Username: "Boss"}, {State: "DISCARDED", Username: "stranger"}}},
		&raw.Run{ID: run1, StackID: "hub", Commit: commit, TriggeredBy: ptr("early"), Workers: []raw.RunWorker{{ID: wrk1, Public: true}, {ID: wrk1}, {ID: "01W2"}}},
		&raw.Run{ID: run3, StackID: "lab", Commit: other, TriggeredBy: ptr("first"), State: ptr("READY"), UpdatedAt: ptr(int64(1))},
		&raw.Run{ID: run3, StackID: "lab", Commit: other, TriggeredBy: ptr("first"), State: ptr("FINISHED"), UpdatedAt: ptr(int64(2))},
		&raw.Run{ID: run3[:25] + "0", StackID: "nowhere", Commit: &raw.Commit{Hash: "ghi"}},
		&raw.Run{ID: run3[:25] + "Z", StackID: "lab", Commit: &raw.Commit{Hash: "ghi"}, TriggeredBy: ptr("second")},
		&raw.Run{ID: "short"}, &raw.Run{ID: run2[:25] + "M", IsModule: true},
		&raw.WorkerPool{ID: raw.PublicPool},
	)
	o.want(t, "SpaceliftGitCommit",
		"id=abc sha=abc message=a\r\nb timestamp=2023-11-14T22:13:20Z url=https://github.com/acme/web/commit/abc author_login=dev author_name=Dev",
		"id=def sha=def url=https://gitlab.com/acme/web/-/commit/def author_login=dev", "id=ghi sha=ghi")
	o.want(t, "SpaceliftGitCommit_CONFIRMED_SpaceliftUser", "start_id=abc end_id=boss basis=confirmation", "start_id=def end_id=first basis=trigger")
	o.want(t, "GitHubUser_PUSHED_SpaceliftGitCommit", "start_id=dev end_id=abc")
	o.want(t, "SpaceliftGitCommit_COMMITTED_SpaceliftRun", "start_id=abc end_id="+run1, "start_id=abc end_id="+run2, "start_id=def end_id="+run3,
		"start_id=ghi end_id="+run3[:25]+"0", "start_id=ghi end_id="+run3[:25]+"Z")
	o.want(t, "SpaceliftWorker_EXECUTED_SpaceliftRun", "start_id="+wrk1+" end_id="+run1, "start_id=01W2 end_id="+run1)
	o.want(t, "SpaceliftWorkerPool_CONTAINS_SpaceliftWorker", "start_id=public end_id="+wrk1)
	o.want(t, "SpaceliftWorker", "id="+wrk1+" name="+wrk1+" worker_pool_id=public", "id=01W2 name=01W2")
	if !slices.Contains(o.tables["SpaceliftRun"], "id="+run3+" state=FINISHED commit_sha=def stack_id=lab triggered_by_user_id=first") {
		t.Errorf("runs %q", o.tables["SpaceliftRun"])
	}
	if got, want := o.reasons(), []string{"invalid_id", "unknown_stack"}; !slices.Equal(got, want) {
		t.Errorf("quarantined %v, not %v", got, want)
	}
	if l := o.Ledger[0]; l.Filtered["module_run"] != 1 || l.Deduplicated != 1 {
		t.Errorf("ledger %+v", l)
	}
}

// Who confirmed a run of a commit and triggered its first one stands there once, for the confirmation, and alone.
func TestBasisOfConfirmed(t *testing.T) {
	both, none := &raw.Commit{Hash: "abc"}, &raw.Commit{Hash: "def"}
	o := transformed(t, "",
		&raw.Run{ID: run3, Commit: both, TriggeredBy: ptr("late"), History: []raw.Transition{{State: "CONFIRMED", Username: "Boss"}, {State: "CONFIRMED", Username: "chief"}}},
		&raw.Run{ID: run2, Commit: both, TriggeredBy: ptr("boss"), History: []raw.Transition{{State: "CONFIRMED", Username: "boss"}}},
		&raw.Run{ID: run1, Commit: both, TriggeredBy: ptr("boss")},
		&raw.Run{ID: run1[:25] + "9", Commit: none, TriggeredBy: ptr("vcs/commit")},
		&raw.Run{ID: run2[:25] + "9", Commit: none, TriggeredBy: ptr("late")},
	)
	o.want(t, "SpaceliftGitCommit_CONFIRMED_SpaceliftUser", "start_id=abc end_id=boss basis=confirmation", "start_id=abc end_id=chief basis=confirmation")
}

func TestSanitizedIDs(t *testing.T) {
	known, host, unknown := "i-0123456789abcdef0", "i-0fedcba9876543210", "i-0aaaaaaaaaaaaaaaa"
	arn := resolve.InstanceARN("111111111111", "eu-west-1", known)
	entity := func(id, object, arn string) *raw.Entity {
		e := &raw.Entity{ID: id, StackID: "web", Type: ptr("aws_instance"), Object: ptr(object), Creator: ptr(run1)}
		if arn != "" {
			e.ARN = ptr(arn)
		}
		return e
	}
	tail, head := resolve.Digests(known)[0], resolve.Digests(host)[1]
	data := entity("data", tail, "")
	data.Mode = ptr("data")
	lost := entity("lost", "i-0bbbbbbbbbbbbbbbb", "")
	lost.Creator, lost.Updater = ptr(run3), ptr(run1)
	o := transformed(t, known+",111111111111,eu-west-1\n\n# comment\nbad,line\n",
		&raw.Stack{ID: "web"}, &raw.Stack{ID: "child"}, &raw.Stack{ID: "other"},
		&raw.WorkerPool{ID: "01POOL", Workers: []raw.Worker{{ID: wrk1, InstanceID: ptr(host)}, {ID: "01W2", InstanceID: ptr("vm-1")}, {ID: "01W3"}, {}}},
		&raw.Run{ID: run1, StackID: "web"}, &raw.Run{ID: run2, StackID: "web"},
		entity("plain", unknown, ""), entity("plain", unknown, ""),
		entity("confirmed", tail, resolve.Digests(arn)[0]), entity("refuted", tail, "00000000"), entity("head", head, ""),
		entity("unresolved", "12345678", ""), data, lost, entity("junk", "not an id", ""), entity("none", "", ""),
		&raw.Entity{ID: "cfn", StackID: "web", Type: ptr("AWS::EC2::Instance"), Object: ptr(unknown), Updater: ptr(run2)},
		&raw.Entity{ID: "bucket", StackID: "web", Type: ptr("aws_s3_bucket")},
		&raw.Entity{ID: "s1", StackID: "web", Type: ptr("spacelift_stack"), Object: ptr(resolve.Digests("child")[0])},
		&raw.Entity{ID: "s2", StackID: "web", Type: ptr("spacelift_stack"), Object: ptr("other")},
		&raw.Entity{ID: "s3", StackID: "web", Type: ptr("spacelift_stack"), Object: ptr("deadbeef")},
	)
	o.want(t, "SpaceliftRun_AFFECTED_EC2Instance",
		"start_id="+run1+" end_id="+known+" resolved_by=digest+arn",
		"start_id="+run1+" end_id="+unknown+" resolved_by=plain",
		"start_id="+run1+" end_id=i-0bbbbbbbbbbbbbbbb resolved_by=plain",
		"start_id="+run1+" end_id="+host+" resolved_by=digest",
		"start_id="+run2+" end_id="+unknown+" resolved_by=plain")
	o.want(t, "SpaceliftWorker_RUNS_ON_EC2Instance", "start_id="+wrk1+" end_id="+host)
	o.want(t, "SpaceliftStack_CONTAINS_SpaceliftStack", "start_id=web end_id=child", "start_id=web end_id=other")
	if s := o.Sanitized; s.Resolved != 3 || s.Unresolved != 3 || s.Ambiguous != 0 {
		t.Errorf("sanitized ids %+v", s)
	}
	if got, want := o.reasons(), []string{"invalid_id", "invalid_instance_id", "invalid_instance_id", "no_instance_id", "unknown_run"}; !slices.Equal(got, want) {
		t.Errorf("quarantined %v, not %v", got, want)
	}
}

// Records in another order give the same rows, however small the buffers.
func TestOrderOfRecordsDoesNotMatter(t *testing.T) {
	var recs []raw.Record
	for n := range 300 {
		recs = append(recs, syntheticRun(n), syntheticRun(n%7))
	}
	first := transformed(t, "", recs...)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(recs), func(i, j int) { recs[i], recs[j] = recs[j], recs[i] })
	sorterMemory = 4 << 10 // every sorter spills
	defer func() { sorterMemory = 0 }()
	second := transformed(t, "", recs...)
	if len(first.tables) != len(second.tables) {
		t.Fatalf("%d tables, then %d", len(first.tables), len(second.tables))
	}
	for name, rows := range first.tables {
		if !slices.Equal(rows, second.tables[name]) {
			t.Errorf("%s differs", name)
		}
	}
}
