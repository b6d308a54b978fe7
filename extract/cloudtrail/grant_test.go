package cloudtrail

import (
	"testing"

	"liftgraph/internal/raw"
)

func TestGrants(t *testing.T) {
	const (
		response = `{"credentials":{"accessKeyId":"ASIAGIVEN","sessionToken":"x","expiration":"y"}}`
		service  = `{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}`
		external = `{"type":"AWSAccount","principalId":"AROAY:01X","accountId":"324880187172"}`
	)
	own := &raw.Session{Run: run, Stack: "web", SpaceliftAccount: "acme"}
	bare := &raw.Session{Run: run}
	for name, c := range map[string]struct {
		change map[string]string
		want   *raw.Grant
	}{
		"by a run":               {map[string]string{}, &raw.Grant{Session: own, AccessKey: "ASIARUN"}},
		"by a person":            {map[string]string{"userIdentity": someone}, &raw.Grant{AccessKey: "ASIASOMEONE"}},
		"to a service":           {map[string]string{"userIdentity": service}, nil},
		"failed":                 {map[string]string{"errorCode": `"AccessDenied"`}, nil},
		"by another service":     {map[string]string{"eventSource": `"ec2.amazonaws.com"`}, nil},
		"without credentials":    {map[string]string{"responseElements": "null"}, nil},
		"of a lasting key":       {map[string]string{"responseElements": `{"credentials":{"accessKeyId":"AKIAGIVEN"}}`}, nil},
		"by another call":        {map[string]string{"eventName": `"AssumeRoot"`}, &raw.Grant{Session: own, AccessKey: "ASIARUN"}},
		"in an export":           {map[string]string{"responseElements": `"{\"credentials\":{\"accesskeyid\":\"ASIAGIVEN\"}}"`}, &raw.Grant{Session: own, AccessKey: "ASIARUN"}},
		"named for a run":        {map[string]string{"userIdentity": external, "requestParameters": `{"roleSessionName":"` + run + `@web@acme"}`}, &raw.Grant{Session: own}},
		"named for no run":       {map[string]string{"userIdentity": external, "requestParameters": `{"roleSessionName":"spacelift"}`}, nil},
		"named, by a person":     {map[string]string{"userIdentity": someone, "requestParameters": `{"roleSessionName":"spacelift-run-` + run + `"}`}, &raw.Grant{Session: bare, AccessKey: "ASIASOMEONE"}},
		"the caller comes first": {map[string]string{"requestParameters": `{"roleSessionName":"01AAAAAAAAAAAAAAAAAAAAAAAA","tags":[{"key":"run","value":"01BBBBBBBBBBBBBBBBBBBBBBBB"}]}`}, &raw.Grant{Session: own, AccessKey: "ASIARUN"}},
		"tagged": {map[string]string{"userIdentity": someone, "requestParameters": `{"tags":[{"key":"space","value":"root"},{"key":"run","value":"` + run + `"},{"Key":"stack","Value":"web"}],"roleSessionName":"x"}`},
			&raw.Grant{Session: &raw.Session{Run: run, Stack: "web"}, AccessKey: "ASIASOMEONE"}},
		"tagged by a token": {map[string]string{"userIdentity": `{"type":"WebIdentityUser"}`, "eventName": `"AssumeRoleWithWebIdentity"`, "requestParameters": `"{\"principalTags\":{\"run\":[\"` + run + `\"],\"stack\":\"web\"}}"`},
			&raw.Grant{Session: &raw.Session{Run: run, Stack: "web"}}},
		"tagged before named": {map[string]string{"userIdentity": external, "requestParameters": `{"tags":{"run":"` + run + `"},"roleSessionName":"01AAAAAAAAAAAAAAAAAAAAAAAA"}`}, &raw.Grant{Session: bare}},
		"tagged otherwise":    {map[string]string{"userIdentity": someone, "requestParameters": `{"tags":[{"key":"run","value":"nightly"}]}`}, &raw.Grant{AccessKey: "ASIASOMEONE"}},
		"with an external id": {map[string]string{"userIdentity": external, "requestParameters": `{"roleSessionName":"` + run + `","externalId":"acme@01GE7K9SR2DQBCRQ90DH70JF6Y@web@write"}`}, &raw.Grant{Session: own}},
	} {
		t.Run(name, func(t *testing.T) {
			change := map[string]string{"eventSource": `"sts.amazonaws.com"`, "eventName": `"AssumeRole"`, "readOnly": "true", "requestParameters": `{}`, "responseElements": response}
			for k, v := range c.change {
				change[k] = v
			}
			var want []raw.Record
			if c.want != nil {
				c.want.EventID, c.want.Key = "e1", "ASIAGIVEN"
				want = append(want, c.want)
			}
			out, report := extract(t, one(`{"Records":[`+record(change)+`]}`), Config{FollowRoles: true})
			if got, want := asJSON(t, out.records), asJSON(t, want); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if n := int64(len(want)); report.Ledger.Out != n || report.Ledger.In != 1 {
				t.Errorf("%+v", report.Ledger)
			}
			if out, _ := extract(t, one(`{"Records":[`+record(change)+`]}`), Config{}); len(out.records) > 0 {
				t.Errorf("unasked: %s", asJSON(t, out.records))
			}
		})
	}
}
