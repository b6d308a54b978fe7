package scan

import (
	"fmt"
	"strings"
	"testing"

	"liftgraph/internal/raw"
)

const (
	run      = "01K6DZ7S8Q1CN6YW2VW82JCYYX"
	instance = "i-0123456789abcdef0"
)

func TestSessionNames(t *testing.T) {
	long := run + "@workload-prod-ai_us-west-2_infrastructure@acme"
	for name, want := range map[string]raw.Session{
		run:                    {},
		run + "@web-prod@acme": {Stack: "web-prod", SpaceliftAccount: "acme"},
		run + "@web-prod":      {Stack: "web-prod"},
		long[:64]:              {},
		run + "@workload-prod-ai_us-west-2_infra@acme": {Stack: "workload-prod-ai_us-west-2_infra", AccountBegins: "acme"}, // 64 characters
		"spacelift-run-" + run:                         {},
		"tf-spacelift-run-" + run + "-apply":           {},
		run + "_x":                                     {},
	} {
		want.Run = run
		if got := sessionOf(name); got == nil || got.Session != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, name := range []string{
		"", "spacelift", "spacelift-session", "alice@acme.example", "x" + run, "run-" + run, run[:25], run + "0", run + "a", "02" + run[2:], strings.ToLower(run),
		"spacelift-run-" + run + "Z", "spacelift-run-", "1790000000000000000", "@" + run,
	} {
		if got := sessionOf(name); got != nil {
			t.Errorf("%q: %+v", name, got)
		}
	}
}

func TestIdentities(t *testing.T) {
	name := run + "@web-prod@acme"
	var all []string
	for _, partition := range []string{"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"} {
		for _, role := range []string{"deploy", "path/to/deploy", "spacelift"} {
			arn := fmt.Sprintf("arn:%s:sts::123456789012:assumed-role/%s/%s", partition, role, name)
			all = append(all,
				`{"type":"AssumedRole","arn":"`+arn+`"}`,
				`{"type":"AssumedRole","arn":"`+strings.ReplaceAll(arn, "/", `\/`)+`"}`,
				`{type=AssumedRole, principalid=AROAEXAMPLE:x, arn=`+arn+`, accountid=123456789012}`,
				`arn=`+arn,
			)
		}
	}
	all = append(all,
		`{"type":"AWSAccount","principalId":"AROAEXAMPLEEXAMPLE123:`+name+`","accountId":"1"}`,
		`{"arn":null,"principalid":"AROAEXAMPLEEXAMPLE123:`+name+`"}`,
		`{"arn":"arn:aws:sts::1:assumed-role/deploy/someone","sessionContext":{"sourceIdentity":"`+name+`"}}`,
		`{"sessioncontext":"{\"sourceidentity\":\"`+name+`\"}"}`,
		`{type=AWSAccount, principalid=AROAEXAMPLE:`+name+`, arn=null, accountid=1, sessioncontext=null}`,
		`{type=AssumedRole, principalid=AROAEXAMPLE:x, arn=arn:aws:sts::1:assumed-role/r/x,y=z, sessioncontext={attributes={creationdate=2026-11-13T23:47:05Z, mfaauthenticated=false}, `+
			`sessionissuer={type=Role, principalid=AROAEXAMPLE, arn=arn:aws:iam::1:role/r, accountid=1, username=r}, sourceidentity=`+name+`}}`,
	)
	for _, text := range all {
		who, _ := identityOf([]byte(text))
		if s := who.session(); s == nil || s.Session != (raw.Session{Run: run, Stack: "web-prod", SpaceliftAccount: "acme"}) {
			t.Errorf("%s: %+v, %+v", text, who, s)
		}
	}
	for _, text := range []string{
		"", "null", "{}", `{"arn":"arn:aws:iam::1:role/` + run + `"}`, `{"arn":"arn:aws:iam::1:user/` + run + `"}`, `{"arn":"arn:aws:sts::1:assumed-role/` + run + `/x"}`,
		`{"arn":"arn:aws:sts::1:federated-user/` + run + `"}`, `{"principalId":"AIDAEXAMPLE:` + run + `"}`, `{"arn":"arn:aws:sts::1:assumed-role/spacelift/spacelift"}`,
		`{"userName":"` + run + `"}`, `{"sessionContext":{"sessionIssuer":{"arn":"arn:aws:sts::1:assumed-role/x/` + run + `"}}}`, `{type=IAMUser, username=` + run + `}`,
	} {
		who, _ := identityOf([]byte(text))
		if s := who.session(); s != nil {
			t.Errorf("%s: %+v", text, s)
		}
	}
}

func TestHiveIdentity(t *testing.T) {
	got, _ := identityOf([]byte(`{type=AssumedRole, principalid=AROAX:me, arn=arn:aws:sts::1:assumed-role/r/a,b=c, accountid=1, invokedby=null, accesskeyid=ASIAX, username=null, ` +
		`sessioncontext={attributes={mfaauthenticated=false}, sessionissuer={type=Role, principalid=AROAY, arn=arn:aws:iam::2:role/r, accountid=2}, sourceidentity=me}}`))
	want := identity{arn: "arn:aws:sts::1:assumed-role/r/a,b=c", principal: "AROAX:me", account: "1", key: "ASIAX", source: "me", known: true}
	if got != want {
		t.Errorf("%+v", got)
	}
}

func TestExternalIDs(t *testing.T) {
	for _, c := range []struct{ name, external, stack, account string }{
		{run, "acme@01GE7K9SR2DQBCRQ90DH70JF6Y@web-prod@write", "web-prod", "acme"},
		{run, "acme@web-prod", "web-prod", "acme"},
		{(run + "@workload-prod-ai_us-west-2_infrastructure@acme")[:64], "acme@X@workload-prod-ai_us-west-2_infrastructure@read", "workload-prod-ai_us-west-2_infrastructure", "acme"},
		{(run + "@workload-prod-ai_us-west-2_infrastructure@acme")[:64], "acme@X@another@read", "", ""},
		{run + "@web-prod@acme", "other@X@web-prod@read", "web-prod", "acme"},
		{run + "@web-prod@acme", "acme@X@other@read", "web-prod", "acme"},
		{run, "secret", "", ""},
		{run, "a@b@c", "", ""},
		{run, "acme@X@web-prod@destroy", "", ""},
		{run, "@", "", ""},
	} {
		s := sessionOf(c.name)
		s.complete(c.external)
		if s.Stack != c.stack || s.SpaceliftAccount != c.account {
			t.Errorf("%s, %s: %+v", c.name, c.external, s)
		}
	}
}
