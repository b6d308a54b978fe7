package cloudtrail

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"liftgraph/internal/awsresource"
	"liftgraph/internal/raw"
)

// examples are the 20 events of package resource, as a trail's file.
func examples(t testing.TB) *shelf {
	t.Helper()
	lines, err := os.ReadFile("resource/testdata/examples.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	return one(`{"Records":[` + string(bytes.Join(bytes.Split(bytes.TrimSpace(lines), []byte("\n")), []byte(","))) + `]}`)
}

// summary is who did what to how many resources, an event a line.
func summary(out *output) (lines []string) {
	for _, e := range of[*raw.ResourceEvent](out) {
		who := "none"
		switch {
		case e.Session != nil:
			who = "run"
		case e.Actor != nil:
			who = e.Actor.Kind + " " + e.Actor.ID
		}
		lines = append(lines, fmt.Sprintf("%s %s %s by %s: %d", e.Source, e.Name, e.Class, who, len(e.Touched)))
	}
	return lines
}

// Of the examples, those that runs and others changed are delivered as asked.
func TestTouchedResources(t *testing.T) {
	of20, _ := extract(t, examples(t), Config{Resources: ResourcesAll, Changes: ChangesManaged, FollowRoles: true})
	all := summary(of20)
	others := []string{
		"s3 PutBucketPublicAccessBlock change by person rui.costa@acme.example: 1", "rds ModifyDBCluster change by person rui.costa@acme.example: 1",
		"cloudformation ExecuteChangeSet change by iam_user arn:aws:iam::471936205518:user/ops-jo: 1",
	}
	isOther := func(line string) bool { return !strings.Contains(line, "by run") }
	if got := slices.Collect(filter(all, isOther)); !reflect.DeepEqual(got, others) {
		t.Errorf("others' changes are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(others, "\n"))
	}
	if len(all) != 16 {
		t.Errorf("%d events, want 16: 13 of runs and 3 of others:\n%s", len(all), strings.Join(all, "\n"))
	}

	for _, c := range []struct {
		cfg  Config
		want int
	}{
		{Config{}, 0},
		{Config{Resources: ResourcesInstances, FollowRoles: true}, 0},
		{Config{Resources: ResourcesAll}, 13},
		{Config{Changes: ChangesManaged}, 3},
		{Config{Changes: ChangesAll}, 4}, // a session that a person opened on an instance, too
	} {
		out, _ := extract(t, examples(t), c.cfg)
		if got := summary(out); len(got) != c.want {
			t.Errorf("%+v: %d events, want %d:\n%s", c.cfg, len(got), c.want, strings.Join(got, "\n"))
		}
	}
}

func filter(lines []string, keep func(string) bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, l := range lines {
			if keep(l) && !yield(l) {
				return
			}
		}
	}
}

// change is a call by a person that changes a security group.
func change(changes map[string]string) string {
	all := map[string]string{
		"userIdentity":      `{"type":"AssumedRole","principalId":"AROAX:jo@acme.example","arn":"arn:aws:sts::123456789012:assumed-role/admin/jo@acme.example","accountId":"123456789012","accessKeyId":"ASIAJO"}`,
		"eventName":         `"AuthorizeSecurityGroupIngress"`,
		"requestParameters": `{"groupId":"sg-0123456789abcdef0"}`,
	}
	for k, v := range changes {
		all[k] = v
	}
	return record(all)
}

// A change is found however its record is spelled, and one that only reads or is of no known event never is.
func TestChangesBySpelling(t *testing.T) {
	plain := change(nil)
	for name, text := range map[string]string{
		"plain":              plain,
		"spaces":             strings.NewReplacer(`":`, `" : `, `,"`, ", \n \"").Replace(plain),
		"lower case":         strings.NewReplacer(`"eventName"`, `"eventname"`, `"eventSource"`, `"eventsource"`, `"readOnly"`, `"readonly"`, `"awsRegion"`, `"awsregion"`).Replace(plain),
		"a word":             strings.Replace(plain, `"readOnly":false`, `"readOnly":"false"`, 1),
		"no readOnly":        strings.Replace(plain, `"readOnly":false,`, ``, 1),
		"a readOnly within":  strings.Replace(plain, `"groupId"`, `"x":{"readOnly":true},"groupId"`, 1),
		"an eventName first": `{"x":{"eventSource":"x.amazonaws.com","eventName":"Y"},` + plain[1:],
		"escaped":            strings.Replace(plain, `"AuthorizeSecurity`, `"\u0041uthorizeSecurity`, 1),
	} {
		out, report := extract(t, one(text), Config{Changes: ChangesManaged})
		if got := of[*raw.ResourceEvent](out); len(got) != 1 || report.Ledger.Out != 1 {
			t.Errorf("%s: %d events, want 1: %s", name, len(got), text)
		}
	}
	for name, text := range map[string]string{
		"reads":      change(map[string]string{"readOnly": "true"}),
		"failed":     change(map[string]string{"errorCode": `"AccessDenied"`}),
		"not known":  change(map[string]string{"eventName": `"MakeWonders"`}),
		"not a type": change(map[string]string{"requestParameters": `{"groupId":"***"}`}),
		"an agent":   change(map[string]string{"errorCode": "", "userIdentity": `{"type":"AWSService","invokedBy":"autoscaling.amazonaws.com"}`}),
	} {
		out, _ := extract(t, one(text), Config{Changes: ChangesManaged})
		if got := of[*raw.ResourceEvent](out); len(got) != 0 {
			t.Errorf("%s: %+v, want none", name, got)
		}
	}
}

// What is left out is counted by its reason, and what nothing is known of by its name.
func TestLeftOutChanges(t *testing.T) {
	unknown := change(map[string]string{"eventName": `"MakeWonders"`})
	service := change(map[string]string{"userIdentity": `{"type":"AWSService","invokedBy":"autoscaling.amazonaws.com"}`})
	s := one(unknown + "\n" + unknown + "\n" + service + "\n" + record(map[string]string{"eventName": `"TurnAround"`, "requestParameters": "null"}))
	_, report := extract(t, s, Config{Resources: ResourcesAll, Changes: ChangesAll})
	if want := map[string]int64{"ec2 MakeWonders": 2, "ec2 TurnAround": 1}; !reflect.DeepEqual(report.UnknownEvents, want) {
		t.Errorf("unknown events %v, want %v", report.UnknownEvents, want)
	}
	if report.Ledger.Filtered["unknown_event"] != 3 || report.Ledger.Out != 1 {
		t.Errorf("the ledger is %+v, want 3 unknown events and 1 delivered", report.Ledger)
	}
	if _, report = extract(t, s, Config{Changes: ChangesManaged}); report.Ledger.Filtered["automatic"] != 1 {
		t.Errorf("the ledger is %+v, want one automatic change", report.Ledger)
	}
	if want := map[string]int64{"ec2 MakeWonders": 2}; !reflect.DeepEqual(report.UnknownEvents, want) || report.Ledger.Filtered["unknown_event"] != 2 {
		t.Errorf("unknown events %v and %+v, want %v", report.UnknownEvents, report.Ledger.Filtered, want)
	}
}

// How far the events reach is delivered by account and region, whatever the records are spelled like.
func TestCoverage(t *testing.T) {
	read := func(at, region string) string {
		return record(map[string]string{"readOnly": "true", "userIdentity": someone, "eventTime": `"` + at + `"`, "awsRegion": `"` + region + `"`})
	}
	s := one(strings.Join([]string{
		read("2026-11-13T10:00:00Z", "eu-west-1"), read("2026-11-12T09:00:00Z", "eu-west-1"), read("2026-11-15T00:00:01Z", "us-east-1"),
		strings.Replace(read("2026-11-14T10:00:00Z", "eu-west-1"), `"eventTime"`, `"eventtime"`, 1),
	}, "\n"))
	out, report := extract(t, s, Config{Changes: ChangesManaged})
	want := []*raw.Coverage{
		{Account: "123456789012", Region: "eu-west-1", First: "2026-11-12T09:00:00Z", Last: "2026-11-14T10:00:00Z", Events: 3},
		{Account: "123456789012", Region: "us-east-1", First: "2026-11-15T00:00:01Z", Last: "2026-11-15T00:00:01Z", Events: 1},
	}
	if got := of[*raw.Coverage](out); !reflect.DeepEqual(got, want) {
		t.Errorf("coverage %s, want %+v", out.lines(t), want)
	}
	if report.Ledger.Out != 0 {
		t.Errorf("the ledger counts %d delivered events, want none", report.Ledger.Out)
	}
	if out, _ := extract(t, s, Config{Resources: ResourcesAll}); len(of[*raw.Coverage](out)) != 0 {
		t.Error("coverage is delivered though no changes are asked for")
	}
}

// A CI job's repository is named only by the event that gave it a key.
func TestActorKeys(t *testing.T) {
	given := record(map[string]string{
		"userIdentity":      `{"type":"WebIdentityUser","principalId":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:acme/infra:ref:refs/heads/main","userName":"repo:acme/infra:ref:refs/heads/main","identityProvider":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}`,
		"eventSource":       `"sts.amazonaws.com"`,
		"eventName":         `"AssumeRoleWithWebIdentity"`,
		"requestParameters": `{"roleArn":"arn:aws:iam::123456789012:role/ci","roleSessionName":"GitHubActions"}`,
		"responseElements":  `{"credentials":{"accessKeyId":"ASIACI","expiration":"x"},"subjectFromWebIdentityToken":"repo:acme/infra:ref:refs/heads/main"}`,
		"readOnly":          "true",
	})
	out, report := extract(t, one(given), Config{Changes: ChangesManaged})
	want := []*raw.ActorKey{{EventID: "e1", Key: "ASIACI", Actor: raw.Actor{
		ID: "arn:aws:iam::123456789012:role/ci|repo:acme/infra", Kind: "ci", Name: "acme/infra", RoleARN: "arn:aws:iam::123456789012:role/ci", Account: "123456789012",
	}}}
	if got := of[*raw.ActorKey](out); !reflect.DeepEqual(got, want) || report.Ledger.Out != 1 {
		t.Errorf("%s, want %+v", out.lines(t), want[0])
	}
}

// A call by a temporary key that may turn out to be a run's is delivered with the key where roles are followed.
func TestChainedChange(t *testing.T) {
	out, _ := extract(t, one(change(nil)), Config{Resources: ResourcesAll, FollowRoles: true})
	want := &raw.ResourceEvent{
		EventID: "e1", Time: "2026-11-13T23:47:05Z", Source: "ec2", Name: "AuthorizeSecurityGroupIngress", Account: "123456789012", Region: "eu-west-1",
		Class: "change", AccessKey: "ASIAJO", Touched: []raw.Touched{{Role: "changed", Basis: "table", Resource: awsresource.Resource{
			Type: "AWS::EC2::SecurityGroup", ARN: "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-0123456789abcdef0", Account: "123456789012", Region: "eu-west-1", Name: "sg-0123456789abcdef0",
		}}},
	}
	if got := of[*raw.ResourceEvent](out); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("%s, want %+v", out.lines(t), want)
	}
	if out, _ := extract(t, one(change(nil)), Config{Resources: ResourcesAll}); len(out.records) != 0 {
		t.Errorf("%s, want nothing where no roles are followed", out.lines(t))
	}
}

// Without resources, calls of instances are left out too.
func TestNoResources(t *testing.T) {
	out, report := extract(t, one(record(nil)), Config{Resources: ResourcesNone})
	if len(of[*raw.APICall](out)) != 0 || report.Ledger.Out != 0 {
		t.Errorf("%s, want no call", out.lines(t))
	}
}
