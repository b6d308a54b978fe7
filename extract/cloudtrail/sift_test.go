package cloudtrail

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"liftgraph/internal/raw"
)

const (
	run      = "01K6DZ7S8Q1CN6YW2VW82JCYYX"
	instance = "i-0123456789abcdef0"
)

// record returns an event of a run, with other values, as JSON text, for some of its fields; "" leaves one out.
func record(changes map[string]string) string {
	fields := []struct{ name, value string }{
		{"eventVersion", `"1.11"`},
		{"userIdentity", `{"type":"AssumedRole","principalId":"AROAX:` + run + `@web@acme","arn":"arn:aws:sts::123456789012:assumed-role/deploy/` + run + `@web@acme","accountId":"123456789012","accessKeyId":"ASIARUN"}`},
		{"eventTime", `"2026-11-13T23:47:05Z"`},
		{"eventSource", `"ec2.amazonaws.com"`},
		{"eventName", `"TerminateInstances"`},
		{"awsRegion", `"eu-west-1"`},
		{"errorCode", ""},
		{"requestParameters", `{"instancesSet":{"items":[{"instanceId":"` + instance + `"}]}}`},
		{"responseElements", "null"},
		{"eventID", `"e1"`},
		{"readOnly", "false"},
		{"resources", ""},
		{"recipientAccountId", `"123456789012"`},
	}
	var b strings.Builder
	b.WriteByte('{')
	for _, f := range fields {
		if v, ok := changes[f.name]; ok {
			f.value = v
		}
		if f.value == "" {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + f.name + `":` + f.value)
	}
	return b.String() + "}"
}

// someone is the identity of a person, no run, with a temporary key.
const someone = `{"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/spacelift/spacelift","accountId":"123456789012","accessKeyId":"ASIASOMEONE"}`

func TestWhatIsDelivered(t *testing.T) {
	session := &raw.Session{Run: run, Stack: "web", SpaceliftAccount: "acme"}
	call := &raw.APICall{
		EventID: "e1", Time: "2026-11-13T23:47:05Z", Name: "TerminateInstances", Account: "123456789012", Region: "eu-west-1",
		Session: session, AccessKey: "ASIARUN", Instances: []string{instance},
	}
	with := func(change func(*raw.APICall)) *raw.APICall {
		c := *call
		change(&c)
		return &c
	}
	known := &raw.Instance{ID: instance, Account: "123456789012", Region: "eu-west-1"}
	follow, all := Config{FollowRoles: true}, Config{AllInstances: true}
	type change = map[string]string
	for name, c := range map[string]struct {
		cfg    Config
		change change
		want   []raw.Record
		why    string // "": the event is out
	}{
		"a run's call":                {want: []raw.Record{call}},
		"with roles followed":         {cfg: follow, want: []raw.Record{call}},
		"with all instances":          {cfg: all, want: []raw.Record{call}},
		"no instance":                 {change: change{"requestParameters": `{"bucketName":"i-2"}`}, why: "no_instance"},
		"failed":                      {change: change{"errorCode": `"Client.UnauthorizedOperation"`}, why: "failed"},
		"dry run":                     {change: change{"errorCode": `"Client.DryRunOperation"`, "readOnly": "true"}, why: "failed"},
		"failed, but wanted":          {cfg: Config{IncludeFailed: true}, change: change{"errorCode": `"x"`}, want: []raw.Record{with(func(c *raw.APICall) { c.ErrorCode = "x" })}},
		"failed, with all instances":  {cfg: all, change: change{"errorCode": `"x"`}, why: "failed"},
		"empty error code":            {change: change{"errorCode": `""`}, want: []raw.Record{call}},
		"null error code":             {change: change{"errorCode": `null`}, want: []raw.Record{call}},
		"read-only":                   {change: change{"readOnly": "true"}, want: []raw.Record{known}, why: "read_only"},
		"read-only as text":           {change: change{"readOnly": `"TRUE"`}, want: []raw.Record{known}, why: "read_only"},
		"read-only by its name":       {change: change{"readOnly": "", "eventName": `"DescribeInstances"`}, want: []raw.Record{known}, why: "read_only"},
		"read-only by an empty text":  {change: change{"readOnly": `""`, "eventName": `"ListTags"`}, want: []raw.Record{known}, why: "read_only"},
		"no matter its name":          {change: change{"eventName": `"GetReady"`}, want: []raw.Record{with(func(c *raw.APICall) { c.Name, c.Mentioned = "GetReady", []string{instance} })}},
		"read-only, but wanted":       {cfg: Config{IncludeReadOnly: true}, change: change{"readOnly": "true"}, want: []raw.Record{call}},
		"read-only, without instance": {change: change{"readOnly": "true", "requestParameters": "null"}, why: "read_only"},
		"another's":                   {change: change{"userIdentity": someone}, why: "not_spacelift"},
		"another's, followed": {cfg: follow, change: change{"userIdentity": someone}, want: []raw.Record{
			with(func(c *raw.APICall) { c.Session, c.AccessKey = nil, "ASIASOMEONE" })}},
		"another's reading, followed":      {cfg: follow, change: change{"userIdentity": someone, "readOnly": "true"}, why: "not_spacelift"},
		"another's failure, followed":      {cfg: follow, change: change{"userIdentity": someone, "errorCode": `"x"`}, why: "not_spacelift"},
		"another's with a lasting key":     {cfg: follow, change: change{"userIdentity": `{"type":"IAMUser","accessKeyId":"AKIAX"}`}, why: "not_spacelift"},
		"another's, without instance":      {cfg: follow, change: change{"userIdentity": someone, "requestParameters": "null"}, why: "not_spacelift"},
		"another's, with all instances":    {cfg: all, change: change{"userIdentity": someone}, want: []raw.Record{known}, why: "not_spacelift"},
		"another's failure, all instances": {cfg: all, change: change{"userIdentity": someone, "errorCode": `"x"`}, why: "not_spacelift"},
		"no identity":                      {change: change{"userIdentity": ""}, why: "not_spacelift"},
		"a run in the parameters only":     {change: change{"userIdentity": someone, "requestParameters": `{"tag":"` + run + `"}`}, why: "not_spacelift"},
		"another account's trail":          {change: change{"recipientAccountId": ""}, want: []raw.Record{call}},
		"an export's account":              {change: change{"recipientAccountId": "", "resources": `[],"account":"42"`}, want: []raw.Record{with(func(c *raw.APICall) { c.Account = "42" })}},
		"a cross-account copy":             {change: change{"userIdentity": `{"type":"AWSAccount","principalId":"AROAX:` + run + `@web@acme","accountId":"1"}`}, want: []raw.Record{with(func(c *raw.APICall) { c.AccessKey = "" })}},
		"an old instance":                  {change: change{"requestParameters": `{"instanceId":"i-01234567"}`}, want: []raw.Record{with(func(c *raw.APICall) { c.Instances = []string{"i-01234567"} })}},
		"instances everywhere": {change: change{"responseElements": `"{\"i-00000002\":[\"\\ni-00000001\",\"i-00000001x\",\"ami-00000009\",\"i-000000010\"]}"`, "resources": `[{"ARN":"arn:aws:ec2:r:1:instance/i-00000000"}]`}, want: []raw.Record{with(func(c *raw.APICall) {
			c.Instances = []string{"i-00000000", "i-00000001", "i-00000002", instance}
			c.Mentioned = []string{"i-00000001", "i-00000002"}
		})}},
		"a time of Athena":                         {change: change{"eventTime": `"2026-11-13 23:47:05.000"`}, want: []raw.Record{call}},
		"a time elsewhere":                         {change: change{"eventTime": `"2026-11-14T00:47:05+01:00"`}, want: []raw.Record{call}},
		"escapes in the run":                       {change: change{"userIdentity": `{"arn":"arn:aws:sts::1:assumed-role/deploy/\u0030` + run[1:] + `@web@acme","accessKeyId":"ASIARUN"}`}, want: []raw.Record{call}},
		"escapes in the keys":                      {change: change{"userIdentity": `{"\u0061rn":"arn:aws:sts::1:assumed-role\/deploy\/` + run + `@web@acme","accessKeyId":"ASIARUN"}`}, want: []raw.Record{call}},
		"escapes in escaped text":                  {change: change{"userIdentity": `"{\"arn\":\"arn:aws:sts::1:assumed-role/deploy/\\u0030` + run[1:] + `@web@acme\",\"accesskeyid\":\"ASIARUN\"}"`}, want: []raw.Record{call}},
		"an escaped backslash before an escape":    {change: change{"userIdentity": `"{\"arn\":\"arn:aws:sts::1:assumed-role/deploy/\u005cu0030` + run[1:] + `@web@acme\",\"accesskeyid\":\"ASIARUN\"}"`}, want: []raw.Record{call}},
		"a Hive struct":                            {change: change{"userIdentity": `"{type=AssumedRole, principalid=AROAX:x, arn=arn:aws:sts::1:assumed-role/deploy/` + run + `@web@acme, accountid=1, accesskeyid=ASIARUN}"`}, want: []raw.Record{call}},
		"a second identity that is someone else's": {change: change{"resources": `[],"useridentity":` + someone}, why: "not_spacelift"},
	} {
		t.Run(name, func(t *testing.T) {
			out, report := extract(t, one(record(c.change)+"\n"), c.cfg)
			if got, want := asJSON(t, out.records), asJSON(t, c.want); got != want || len(out.rejects) > 0 {
				t.Errorf("got  %s\nwant %s\n%v", got, want, out.rejects)
			}
			want := map[string]int64{}
			if c.why != "" {
				want[c.why] = 1
			}
			if l := report.Ledger; l.In != 1 || !reflect.DeepEqual(l.Filtered, want) {
				t.Errorf("%+v", l)
			}
		})
	}
}

func asJSON(t *testing.T, v []raw.Record) string {
	t.Helper()
	if len(v) == 0 {
		return "nothing"
	}
	return asText(t, v)
}

func TestRejected(t *testing.T) {
	for name, c := range map[string]struct {
		change map[string]string
		reason string
	}{
		"no id":            {map[string]string{"eventID": ""}, "no_event_id"},
		"null id":          {map[string]string{"eventID": "null"}, "no_event_id"},
		"a time that none": {map[string]string{"eventTime": `"yesterday"`}, "invalid_event_time"},
		"no time":          {map[string]string{"eventTime": ""}, "invalid_event_time"},
		"not JSON":         {map[string]string{"readOnly": "nope"}, "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			good := record(nil)
			out, report := extract(t, one(good+"\n"+record(c.change)+"\n"+strings.Replace(good, `"e1"`, `"e3"`, 1)+"\n"), Config{FollowRoles: true})
			if len(out.records) != 2 || len(out.rejects) != 1 || !report.Scopes[0].Complete {
				t.Fatalf("%d records, %+v, %+v", len(out.records), out.rejects, report.Scopes)
			}
			r := out.rejects[0]
			if r.Reason != c.reason || r.Offset != 2 || r.Object != "mem://object" || r.Stage != "extract" || r.Source != "cloudtrail" {
				t.Errorf("%+v", r)
			}
			if text := asText(t, r.Record); c.reason != "malformed" && strings.Contains(text, instance) {
				t.Errorf("the parameters are shown: %s", text)
			}
		})
	}
}

func asText(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestInstancesOnce(t *testing.T) {
	lines := ""
	for range 3 {
		lines += record(map[string]string{"readOnly": "true"}) + "\n"
	}
	out, report := extract(t, one(lines), Config{})
	if len(out.records) != 1 || report.Ledger.Filtered["read_only"] != 3 {
		t.Errorf("%d records, %+v", len(out.records), report.Ledger)
	}
}
