package cloudtrail

import (
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"liftgraph/internal/raw"
)

func csvOf(t *testing.T, rows ...[]string) string {
	t.Helper()
	var b strings.Builder
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// lakeRow is an event as a row of CloudTrail Lake's get-query-results.
const lakeRow = `[{"eventID":"e1"},{"eventTime":"2026-11-13 23:47:05.000"},{"eventName":"TerminateInstances"},{"eventSource":"ec2.amazonaws.com"},{"awsRegion":"eu-west-1"},{"recipientAccountId":"123456789012"},` +
	`{"userIdentity":"{type=AssumedRole, principalid=` + formWho + `, arn=` + formARN + `, accesskeyid=ASIARUN}"},{"requestParameters":"{instancesSet={items=[{instanceId=` + instance + `}]}}"}]`

// elasticDoc is an event as Filebeat makes it.
const elasticDoc = `{"@timestamp":"2026-11-13T23:47:05Z","event":{"id":"e1","action":"TerminateInstances","provider":"ec2.amazonaws.com"},"cloud":{"region":"eu-west-1","account":{"id":"123456789012"}},` +
	`"aws":{"cloudtrail":{"event_version":"1.08","user_identity":{"type":"AssumedRole","arn":"` + formARN + `","access_key_id":"ASIARUN"},"flattened":{"request_parameters":{"instanceId":"` + instance + `"}}}}}`

// wrapped returns the same event in what services, collectors and stores put around it.
func wrapped(t *testing.T) map[string]string {
	t.Helper()
	e := record(nil)
	log := `{"Records":[` + e + `]}`
	base64 := func(text string) string { return `"` + base64.StdEncoding.EncodeToString([]byte(text)) + `"` }
	packed := string(gzipped(t, []byte(log)))
	const flatIdentity = `"UserIdentityType":"AssumedRole","UserIdentityPrincipalid":"` + formWho + `","UserIdentityArn":"` + formARN + `","UserIdentityAccessKeyId":"ASIARUN"`
	return map[string]string{
		"Elasticsearch, a search":             `{"took":3,"timed_out":false,"hits":{"total":{"value":1},"hits":[{"_index":"x","_id":"1","_source":` + e + `}]}}`,
		"Elasticsearch, Elastic's fields":     `{"took":3,"hits":{"total":{"value":1},"hits":[{"_index":"x","_source":` + elasticDoc + `}]}}`,
		"Elasticsearch, indented":             indented(t, `{"took":3,"hits":{"hits":[{"_index":"x","_source":`+elasticDoc+`}]}}`),
		"Elasticsearch, pages of a scroll":    `{"_scroll_id":"x","hits":{"hits":[{"_source":` + e + `}]}}` + "\n" + `{"_scroll_id":"x","hits":{"total":1,"hits":[]}}` + "\n",
		"Elasticsearch, a list of hits":       `[{"_index":"x","_source":` + e + `}]`,
		"Elasticsearch, fields":               `{"hits":{"hits":[{"fields":{"eventID":["e1"],"eventTime":["2026-11-13T23:47:05Z"],"eventName":["TerminateInstances"],"eventSource":["ec2.amazonaws.com"],"awsRegion":["eu-west-1"],"recipientAccountId":["123456789012"],"userIdentity.arn":["` + formARN + `"],"userIdentity.accessKeyId":["ASIARUN"],"requestParameters.instanceId":["` + instance + `"]}}]}}`,
		"Elasticsearch, _bulk":                `{"index":{"_index":"x","_id":"1"}}` + "\n" + e + "\n",
		"Elasticsearch, _bulk of its fields":  `{"create":{}}` + "\n" + elasticDoc + "\n",
		"Elasticsearch, lines":                `{"_index":"x","_source":` + e + "}\n",
		"Elastic, flattened":                  `{"@timestamp":"2026-11-13T23:47:05Z","event.id":"e1","event.action":"TerminateInstances","event.provider":"ec2.amazonaws.com","cloud.region":"eu-west-1","cloud.account.id":"123456789012","aws.cloudtrail.user_identity.arn":"` + formARN + `","aws.cloudtrail.user_identity.access_key_id":"ASIARUN","aws.cloudtrail.request_parameters":"{instanceId=` + instance + `}"}`,
		"Kibana, CSV":                         csvOf(t, []string{"@timestamp", "event.id", "event.action", "event.provider", "cloud.region", "cloud.account.id", "aws.cloudtrail.user_identity.arn", "aws.cloudtrail.user_identity.access_key_id", "aws.cloudtrail.request_parameters"}, []string{"Nov 13, 2026 @ 23:47:05.000", "e1", "TerminateInstances", "ec2.amazonaws.com", "eu-west-1", "123456789012", formARN, "ASIARUN", "{instanceId=" + instance + "}"}),
		"CloudTrail Lake, get-query-results":  `{"QueryStatus":"FINISHED","QueryStatistics":{"ResultsCount":1},"QueryResultRows":[` + lakeRow + `],"NextToken":"x"}`,
		"CloudTrail Lake, results, indented":  indented(t, `{"QueryStatus":"FINISHED","QueryResultRows":[`+lakeRow+`]}`),
		"CloudTrail Lake, results, eventJson": `{"QueryResultRows":[[{"eventJson":` + quoted(e) + `}]]}`,
		"CloudTrail Lake, results, no rows":   `{"QueryResultRows":[` + lakeRow + `]}` + "\n" + `{"QueryStatus":"FINISHED","QueryResultRows":[]}` + "\n",
		"CloudTrail Lake, eventData as text":  `{"eventVersion":"1.0","eventCategory":"Management","eventData":` + quoted(e) + `}`,
		"Logs Insights":                       `{"results":[[{"field":"@timestamp","value":"2026"},{"field":"@message","value":` + quoted(e) + `}]],"status":"Complete"}`,
		"Logs Insights, fields":               `{"results":[[{"field":"eventID","value":"e1"},{"field":"eventTime","value":"2026-11-13T23:47:05Z"},{"field":"eventName","value":"TerminateInstances"},{"field":"eventSource","value":"ec2.amazonaws.com"},{"field":"awsRegion","value":"eu-west-1"},{"field":"recipientAccountId","value":"123456789012"},{"field":"userIdentity.arn","value":"` + formARN + `"},{"field":"userIdentity.accessKeyId","value":"ASIARUN"},{"field":"requestParameters.instanceId","value":"` + instance + `"}]]}`,
		"lookup-events, only the events":      `[` + quoted(e) + `]`,
		"lookup-events, as text":              "EVENTS\tASIA\t" + e + "\te1\tTerminateInstances\n",
		"strings, lines":                      quoted(e) + "\n",
		"strings, encoded twice":              quoted(quoted(e)) + "\n",
		"strings, indented":                   "[\n  null,\n  " + quoted(e) + "\n]\n",
		"a log as a string":                   quoted(log),
		"strings as Records":                  `{"Records":[` + quoted(e) + `]}`,
		"aws logs tail":                       "2026-11-13T23:47:05.000000+00:00 123456789012_CloudTrail_eu-west-1 " + e + "\n",
		"syslog":                              "<134>Nov 13 23:47:05 host cloudtrail: " + e + "\n",
		"fluentd, tabs":                       "2026-11-13T23:47:05Z\taws.cloudtrail\t" + e + "\n",
		"EventBridge, an array":               `[{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":` + e + `}]`,
		"Firehose, one behind the other":      `{"version":"0","detail":` + e + `}{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"CWL CONTROL MESSAGE: x"}]}`,
		"Firehose, to Lambda":                 `{"invocationId":"x","records":[{"recordId":"1","data":` + base64(e) + `}]}`,
		"Kinesis, to Lambda":                  `{"Records":[{"kinesis":{"data":` + base64(packed) + `},"eventSource":"aws:kinesis","eventID":"shardId-000","eventName":"aws:kinesis:record","awsRegion":"eu-west-1"}]}`,
		"Kinesis, get-records":                `{"Records":[{"SequenceNumber":"1","Data":` + base64(e) + `,"PartitionKey":"x"}]}`,
		"CloudWatch Logs, to Lambda":          `{"awslogs":{"data":` + base64(packed) + `}}`,
		"SQS":                                 `{"Messages":[{"MessageId":"1","Body":` + quoted(e) + `}]}`,
		"SQS, to Lambda":                      `{"Records":[{"messageId":"1","body":` + quoted(`{"version":"0","detail":`+e+`}`) + `,"eventSource":"aws:sqs","awsRegion":"eu-west-1"}]}`,
		"SQS of SNS":                          `{"Messages":[{"MessageId":"1","Body":` + quoted(`{"Type":"Notification","Message":`+quoted(e)+`}`) + `}]}`,
		"SNS":                                 `{"Type":"Notification","MessageId":"x","Message":` + quoted(e) + "}\n",
		"SNS of a log":                        `{"Type":"Notification","Message":` + quoted(log) + `}`,
		"SNS, to Lambda":                      `{"Records":[{"EventSource":"aws:sns","Sns":{"Type":"Notification","Message":` + quoted(e) + `}}]}`,
		"Kafka":                               `{"topic":"x","partition":0,"offset":1,"value":` + quoted(e) + `}`,
		"Splunk, HEC":                         `{"time":1794613625,"source":"s","sourcetype":"aws:cloudtrail","event":` + e + `}`,
		"Splunk, HEC, as text":                `{"time":1794613625,"event":` + quoted(e) + `}`,
		"Splunk, search results":              `{"preview":false,"results":[{"_raw":` + quoted(e) + `,"_time":"2026"}]}`,
		"Splunk, export":                      `{"preview":false,"offset":0,"result":{"_raw":` + quoted(e) + `}}` + "\n",
		"Splunk, CSV":                         csvOf(t, []string{"_raw", "_time"}, []string{e, "2026"}),
		"Datadog":                             `{"id":"x","attributes":{"service":"cloudtrail","message":` + quoted(e) + `}}`,
		"Datadog, content":                    `{"id":"x","content":{"timestamp":"2026","attributes":` + e + `}}`,
		"Datadog, an archive":                 `{"_id":"x","date":"2026","source":"cloudtrail","attributes":` + e + `}` + "\n",
		"Datadog, a list":                     `{"data":[{"id":"x","attributes":{"attributes":` + e + `}}],"meta":{}}`,
		"Panther":                             strings.TrimSuffix(e, "}") + `,"p_log_type":"AWS.CloudTrail","p_row_id":"x"}`,
		"Sentinel":                            `{"TimeGenerated":"2026-11-13T23:47:05Z","AwsEventId":"e1","EventName":"TerminateInstances","EventSource":"ec2.amazonaws.com","AWSRegion":"eu-west-1","RecipientAccountId":"123456789012",` + flatIdentity + `,"RequestParameters":"{\"instanceId\":\"` + instance + `\"}","Type":"AWSCloudTrail"}`,
		"Sentinel, CSV":                       csvOf(t, []string{"TimeGenerated [UTC]", "AwsEventId", "EventName", "EventSource", "AWSRegion", "RecipientAccountId", "UserIdentityArn", "UserIdentityAccessKeyId", "RequestParameters"}, []string{"11/13/2026, 11:47:05.000 PM", "e1", "TerminateInstances", "ec2.amazonaws.com", "eu-west-1", "123456789012", formARN, "ASIARUN", `{"instanceId":"` + instance + `"}`}),
		"Sumo Logic, Cribl":                   `{"_raw":` + quoted(e) + `,"_time":1794613625.0}`,
		"Graylog":                             `{"version":"1.1","host":"h","short_message":"x","full_message":` + quoted(e) + `}`,
		"fluentd":                             `{"log":` + quoted(e) + `,"stream":"x"}` + "\n",
		"Loki":                                `{"streams":[{"stream":{},"values":[["1794613625000000000",` + quoted(e) + `]]}]}`,
		"Vector":                              `{"message":` + quoted(e) + `,"timestamp":"2026"}` + "\n",
		"Logstash":                            `{"@version":"1","message":` + quoted(e) + `,"event":{"original":` + quoted(e) + `}}`,
		"New Relic":                           `{"results":[{"message":` + quoted(e) + `,"timestamp":1}]}`,
		"Wazuh":                               `{"timestamp":"2026","rule":{"id":"80202"},"data":{"integration":"aws","aws":` + e + `}}`,
		"OpenTelemetry":                       `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":{"stringValue":` + quoted(e) + `}}]}]}]}`,
		"Google Cloud Logging":                `{"jsonPayload":` + e + `,"insertId":"x"}`,
		"Airbyte":                             `{"_airbyte_ab_id":"x","_airbyte_data":` + e + `}`,
		"Snowflake":                           `{"V":` + e + `}`,
		"Snowflake, CSV":                      csvOf(t, []string{"RAW"}, []string{e}),
		"any name":                            `{"x":{"y":[{"z":` + e + `}]}}`,
		"a log in a log":                      `{"Records":[` + log + `]}`,
		"a list in a log":                     `{"Records":[[` + e + `]]}`,
		"Python":                              strings.NewReplacer(`"`, `'`, "null", "None", "false", "False").Replace(e) + "\n",
		"Windows":                             strings.ReplaceAll(indented(t, log), "\n", "\r\n"),
		"Mac":                                 strings.ReplaceAll(indented(t, log), "\n", "\r"),
		"Parquet, Records":                    parquetOf(t, struct{ Records []recordRow }{[]recordRow{rowOf()}}),
		"Parquet, a struct of any name":       parquetOf(t, struct{ Doc recordRow }{rowOf()}),
		"zstd, a frame that is skipped":       "\x50\x2a\x4d\x18\x04\x00\x00\x00abcd" + string(zstdded(t, []byte(e))),
	}
}

// recordRow is an event as DuckDB and Spark take it from a log.
type recordRow struct {
	EventID            string `parquet:"eventID"`
	EventTime          string `parquet:"eventTime"`
	EventName          string `parquet:"eventName"`
	EventSource        string `parquet:"eventSource"`
	AWSRegion          string `parquet:"awsRegion"`
	RecipientAccountID string `parquet:"recipientAccountId"`
	UserIdentity       struct {
		ARN         string `parquet:"arn"`
		AccessKeyID string `parquet:"accessKeyId"`
	} `parquet:"userIdentity"`
	RequestParameters string `parquet:"requestParameters"`
}

func rowOf() recordRow {
	r := recordRow{"e1", "2026-11-13T23:47:05Z", "TerminateInstances", "ec2.amazonaws.com", "eu-west-1", "123456789012", struct {
		ARN         string `parquet:"arn"`
		AccessKeyID string `parquet:"accessKeyId"`
	}{formARN, "ASIARUN"}, `{"instanceId":"` + instance + `"}`}
	return r
}

// TestWithin reads an event from whatever it is wrapped in.
func TestWithin(t *testing.T) {
	forms := wrapped(t)
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		t.Run(name, func(t *testing.T) {
			for how, content := range map[string]string{"plain": forms[name], "gzip": string(gzipped(t, []byte(forms[name])))} {
				out, report := extract(t, one(content), Config{FollowRoles: true})
				calls := of[*raw.APICall](out)
				if len(calls) != 1 || !report.Scopes[0].Complete || report.Ledger.Out != 1 {
					t.Fatalf("%s: %d calls, %+v, %+v", how, len(calls), out.rejects, report)
				}
				c := calls[0]
				if c.EventID != "e1" || c.Time != "2026-11-13T23:47:05Z" || c.Name != "TerminateInstances" || c.Account != "123456789012" || c.Region != "eu-west-1" || c.Session == nil ||
					*c.Session != (raw.Session{Run: run, Stack: "web", SpaceliftAccount: "acme"}) || c.AccessKey != "ASIARUN" || !slices.Equal(c.Instances, []string{instance}) || c.Mentioned != nil {
					t.Errorf("%s: %+v, %+v", how, c, c.Session)
				}
			}
		})
	}
}

// TestManyWithin counts each event of an answer that holds many, also where no run made them.
func TestManyWithin(t *testing.T) {
	other := func(n int) string {
		return record(map[string]string{"userIdentity": someone, "eventID": fmt.Sprintf(`"o%d"`, n)})
	}
	page := func(events ...string) string {
		for i, e := range events {
			events[i] = `{"_source":` + e + `}`
		}
		return `{"took":1,"hits":{"hits":[` + strings.Join(events, ",") + `]}}` + "\n"
	}
	for name, cfg := range map[string]Config{"default": {}, "roles": {FollowRoles: true}, "changes": {Changes: ChangesManaged, FollowRoles: true, Resources: ResourcesAll}} {
		out, report := extract(t, one(page(other(1), numbered(1), other(2))+page(other(3), other(4))+page(numbered(2))+page()), cfg)
		if report.Ledger.In != 6 || !report.Scopes[0].Complete || report.Scopes[0].Records != 6 {
			t.Errorf("%s: %+v", name, report)
		}
		runs := map[string]bool{}
		for _, c := range of[*raw.APICall](out) {
			runs[c.EventID] = c.Session != nil
		}
		if !runs["n1"] || !runs["n2"] {
			t.Errorf("%s: %v", name, runs)
		}
		if c := of[*raw.Coverage](out); name == "changes" && (len(c) != 1 || c[0].Events != 6) {
			t.Errorf("%+v", c)
		}
	}
}

// TestNoIdentityAnywhere names an object whose events don't say who made them, whatever holds them.
func TestNoIdentityAnywhere(t *testing.T) {
	e := record(map[string]string{"userIdentity": ""})
	for name, content := range map[string]string{
		"a log": `{"Records":[` + e + `]}`, "a log, indented": indented(t, `{"Records":[`+e+`]}`), "lines": e + "\n" + e + "\n", "an array": "[" + e + "]", "null": record(map[string]string{"userIdentity": "null"}),
		"an empty text": record(map[string]string{"userIdentity": `""`}), "strings": "[" + quoted(e) + "]", "lookup-events": `{"Events":[{"EventId":"e1","CloudTrailEvent":` + quoted(e) + `}]}`,
		"lookup-events without the event": `{"Events":[{"EventId":"e1","EventName":"x","EventSource":"y","EventTime":1}]}`, "EventBridge": `{"version":"0","detail":` + e + `}`,
		"CloudWatch Logs": `{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":` + quoted(e) + `}]}`, "Elasticsearch": `{"hits":{"hits":[{"_source":` + e + `}]}}`,
		"CloudTrail Lake": `{"QueryResultRows":[[{"eventID":"e1"},{"eventName":"x"},{"eventSource":"y"},{"eventTime":"2026-11-13 23:47:05"}]]}`, "SQS": `{"Messages":[{"Body":` + quoted(e) + `}]}`,
		"CSV":      csvOf(t, []string{"eventid", "useridentity"}, []string{"e1", ""}, []string{"e2", "null"}),
		"gzip":     string(gzipped(t, []byte(e+"\n"))),
		"aws logs": "2026 stream " + e + "\n",
		"Parquet": parquetOf(t, struct {
			ID  string  `parquet:"eventid"`
			Who *string `parquet:"useridentity,optional"`
		}{ID: "e1"}),
	} {
		_, report := extract(t, one(content), Config{FollowRoles: true})
		if report.Scopes[0].Complete || len(report.Scopes) != 2 || !strings.Contains(report.Scopes[1].Reason, "userIdentity") {
			t.Errorf("%s: %+v", name, report.Scopes)
		}
	}
}

// TestNothingWithin has what holds no event for certain, and makes nothing incomplete.
func TestNothingWithin(t *testing.T) {
	for _, content := range []string{
		"", " \n", "[]", "[[]]", `{"Records":[]}`, `{"Records":null}`, `{"Events":[],"NextToken":"x"}`, `{"QueryStatus":"FINISHED","QueryResultRows":[]}`, `{"took":1,"hits":{"total":{"value":0},"hits":[]}}`, "{\n \"Records\": [\n ]\n}\n",
	} {
		if out, report := extract(t, one(content), Config{}); !report.Scopes[0].Complete || report.Ledger.In != 0 || len(out.rejects) > 0 {
			t.Errorf("%q: %+v", content, report)
		}
	}
}
