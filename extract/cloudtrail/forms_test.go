package cloudtrail

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/parquet-go/parquet-go"

	"liftgraph/internal/raw"
)

// quoted returns text as a JSON string.
func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

const (
	formARN = "arn:aws:sts::123456789012:assumed-role/deploy/" + run + "@web@acme"
	formWho = "AROAX:" + run + "@web@acme"
)

// ocsfOf is an event as Security Lake has it.
const ocsfOf = `{"metadata":{"uid":"e1","version":"%s","product":{"name":"CloudTrail"}},"time":1794613625000,"class_uid":6003,"activity_id":4,` +
	`"api":{"operation":"TerminateInstances","service":{"name":"ec2.amazonaws.com"},"request":{"data":"{\"instanceId\":\"` + instance + `\"}"},"response":{"error":null}},` +
	`"cloud":{"region":"eu-west-1","account":{"uid":"123456789012"}},"actor":{"user":{"type":"AssumedRole","uid":"` + formARN + `","uid_alt":"` + formWho + `","credential_uid":"ASIARUN"}}}`

// TestForms reads the same call from every form that people have events in.
func TestForms(t *testing.T) {
	e := record(nil)
	elastic := `{"@timestamp":"2026-11-13T23:47:05Z","event":{"id":"e1","action":"TerminateInstances","provider":"ec2.amazonaws.com"},"cloud":{"region":"eu-west-1","account":{"id":"123456789012"}},` +
		`"aws":{"cloudtrail":{"event_version":"1.08","user_identity":{"type":"AssumedRole","arn":"` + formARN + `","access_key_id":"ASIARUN"},"flattened":{"request_parameters":{"instanceId":"` + instance + `"}}}}}`
	flat := `{"eventID":"e1","eventTime":"2026-11-13T23:47:05Z","eventName":"TerminateInstances","eventSource":"ec2.amazonaws.com","awsRegion":"eu-west-1","recipientAccountId":"123456789012",` +
		`"userIdentity.type":"AssumedRole","userIdentity.arn":"` + formARN + `","userIdentity.accessKeyId":"ASIARUN","requestParameters.instancesSet.items.0.instanceId":"` + instance + `"}`
	logs := `{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":[{"id":"1","timestamp":1,"message":` + quoted(e) + `}]}`
	control := `{"messageType":"CONTROL_MESSAGE","logGroup":"","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}`
	for name, content := range map[string]string{
		"lookup-events, a document":             `{"Events":[{"EventId":"e1","EventName":"TerminateInstances","CloudTrailEvent":` + quoted(e) + `}],"NextToken":"x"}`,
		"lookup-events, indented":               indented(t, `{"Events":[{"EventId":"e1","EventName":"TerminateInstances","CloudTrailEvent":`+quoted(e)+`}]}`),
		"lookup-events, an array":               `[{"EventId":"e1","Username":"x","CloudTrailEvent":` + quoted(e) + `}]`,
		"lookup-events, lines":                  `{"EventId":"e1","CloudTrailEvent":` + quoted(e) + "}\n",
		"EventBridge":                           `{"version":"0","id":"x","detail-type":"AWS API Call via CloudTrail","source":"aws.ec2","detail":` + e + `}`,
		"EventBridge, lines":                    `{"version":"0","detail":` + e + "}\n",
		"CloudWatch Logs":                       logs,
		"CloudWatch Logs, after control":        control + logs,
		"CloudWatch Logs, gzip in gzip":         string(gzipped(t, gzipped(t, []byte(logs)))),
		"CloudWatch Logs, zstd of gzip members": string(zstdded(t, append(gzipped(t, []byte(control)), gzipped(t, []byte(logs))...))),
		"filter-log-events":                     `{"events":[{"logStreamName":"s","message":` + quoted(e) + `,"eventId":"77"}],"searchedLogStreams":[]}`,
		"Logs Insights, CSV":                    "@timestamp,@message\n2026,\"" + strings.ReplaceAll(e, `"`, `""`) + "\"\n",
		"CloudTrail Lake, eventData":            `{"eventVersion":"1.0","eventCategory":"Management","eventData":` + e + `}`,
		"CloudTrail Lake, eventJson":            "eventJson\n\"" + strings.ReplaceAll(e, `"`, `""`) + "\"\n",
		"CloudTrail Lake, JSON":                 `{"eventJson":` + quoted(e) + "}\n",
		"Security Lake 1.1":                     fmt.Sprintf(ocsfOf, "1.1.0") + "\n",
		"Security Lake 1.3":                     fmt.Sprintf(ocsfOf, "1.3.0") + "\n",
		"Elastic":                               elastic + "\n",
		"Elastic, original":                     `{"_index":"x","_source":{"event":{"original":` + quoted(e) + `}}}` + "\n",
		"Elastic, a search hit":                 `{"_index":"x","_source":` + strings.TrimSpace(elastic) + `}` + "\n",
		"Tailpipe, snake case":                  `{"event_id":"e1","event_time":"2026-11-13T23:47:05Z","event_name":"TerminateInstances","event_source":"ec2.amazonaws.com","aws_region":"eu-west-1","recipient_account_id":"123456789012","user_identity":{"arn":"` + formARN + `","access_key_id":"ASIARUN"},"request_parameters":{"instanceId":"` + instance + `"}}` + "\n",
		"flattened":                             flat + "\n",
		"flattened, CSV":                        "eventID,eventTime,eventName,eventSource,awsRegion,recipientAccountId,userIdentity.arn,userIdentity.accessKeyId,requestParameters.instanceId\ne1,2026-11-13T23:47:05Z,TerminateInstances,ec2.amazonaws.com,eu-west-1,123456789012," + formARN + ",ASIARUN," + instance + "\n",
		"tabs":                                  "eventID\teventTime\teventName\teventSource\tawsRegion\trecipientAccountId\tuserIdentity\trequestParameters\ne1\t2026-11-13T23:47:05Z\tTerminateInstances\tec2.amazonaws.com\teu-west-1\t123456789012\t{arn=" + formARN + ", accesskeyid=ASIARUN}\t{instanceId=" + instance + "}\n",
		"semicolons":                            "eventID;eventTime;eventName;eventSource;awsRegion;recipientAccountId;userIdentity;requestParameters\ne1;2026-11-13T23:47:05Z;TerminateInstances;ec2.amazonaws.com;eu-west-1;123456789012;{arn=" + formARN + ", accesskeyid=ASIARUN};{instanceId=" + instance + "}\n",
		"Parquet, eventJson": parquetOf(t, struct {
			EventJSON string `parquet:"eventJson"`
		}{e}),
		"Parquet, maps": parquetOf(t, formMaps()),
		"Parquet, OCSF": parquetOf(t, formOCSF()),
	} {
		t.Run(name, func(t *testing.T) {
			out, report := extract(t, one(content), Config{FollowRoles: true})
			calls := of[*raw.APICall](out)
			if len(calls) != 1 || len(out.rejects) > 0 || !report.Scopes[0].Complete {
				t.Fatalf("%d calls, %+v, %+v", len(calls), out.rejects, report)
			}
			c := calls[0]
			if c.EventID != "e1" || c.Time != "2026-11-13T23:47:05Z" || c.Name != "TerminateInstances" || c.Account != "123456789012" || c.Region != "eu-west-1" || c.Session == nil ||
				*c.Session != (raw.Session{Run: run, Stack: "web", SpaceliftAccount: "acme"}) || c.AccessKey != "ASIARUN" || len(c.Instances) != 1 || c.Instances[0] != instance || c.Mentioned != nil {
				t.Errorf("%+v, %+v", c, c.Session)
			}
		})
	}
}

func parquetOf[T any](t *testing.T, row T) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b)
	if _, err := w.Write([]T{row}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type formMap struct {
	ID      string            `parquet:"eventid"`
	Time    int64             `parquet:"eventtime,timestamp(microsecond)"`
	Name    string            `parquet:"eventname"`
	Source  string            `parquet:"eventsource"`
	Region  string            `parquet:"awsregion"`
	Account float64           `parquet:"recipientaccountid"`
	Only    int32             `parquet:"readonly"`
	Who     map[string]string `parquet:"useridentity"`
	Request struct {
		Set struct {
			Items []struct {
				ID string `parquet:"instanceid"`
			} `parquet:"items,list"`
		} `parquet:"instancesset"`
	} `parquet:"requestparameters"`
}

func formMaps() formMap {
	m := formMap{ID: "e1", Time: 1794613625000000, Name: "TerminateInstances", Source: "ec2.amazonaws.com", Region: "eu-west-1", Account: 123456789012,
		Who: map[string]string{"type": "AssumedRole", "arn": formARN, "accesskeyid": "ASIARUN"}}
	m.Request.Set.Items = append(m.Request.Set.Items, struct {
		ID string `parquet:"instanceid"`
	}{instance})
	return m
}

type formLake struct {
	Metadata struct {
		UID     string `parquet:"uid"`
		Version string `parquet:"version"`
		Product struct {
			Name string `parquet:"name"`
		} `parquet:"product"`
	} `parquet:"metadata"`
	Time  int64 `parquet:"time"`
	Class int32 `parquet:"class_uid"`
	API   struct {
		Operation string `parquet:"operation"`
		Service   struct {
			Name string `parquet:"name"`
		} `parquet:"service"`
		Request struct {
			Data string `parquet:"data"`
		} `parquet:"request"`
	} `parquet:"api"`
	Cloud struct {
		Region  string `parquet:"region"`
		Account struct {
			UID string `parquet:"uid"`
		} `parquet:"account"`
	} `parquet:"cloud"`
	Actor struct {
		User struct {
			UID        string `parquet:"uid"`
			Alt        string `parquet:"uid_alt"`
			Credential string `parquet:"credential_uid"`
		} `parquet:"user"`
	} `parquet:"actor"`
}

func formOCSF() (l formLake) {
	l.Metadata.UID, l.Metadata.Version, l.Metadata.Product.Name = "e1", "1.1.0", "CloudTrail"
	l.Time, l.Class = 1794613625000, 6003
	l.API.Operation, l.API.Service.Name, l.API.Request.Data = "TerminateInstances", "ec2.amazonaws.com", `{"instanceId":"`+instance+`"}`
	l.Cloud.Region, l.Cloud.Account.UID = "eu-west-1", "123456789012"
	l.Actor.User.UID, l.Actor.User.Alt, l.Actor.User.Credential = formARN, formWho, "ASIARUN"
	return l
}

// TestIdentityForms reads a userIdentity as text of every exporter.
func TestIdentityForms(t *testing.T) {
	object := `{"type":"AssumedRole","principalId":"` + formWho + `","arn":"` + formARN + `","accountId":"123456789012","accessKeyId":"ASIARUN"}`
	for name, text := range map[string]string{
		"JSON":                object,
		"encoded twice":       quoted(object),
		"encoded three times": quoted(quoted(object)),
		"a list of one":       "[" + object + "]",
		"Python":              `{'type': 'AssumedRole', 'principalId': '` + formWho + `', 'arn': '` + formARN + `', 'invokedBy': None, 'accessKeyId': 'ASIARUN', 'mfa': True}`,
		"Hive":                `{type=AssumedRole, principalid=` + formWho + `, arn=` + formARN + `, accesskeyid=ASIARUN, sessioncontext={attributes={mfaauthenticated=false}}}`,
		"DuckDB":              `{'type': AssumedRole, 'principalId': ` + formWho + `, 'arn': ` + formARN + `, 'accessKeyId': ASIARUN}`,
		"Spark, a map":        `{type -> AssumedRole, arn -> ` + formARN + `, accessKeyId -> ASIARUN}`,
		"Spark, a struct":     `{AssumedRole, ` + formWho + `, ` + formARN + `, 123456789012, ASIARUN, null, {{false}, null}}`,
		"Spark 2":             `[AssumedRole,` + formWho + `,` + formARN + `,123456789012,ASIARUN]`,
		"PySpark":             `Row(type='AssumedRole', principalId='` + formWho + `', arn='` + formARN + `', accessKeyId='ASIARUN')`,
		"Postgres":            `(AssumedRole,` + formWho + `,` + formARN + `,123456789012,ASIARUN)`,
		"Go":                  `map[accessKeyId:ASIARUN arn:` + formARN + ` type:AssumedRole]`,
		"Ruby":                `{"type"=>"AssumedRole", "arn"=>"` + formARN + `", "accessKeyId"=>"ASIARUN"}`,
		"pairs":               `[('type', 'AssumedRole'), ('arn', '` + formARN + `'), ('accessKeyId', 'ASIARUN')]`,
		"an ARN":              formARN,
		"an ARN in quotes":    `"` + formARN + `"`,
		"a principal":         formWho,
		"words":               `caller ` + formARN + ` with key ASIARUN`,
	} {
		t.Run(name, func(t *testing.T) {
			out, _ := extract(t, one(record(map[string]string{"userIdentity": quoted(text)})+"\n"), Config{FollowRoles: true})
			calls := of[*raw.APICall](out)
			if len(calls) != 1 || calls[0].Session == nil || *calls[0].Session != (raw.Session{Run: run, Stack: "web", SpaceliftAccount: "acme"}) {
				t.Fatal(out.lines(t))
			}
			if strings.Contains(text, "ASIARUN") && calls[0].AccessKey != "ASIARUN" {
				t.Error(calls[0].AccessKey)
			}
		})
	}
	out, report := extract(t, one(record(map[string]string{"userIdentity": quoted("<identity " + run + ">")})+"\n"), Config{})
	if len(out.rejects) != 1 || out.rejects[0].Reason != "unreadable_identity" || out.rejects[0].Offset != 1 || out.rejects[0].Object != "mem://object" {
		t.Errorf("%+v, %+v", out.rejects, report)
	}
	_, report = extract(t, one(record(map[string]string{"userIdentity": ""})+"\n"+record(map[string]string{"userIdentity": "null"})+"\n"), Config{})
	if len(report.Scopes) != 2 || !strings.Contains(report.Scopes[1].Reason, "userIdentity") {
		t.Errorf("%+v", report)
	}
}

// TestGrantForms follows a role whose credentials are text of any exporter.
func TestGrantForms(t *testing.T) {
	for name, response := range map[string]string{
		"JSON":          `{"credentials":{"accessKeyId":"ASIAGIVEN"}}`,
		"JSON text":     quoted(`{"credentials":{"accessKeyId":"ASIAGIVEN"}}`),
		"Hive":          quoted(`{credentials={accesskeyid=ASIAGIVEN, sessionToken=a=b, expiration=Nov 14, 2026, 12:47:41 AM}, assumedRoleUser={arn=arn:aws:sts::1:assumed-role/r/x}}`),
		"Python":        quoted(`{'credentials': {'accessKeyId': 'ASIAGIVEN', 'expiration': datetime.datetime(2026, 11, 14, 0, 47)}}`),
		"a map of JSON": quoted(`{credentials={"accessKeyId":"ASIAGIVEN"}, x=y}`),
		"flattened":     `{"credentials.accessKeyId":"ASIAGIVEN"}`,
		"DuckDB":        quoted(`{'credentials': {'accessKeyId': ASIAGIVEN, 'expiration': Nov 14, 2026, 12:47:41 AM}}`),
	} {
		for way, request := range map[string]string{
			"a name": quoted(`{roleArn=arn:aws:iam::1:role/r, roleSessionName=` + run + `@web@acme}`),
			"tags":   quoted(`{roleSessionName=x, tags=[{key=run, value=` + run + `}, {key=stack, value=web}], externalId=acme@X@web@write}`),
			"a map":  quoted(`{roleSessionName=x, principalTags={run=` + run + `, stack=web}, externalId=acme@X@web@write}`),
		} {
			change := map[string]string{"eventSource": `"sts.amazonaws.com"`, "eventName": `"AssumeRole"`, "userIdentity": someone, "requestParameters": request, "responseElements": response}
			out, _ := extract(t, one(record(change)+"\n"), Config{FollowRoles: true})
			grants := of[*raw.Grant](out)
			if len(grants) != 1 || grants[0].Key != "ASIAGIVEN" || grants[0].Session == nil || *grants[0].Session != (raw.Session{Run: run, Stack: "web", SpaceliftAccount: "acme"}) {
				t.Errorf("%s, %s: %s", name, way, out.lines(t))
			}
		}
	}
}

// TestTimeForms reads a time as any exporter writes it.
func TestTimeForms(t *testing.T) {
	for _, text := range []string{
		"2026-11-13T23:47:05Z", "2026-11-13 23:47:05+00", "2026-11-13 23:47:05+0000", "2026-11-13 23:47:05+00:00", "2026-11-13 23:47:05.000+00", "2026-11-13T23:47:05.000+0000",
		"2026-11-13 23:47:05.000 UTC", "2026-11-14 00:47:05 +01:00", "2026-11-14 00:47:05+01", "1794613625", "1794613625000", "1794613625000000", "1794613625.0", "1.794613625E9", "1.794613625e+12",
		"20261113T234705Z", "Nov 13, 2026, 11:47:05 PM", "Fri, 13 Nov 2026 23:47:05 GMT",
	} {
		out, _ := extract(t, one(record(map[string]string{"eventTime": quoted(text)})+"\n"), Config{})
		if calls := of[*raw.APICall](out); len(calls) != 1 || calls[0].Time != "2026-11-13T23:47:05Z" {
			t.Errorf("%s: %s", text, out.lines(t))
		}
	}
	for _, text := range []string{"yesterday", "20261113", "1e99999999", "-1", "12"} {
		if out, _ := extract(t, one(record(map[string]string{"eventTime": quoted(text)})+"\n"), Config{}); len(out.rejects) != 1 {
			t.Errorf("%s: %s", text, out.lines(t))
		}
	}
}

// TestWordForms has words for none, and for true and false.
func TestWordForms(t *testing.T) {
	for _, word := range []string{"NULL", "None", "nan", "NaN", "-", "nil", "<NA>", `\N`, "", "N/A", "(null)", "undefined"} {
		if out, _ := extract(t, one(record(map[string]string{"errorCode": quoted(word), "readOnly": quoted(word)})+"\n"), Config{}); len(of[*raw.APICall](out)) != 1 {
			t.Errorf("%q", word)
		}
	}
	for word, only := range map[string]bool{"1": true, "t": true, "yes": true, "True": true, "Y": true, "0": false, "f": false, "no": false, "N": false, "false": false} {
		if out, _ := extract(t, one(record(map[string]string{"readOnly": quoted(word)})+"\n"), Config{}); (len(of[*raw.APICall](out)) == 0) != only {
			t.Errorf("%q", word)
		}
	}
}

// TestRefusedForms names what an object is that isn't read.
func TestRefusedForms(t *testing.T) {
	e := []byte(record(nil))
	wide := []byte{0xff, 0xfe}
	for _, c := range utf16.Encode([]rune(string(e))) {
		wide = append(wide, byte(c), byte(c>>8))
	}
	for content, want := range map[string]string{
		string(wide):     "UTF-16",
		string(wide[2:]): "UTF-16",
		string(gzipped(t, gzipped(t, gzipped(t, e)))): "compressed more than twice",
		"\xfd7zXZ\x00": "xz", "\x04\x22\x4d\x18d": "lz4", "\xff\x06\x00\x00sNaPpY": "snappy", "7z\xbc\xaf\x27\x1c": "7z", "SQLite format 3\x00": "SQLite",
		"%PDF-1.7": "PDF", "PARE\x01\x02\x03\x04": "encrypted Parquet", "H4sIAAAAAAAA": "base64", "a.json" + strings.Repeat("\x00", 251) + "ustar\x0000": "tar",
		`{"interfaceId":"eni-1"}`: "flow logs", `{"webaclId":"w"}`: "WAF", `{"digestStartTime":"2026-11-13T23:00:00Z"}`: "digest", `{"Findings":[{"a":1}]}`: "findings",
		`{"queryResultRows":[[{"eventID":"1"}]]}`: "get-query-results", `{"action":"stack.update","actor":"github::x"}`: "--audit-trail",
		"BZh91AY": "bzip2", "PK\x03\x04xx": "ZIP", "Obj\x01x": "Avro", "ORC": "ORC", "<html>": "XML or HTML",
		`{"class_uid":4001,"metadata":{"version":"1.3.0","product":{"name":"Amazon VPC"}}}` + "\n": "OCSF 1.3.0 of class 4001",
		`{"fileVersion":"1.0","configurationItems":[{"a":1}]}`:                                     "AWS Config",
		`{"hits":{"hits":[{"_source":{"a":1}}]}}`:                                                  "Elasticsearch", `{"ResultSet":{"Rows":[]}}`: "Athena's get-query-results", `{"schema":[],"datarows":[["e1"]]}`: "OpenSearch", `{"tables":[{"rows":[["e1"]]}]}`: "Azure Monitor",
		"PAR1\x15\x02\x29\xfc\xff\xff\xff\xff\x07\x00\x00\x0b\x00\x00\x00PAR1": "can't be read safely: a length in its footer",
		"\xff\xfe\x00\x00{\x00\x00\x00":                                        "UTF-32", "\x1f\x9d\x90": "compress", "\x5d\x00\x00\x80\x00": "lzma", "\x89LZO\x00": "lzop", "\x02\x21\x4c\x18": "lz4", "\x78\x9c\xcb": "zlib", "Rar!\x1a\x07": "RAR",
		"PK\x05\x06": "empty ZIP", "\xd0\xcf\x11\xe0\xa1\xb1": "Excel", "ARROW1\x00\x00": "Arrow", "\x80\x04\x95": "pickle", "abcdefghDUCK....": "DuckDB", "Events:\n- EventId: e1\n": "YAML", "---\nRecords: []\n": "YAML", "------\n| x |\n": "table",
		"An error occurred (AccessDenied)": "error", `{"__type":"AccessDeniedException","Message":"x"}`: "error", "null\n": "finds nothing", "version account-id interface-id\n2 1 eni-1\n": "flow logs", "#Version: 1.0\n": "CloudFront",
		strings.Repeat("0", 64) + " bucket [06/Feb/2019:00:00:38 +0000] 1\n": "access logs", "h2 2026-11-13T23:47:05.000000Z app/x 1\n": "access logs", "{}": "empty object",
		`{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:AROAX:` + run + `@web@acme"},"s3":{"bucket":{"name":"b"}}}]}`: "notifications of S3",
		`{"Type":"Notification","s3Bucket":"b"}`: "notifications", "Event name,Event time,User name,Event source,Resource name,AWS access key,Event ID\nx,y,z,a,b,c,d\n": "event history", `{"result":"` + strings.Repeat("x", 9<<20) + `"}`: "more than 8 MiB",
	} {
		_, report := extract(t, one(content), Config{})
		if len(report.Scopes) != 2 || !strings.Contains(report.Scopes[1].Reason, want) {
			t.Errorf("%.40q: %+v", content, report.Scopes)
		}
	}
}

// A note beside the objects is left out and named, and makes nothing incomplete.
func TestNotes(t *testing.T) {
	out, report := extract(t, &shelf{content: map[string][]byte{"export/README.md": []byte("# Where this comes from\n"), "export/a.json": []byte(record(nil) + "\n")}}, Config{})
	if len(of[*raw.APICall](out)) != 1 || len(report.Scopes) != 1 || !report.Scopes[0].Complete || len(report.Notes) != 1 {
		t.Errorf("%s, scopes %+v, notes %q", out.lines(t), report.Scopes, report.Notes)
	}
}

// TestMentions has ids that are no targets, and those of which it isn't known.
func TestMentions(t *testing.T) {
	const other = "i-0bbbbbbbbbbbbbbb1"
	for name, c := range map[string]struct {
		change          map[string]string
		want, mentioned int
	}{
		"a tag":              {map[string]string{"eventName": `"CreateTags"`, "requestParameters": `{"resourcesSet":{"items":[{"resourceId":"` + instance + `"}]},"tagSet":{"items":[{"key":"a","value":"` + other + `"}]}}`}, 1, 0},
		"a description":      {map[string]string{"eventName": `"CreateSnapshot"`, "requestParameters": `{"volumeId":"vol-1","description":"of ` + other + `"}`}, 0, 0},
		"a policy":           {map[string]string{"eventSource": `"iam.amazonaws.com"`, "eventName": `"PutRolePolicy"`, "requestParameters": `{"policyDocument":"{\"Resource\":\"arn:aws:ec2:r:1:instance/` + other + `\"}"}`}, 0, 0},
		"a dashboard":        {map[string]string{"eventSource": `"monitoring.amazonaws.com"`, "eventName": `"PutDashboard"`, "requestParameters": `{"dashboardBody":"{\"widgets\":[\"` + other + `\"]}"}`}, 0, 0},
		"a parameter's name": {map[string]string{"eventSource": `"ssm.amazonaws.com"`, "eventName": `"PutParameter"`, "requestParameters": `{"name":"/hosts/` + other + `"}`}, 0, 0},
		"those that remain":  {map[string]string{"eventSource": `"elasticloadbalancing.amazonaws.com"`, "eventName": `"RegisterInstancesWithLoadBalancer"`, "requestParameters": `{"instances":[{"instanceId":"` + instance + `"}]}`, "responseElements": `{"instances":[{"instanceId":"` + other + `"}]}`}, 1, 0},
		"the same as text":   {map[string]string{"eventSource": `"elasticloadbalancing.amazonaws.com"`, "eventName": `"DeregisterInstancesFromLoadBalancer"`, "requestParameters": `"{instances=[{instanceId=` + instance + `}]}"`, "responseElements": `"{instances=[{instanceId=` + other + `}]}"`}, 1, 0},
		"an unknown event":   {map[string]string{"eventName": `"CreateSomething"`, "requestParameters": `{"target":"` + other + `"}`}, 1, 1},
		"targets":            {map[string]string{"eventSource": `"elasticloadbalancing.amazonaws.com"`, "eventName": `"RegisterTargets"`, "requestParameters": `{"targets":[{"id":"` + instance + `"}]}`}, 1, 0},
	} {
		out, _ := extract(t, one(record(c.change)+"\n"), Config{})
		calls := of[*raw.APICall](out)
		if c.want == 0 {
			if len(calls) > 0 {
				t.Errorf("%s: %s", name, out.lines(t))
			}
			continue
		}
		if len(calls) != 1 || len(calls[0].Instances) != c.want || len(calls[0].Mentioned) != c.mentioned {
			t.Errorf("%s: %s", name, out.lines(t))
		}
	}
}
