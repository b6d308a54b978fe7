package transform

import (
	"slices"
	"testing"

	"liftgraph/internal/awsresource"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

const (
	awsAcct = "111122223333"
	awsReg  = "eu-west-1"
	sgARN   = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0154411eee52e4a08"
	asgName = "shop-workers"
	asgARN  = "arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:7b0c1c9a-0000-4000-8000-000000000001:autoScalingGroupName/shop-workers"
)

func resourceOf(t *testing.T, typ, value string) awsresource.Resource {
	t.Helper()
	a, ok := awsresource.Of(typ, value, awsresource.Scope{Account: awsAcct, Region: awsReg})
	if !ok {
		t.Fatalf("%s %s is no resource", typ, value)
	}
	return a
}

func touch(id, at, name string, a awsresource.Resource, role string) *raw.ResourceEvent {
	return &raw.ResourceEvent{
		EventID: id, Time: at, Source: "ec2", Name: name, Account: awsAcct, Region: awsReg, Class: "change",
		Touched: []raw.Touched{{Resource: a, Role: role, Basis: "table"}},
	}
}

func withRun(e *raw.ResourceEvent, run string) *raw.ResourceEvent {
	e.Session = &raw.Session{Run: run}
	return e
}

func by(e *raw.ResourceEvent, a raw.Actor) *raw.ResourceEvent { e.Actor = &a; return e }

var everything = Config{Resources: resolve.All, Changes: resolve.Managed}

func TestResourcesOfRunsAndOfOthers(t *testing.T) {
	sg, asg := resourceOf(t, "AWS::EC2::SecurityGroup", "sg-0154411eee52e4a08"), resourceOf(t, "AWS::AutoScaling::AutoScalingGroup", asgName)
	bucket := resourceOf(t, "AWS::S3::Bucket", "acme-logs")
	fullASG, ok := awsresource.OfARN(asgARN, awsresource.Scope{})
	if !ok || !asg.Provisional {
		t.Fatal(fullASG, asg)
	}
	ann := raw.Actor{ID: "ann@acme.com", Kind: "person", Name: "ann", Email: "Ann@acme.com"}
	ci := raw.Actor{ID: "arn:aws:iam::111122223333:role/ci|repo:acme/web", Kind: "ci"}
	copied := withRun(touch("e2", "2026-11-02T00:00:00Z", "AuthorizeSecurityGroupIngress", sg, "changed"), run1)
	copied.SharedID = "shared"
	again := withRun(touch("e2b", "2026-11-02T00:00:00Z", "AuthorizeSecurityGroupIngress", sg, "changed"), run1)
	again.SharedID = "shared"
	noisy := by(touch("n1", "2026-11-03T00:00:00Z", "CreateTags", sg, "changed"), ann)
	noisy.Noise = "service_tags"
	keyed := touch("k1", "2026-11-05T00:00:00Z", "UpdateAutoScalingGroup", asg, "changed")
	keyed.AccessKey, keyed.Actor = "ASIACI", &raw.Actor{ID: "arn:aws:iam::111122223333:role/ci", Kind: "role"}
	chained := touch("k2", "2026-11-05T00:00:00Z", "CreateAutoScalingGroup", asg, "created")
	chained.AccessKey, chained.Actor = "ASIARUN", &raw.Actor{ID: "arn:aws:iam::111122223333:role/deploy", Kind: "role"}
	records := []raw.Record{
		&raw.Stack{ID: "web"}, &raw.Run{ID: run1, StackID: "web", TriggeredBy: ptr("ann@acme.com")},
		&raw.Entity{StackID: "web", ID: "e-sg", Type: ptr("aws_security_group"), Address: ptr("aws_security_group.bastion"), Drifted: ptr(int64(7)),
			Object: ptr(resolve.Digests(sg.Name)[0]), ARN: ptr(resolve.Digests(sgARN)[0]), Creator: ptr(run1)},
		&raw.Entity{StackID: "web", ID: "e-asg", Type: ptr("aws_autoscaling_group"), Object: ptr(asgName), Updater: ptr(run1)},
		&raw.Entity{StackID: "web", ID: "e-bucket", Type: ptr("AWS::S3::Bucket"), Object: ptr("acme-data")},
		&raw.Entity{StackID: "web", ID: "e-not", Type: ptr("aws_security_group"), Object: ptr(resolve.Digests(sg.Name)[0]), ARN: ptr("00000000")},
		&raw.Entity{StackID: "web", ID: "e-lost", Type: ptr("aws_security_group"), Object: ptr("01234567")},
		&raw.Entity{StackID: "web", ID: "e-i", Type: ptr("aws_instance"), Object: ptr(inst1)},
		withRun(touch("e1", "2026-11-01T00:00:00Z", "CreateSecurityGroup", sg, "created"), run1), copied, again,
		withRun(touch("e3", "2026-11-04T00:00:00Z", "RevokeSecurityGroupIngress", sg, "changed"), run1),
		withRun(touch("e4", "2026-11-04T00:00:00Z", "CreateBucket", bucket, "created"), run2), // no such run
		by(touch("a1", "2026-11-03T00:00:00Z", "AuthorizeSecurityGroupIngress", sg, "changed"), ann),
		by(touch("a2", "2026-11-03T00:00:00Z", "PutBucketPolicy", bucket, "changed"), ann), // no stack manages it
		by(touch("a3", "2026-11-03T00:00:00Z", "ModifyInstanceAttribute", resourceOf(t, "AWS::EC2::Instance", inst1), "changed"), ann),
		noisy, keyed, chained,
		&raw.ActorKey{EventID: "w1", Key: "ASIACI", Actor: ci},
		&raw.Grant{EventID: "g1", Session: &raw.Session{Run: run1}, Key: "ASIARUN"},
		withRun(touch("e5", "2026-11-06T00:00:00Z", "PutScalingPolicy", fullASG, "changed"), run1),
		&raw.Coverage{Account: awsAcct, Region: awsReg, First: "2026-11-01T00:00:00Z", Last: "2026-11-03T00:00:00Z", Events: 5},
		&raw.Coverage{Account: awsAcct, Region: awsReg, First: "2026-10-01T00:00:00Z", Last: "2026-11-02T00:00:00Z", Events: 2},
	}
	o := transformedBy(t, everything, "", records...)
	o.want(t, "AWSResource",
		"id="+asgARN+" arn="+asgARN+" type=AWS::AutoScaling::AutoScalingGroup service=AutoScaling name=shop-workers aws_account=111122223333 aws_region=eu-west-1 cartography_label=AWSAutoScalingGroup cartography_id="+asgARN+" resolved=true",
		"id="+sgARN+" arn="+sgARN+" type=AWS::EC2::SecurityGroup service=EC2 name=sg-0154411eee52e4a08 aws_account=111122223333 aws_region=eu-west-1 cartography_label=AWSEC2SecurityGroup cartography_id=sg-0154411eee52e4a08 resolved=true",
		"id=arn:aws:s3:::acme-data arn=arn:aws:s3:::acme-data type=AWS::S3::Bucket service=S3 name=acme-data cartography_label=AWSS3Bucket cartography_id=acme-data resolved=true")
	o.want(t, "SpaceliftRun_AFFECTED_AWSResource",
		"start_id="+run1+" end_id="+asgARN+" role=changed first_event_time=2026-11-06T00:00:00Z event_time=2026-11-06T00:00:00Z event_names=PutScalingPolicy events=1 event_id=e5 basis=table aws_account=111122223333 aws_region=eu-west-1",
		"start_id="+run1+" end_id="+asgARN+" role=created first_event_time=2026-11-05T00:00:00Z event_time=2026-11-05T00:00:00Z event_names=CreateAutoScalingGroup events=1 event_id=k2 basis=table aws_account=111122223333 aws_region=eu-west-1",
		"start_id="+run1+" end_id="+sgARN+" role=changed first_event_time=2026-11-02T00:00:00Z event_time=2026-11-04T00:00:00Z event_names=AuthorizeSecurityGroupIngress;RevokeSecurityGroupIngress events=2 event_id=e3 basis=table aws_account=111122223333 aws_region=eu-west-1",
		"start_id="+run1+" end_id="+sgARN+" role=created first_event_time=2026-11-01T00:00:00Z event_time=2026-11-01T00:00:00Z event_names=CreateSecurityGroup events=1 event_id=e1 basis=table aws_account=111122223333 aws_region=eu-west-1")
	o.want(t, "SpaceliftStack_MANAGES_AWSResource",
		"start_id=web end_id="+asgARN+" entity_id=e-asg resolved_by=plain",
		"start_id=web end_id="+sgARN+" address=aws_security_group.bastion entity_id=e-sg resolved_by=digest+arn drifted=7",
		"start_id=web end_id=arn:aws:s3:::acme-data entity_id=e-bucket resolved_by=plain")
	o.want(t, "SpaceliftStack_MANAGES_EC2Instance", "start_id=web end_id="+inst1+" entity_id=e-i resolved_by=plain")
	o.want(t, "AWSActor_CHANGED_AWSResource",
		"start_id=ann@acme.com end_id="+sgARN+" role=changed first_event_time=2026-11-03T00:00:00Z event_time=2026-11-03T00:00:00Z event_names=AuthorizeSecurityGroupIngress events=1 event_id=a1 basis=table aws_account=111122223333 aws_region=eu-west-1",
		"start_id="+ci.ID+" end_id="+asgARN+" role=changed first_event_time=2026-11-05T00:00:00Z event_time=2026-11-05T00:00:00Z event_names=UpdateAutoScalingGroup events=1 event_id=k1 basis=table aws_account=111122223333 aws_region=eu-west-1")
	o.want(t, "AWSActor_IS_SpaceliftUser", "start_id=ann@acme.com end_id=ann@acme.com")
	if n := len(o.tables["ResourceEvent"]); n != 11 {
		t.Errorf("%d events of resources, want 11: %q", n, o.tables["ResourceEvent"])
	}
	if got, want := o.Resources["AWS::EC2::SecurityGroup"], (dataset.ResourceCounts{Resolved: 1, Disagreed: 1, Unresolved: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if want := []dataset.Reach{{Account: awsAcct, Region: awsReg, First: "2026-10-01T00:00:00Z", Last: "2026-11-03T00:00:00Z", Events: 7}}; !slices.Equal(o.Coverage, want) {
		t.Errorf("got %+v, want %+v", o.Coverage, want)
	}
	if got, want := o.reasons(), []string{"unknown_run"}; !slices.Equal(got, want) {
		t.Errorf("quarantined %v, want %v", got, want)
	}
	// In another order of the records, and with sorters that spill, the same.
	slices.Reverse(records)
	sorterMemory = 4 << 10
	defer func() { sorterMemory = 0 }()
	other := transformedBy(t, everything, "", records...)
	for name, rows := range o.tables {
		if !slices.Equal(rows, other.tables[name]) {
			t.Errorf("%s: got %q, want %q", name, other.tables[name], rows)
		}
	}
}

// What --resources and --changes do without is left out and counted, though the records are there.
func TestOnlyWhatIsAskedFor(t *testing.T) {
	sg := resourceOf(t, "AWS::EC2::SecurityGroup", "sg-0154411eee52e4a08")
	records := []raw.Record{
		&raw.Stack{ID: "web"}, &raw.Run{ID: run1, StackID: "web"},
		&raw.Entity{StackID: "web", ID: "e-i", Type: ptr("aws_instance"), Object: ptr(inst1), Creator: ptr(run1)},
		&raw.Entity{StackID: "web", ID: "e-d", Type: ptr("aws_instance"), Object: ptr(resolve.Digests(inst2)[0]), Creator: ptr(run1)},
		&raw.Entity{StackID: "web", ID: "e-sg", Type: ptr("aws_security_group"), Object: ptr(sg.Name), ARN: ptr(sgARN), Creator: ptr(run1)},
		&raw.APICall{EventID: "c1", Session: &raw.Session{Run: run1}, Time: "2026-11-01T00:00:00Z", Name: "RunInstances", Account: awsAcct, Region: awsReg, Instances: []string{inst1, inst2}},
		withRun(touch("e1", "2026-11-01T00:00:00Z", "CreateSecurityGroup", sg, "created"), run1),
		by(touch("a1", "2026-11-03T00:00:00Z", "AuthorizeSecurityGroupIngress", sg, "changed"), raw.Actor{ID: "ann@acme.com", Kind: "person"}),
	}
	const toInstances, toResources, managed, changed = "SpaceliftRun_AFFECTED_EC2Instance", "SpaceliftRun_AFFECTED_AWSResource", "SpaceliftStack_MANAGES_AWSResource", "AWSActor_CHANGED_AWSResource"
	for _, c := range []struct {
		resources, changes string
		want               map[string]int
	}{
		{"", "", map[string]int{toInstances: 4}},
		{"instances", "none", map[string]int{toInstances: 4}},
		{"none", "none", map[string]int{}},
		{"none", "managed", map[string]int{managed: 1, changed: 1}},
		{"instances", "managed", map[string]int{toInstances: 4, managed: 1, changed: 1}},
		{"all", "none", map[string]int{toInstances: 4, toResources: 1, managed: 1}},
		{"all", "all", map[string]int{toInstances: 4, toResources: 1, managed: 1, changed: 1}},
	} {
		o := transformedBy(t, Config{Resources: c.resources, Changes: c.changes}, "", records...)
		for _, table := range []string{toInstances, toResources, managed, changed} {
			if got := len(o.tables[table]); got != c.want[table] {
				t.Errorf("--resources %s --changes %s: %d rows of %s, want %d: %q", c.resources, c.changes, got, table, c.want[table], o.tables[table])
			}
		}
	}
}

// A setting of a resource, or a link between two, counts as the resource that it is a part of.
func TestPartsOfResources(t *testing.T) {
	const role, policy = "arn:aws:iam::111122223333:role/app", "arn:aws:iam::111122223333:policy/read"
	d := func(s string) string { return resolve.Digests(s)[0] }
	o := transformedBy(t, everything, role+"\n"+policy+"\n"+sgARN+"\n",
		&raw.Stack{ID: "web"}, &raw.Stack{ID: "rules"}, &raw.Run{ID: run1, StackID: "web"}, &raw.Run{ID: run2, StackID: "rules"},
		&raw.Entity{StackID: "web", ID: "bucket", Type: ptr("aws_s3_bucket"), Object: ptr("acme-logs"), Address: ptr("aws_s3_bucket.logs"), Creator: ptr(run1)},
		&raw.Entity{StackID: "web", ID: "a-policy", Type: ptr("aws_s3_bucket_policy"), Object: ptr("acme-logs"), Identity: map[string]string{"bucket": "acme-logs"}, Address: ptr("aws_s3_bucket_policy.logs"), Updater: ptr(run1)},
		&raw.Entity{StackID: "rules", ID: "rule", Type: ptr("aws_security_group_rule"), Object: ptr("sgrule-1"), Identity: map[string]string{"security_group_id": d("sg-0154411eee52e4a08")}, Address: ptr("aws_security_group_rule.ssh"), Creator: ptr(run2)},
		&raw.Entity{StackID: "rules", ID: "link", Type: ptr("aws_iam_role_policy_attachment"), Object: ptr("x"), Identity: map[string]string{"role": "app", "policy_arn": policy}, Creator: ptr(run2)},
		&raw.Entity{StackID: "rules", ID: "aws-link", Type: ptr("aws_iam_role_policy_attachment"), Object: ptr("y"), Identity: map[string]string{"role": d("app"), "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
		&raw.Entity{StackID: "rules", ID: "lost", Type: ptr("aws_s3_bucket_policy"), Object: ptr("x")},
	)
	o.want(t, "SpaceliftStack_MANAGES_AWSResource",
		"start_id=rules end_id="+sgARN+" address=aws_security_group_rule.ssh entity_id=rule resolved_by=digest",
		"start_id=rules end_id="+role+" entity_id=link resolved_by=plain",
		"start_id=web end_id=arn:aws:s3:::acme-logs address=aws_s3_bucket.logs entity_id=bucket resolved_by=plain")
	o.want(t, "SpaceliftRun_AFFECTED_AWSResource",
		"start_id="+run1+" end_id=arn:aws:s3:::acme-logs role=changed basis=entity",
		"start_id="+run1+" end_id=arn:aws:s3:::acme-logs role=created basis=entity",
		"start_id="+run2+" end_id="+sgARN+" role=changed basis=entity",
		"start_id="+run2+" end_id="+policy+" role=attached basis=entity",
		"start_id="+run2+" end_id="+role+" role=changed basis=entity")
}

// Of names that a table has two of, one alone is enough where it is unique; where one differs there is no edge.
func TestDigestsOfEntities(t *testing.T) {
	d := func(s string) *string { return ptr(resolve.Digests(s)[0]) }
	const one, two = "arn:aws:rds:eu-west-1:111122223333:db:orders", "arn:aws:rds:us-east-1:444455556666:db:orders"
	entity := func(id string, arn *string, identity map[string]string) *raw.Entity {
		return &raw.Entity{StackID: "web", ID: id, Type: ptr("aws_db_instance"), Object: ptr(resolve.Digests("db-ABCDEFGH")[0]), ARN: arn, Identity: identity}
	}
	named := map[string]string{"identifier": *d("orders")}
	o := transformedBy(t, everything, one+"\n"+two+"\n", &raw.Stack{ID: "web"},
		entity("both", d(two), named), entity("arn alone", d(one), nil), entity("name alone", nil, named), entity("other arn", d("arn:aws:rds:x"), named),
		entity("nothing", nil, map[string]string{"identifier": *d("default")}))
	o.want(t, "SpaceliftStack_MANAGES_AWSResource",
		"start_id=web end_id="+one+" entity_id=arn alone resolved_by=digest",
		"start_id=web end_id="+two+" entity_id=both resolved_by=digest+arn")
	if got, want := o.Resources["AWS::RDS::DBInstance"], (dataset.ResourceCounts{Resolved: 2, Ambiguous: 1, Disagreed: 1, Unresolved: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
