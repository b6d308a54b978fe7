package cloudtrail

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"liftgraph/internal/raw"
)

// events are three: a call of a run, one of another caller, and again one of the run's.
var events = []string{
	record(nil),
	record(map[string]string{"userIdentity": someone, "eventID": `"e2"`}),
	record(map[string]string{"eventID": `"e3"`, "eventName": `"CreateTags \"{[\\"`, "requestParameters": `{"a":"}{\\","b":[{"c":"` + instance + `"}]}`}),
}

// export returns an event's fields as an Athena export has them.
func export(t testing.TB, event string) map[string]string {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(event), &fields); err != nil {
		t.Fatal(err)
	}
	cells := map[string]string{}
	for k, v := range fields {
		var s string
		switch {
		case string(v) == "null":
		case json.Unmarshal(v, &s) == nil:
			cells[strings.ToLower(k)] = s
		default:
			cells[strings.ToLower(k)] = string(v)
		}
	}
	return cells
}

var csvColumns = []string{"eventid", "useragent", "eventtime", "eventname", "eventsource", "awsregion", "recipientaccountid", "useridentity", "requestparameters", "responseelements", "readonly"}

func asCSV(t testing.TB) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write(csvColumns)
	for _, e := range events {
		var row []string
		for _, c := range csvColumns {
			row = append(row, export(t, e)[c])
		}
		w.Write(row)
	}
	w.Flush()
	return b.String()
}

func asLines(t testing.TB) string {
	var b strings.Builder
	for _, e := range events {
		line, err := json.Marshal(export(t, e))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", line)
	}
	return b.String()
}

func indented(t testing.TB, text string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
		t.Fatal(err)
	}
	return b.String() + "\n"
}

func TestShapes(t *testing.T) {
	list := strings.Join(events, ",")
	document := `{"Records":[` + list + `]}`
	quoted := strings.ReplaceAll(asCSV(t), "eventid,", `"eventid",`)
	shapes := map[string]string{
		"raw":                     document,
		"raw, a line":             document + "\n",
		"raw, indented":           indented(t, document),
		"raw, a record a line":    "{\"Records\":[\n" + strings.Join(events, ",\n") + "\n]}\n",
		"raw, lower case":         `{ "records" : [` + list + `] }`,
		"raw, another key first":  `{"version":{"a":[{"b":1}]},"Records":[` + list + `],"more":[{"c":{}},{"d":1}]}`,
		"raw, several":            `{"Records":[` + events[0] + `]}{"Records":[]}` + "\n" + `{"Records":[` + events[1] + "," + events[2] + `],"x":{}}`,
		"raw, a document a line":  `{"Records":[` + events[0] + "]}\n" + `{"Records":[` + events[1] + "," + events[2] + "]}\n",
		"lines":                   strings.Join(events, "\n"),
		"lines, Windows":          strings.Join(events, "\r\n") + "\r\n\r\n",
		"lines, exported":         asLines(t),
		"lines, two on one":       events[0] + "\n" + events[1] + " " + events[2] + "\n",
		"objects":                 strings.Join(events, ""),
		"objects, indented":       indented(t, events[0]) + indented(t, events[1]) + indented(t, events[2]),
		"array":                   "[" + list + "]",
		"array, indented":         indented(t, "["+list+"]"),
		"arrays":                  "[" + events[0] + "]\n[]\n[" + events[1] + "," + events[2] + "]",
		"CSV":                     asCSV(t),
		"CSV, Windows":            strings.ReplaceAll(asCSV(t), "\n", "\r\n"),
		"CSV, quoted, upper case": strings.Replace(quoted, "eventtime", "EventTime", 1),
		"Parquet":                 asParquet(t),
		"Parquet, nested":         asNestedParquet(t),
	}
	want := ""
	for name, text := range shapes {
		for compression, content := range map[string][]byte{
			"plain": []byte(text), "gzip": gzipped(t, []byte(text)), "zstd": zstdded(t, []byte(text)),
			"gzip members": append(gzipped(t, []byte(text[:10])), gzipped(t, []byte(text[10:]))...),
			"BOM":          append([]byte("\uFEFF"), text...),
		} {
			if compression == "BOM" && strings.HasPrefix(name, "Parquet") {
				continue
			}
			t.Run(name+","+compression, func(t *testing.T) {
				out, report := extract(t, one(string(content)), Config{FollowRoles: true})
				got := strings.NewReplacer(`CreateTags \"{[\\`, "", `,"mentioned":["`+instance+`"]`, "").Replace(out.lines(t))
				if want == "" {
					want = got
				}
				if got != want || len(out.records) != 3 || report.Ledger.In != 3 || !report.Scopes[0].Complete {
					t.Errorf("got  %s\nwant %s\n%+v", got, want, report)
				}
				out, report = extract(t, one(string(content)), Config{FollowRoles: true, Sources: []Source{{Lines: []int64{3}}}})
				if calls := of[*raw.APICall](out); len(calls) != 1 || calls[0].EventID != "e3" || report.Ledger.In != 3 || report.Ledger.Filtered["not_named"] == 0 {
					t.Errorf("of the third event alone: %d records, %+v", len(out.records), report)
				}
			})
		}
	}
}

type exported struct {
	EventID           string    `parquet:"eventid"`
	EventTime         string    `parquet:"eventtime"`
	EventName         *string   `parquet:"eventname,optional"`
	EventSource       string    `parquet:"eventsource"`
	AWSRegion         string    `parquet:"awsregion"`
	Account           string    `parquet:"account"`
	UserIdentity      *string   `parquet:"useridentity,optional"`
	RequestParameters *string   `parquet:"requestparameters,optional"`
	ResponseElements  *string   `parquet:"responseelements,optional"`
	Resources         *string   `parquet:"resources,optional"`
	ErrorCode         *string   `parquet:"errorcode,optional"`
	ReadOnly          string    `parquet:"readonly"`
	AdditionalIgnored []float64 `parquet:"more,list"`
}

func asParquet(t testing.TB) string {
	return writeParquet(t, func(c map[string]string, cell func(string) *string) exported {
		return exported{
			EventID: c["eventid"], EventTime: c["eventtime"], EventName: cell("eventname"), EventSource: c["eventsource"], AWSRegion: c["awsregion"], Account: c["recipientaccountid"],
			UserIdentity: cell("useridentity"), RequestParameters: cell("requestparameters"), ResponseElements: cell("responseelements"), ReadOnly: c["readonly"], AdditionalIgnored: []float64{1, 2},
		}
	})
}

type nested struct {
	EventID      string    `parquet:"eventID"`
	EventTime    time.Time `parquet:"eventTime,timestamp(millisecond)"`
	EventName    string    `parquet:"eventName"`
	AWSRegion    string    `parquet:"awsRegion"`
	UserIdentity struct {
		Type           string  `parquet:"type"`
		ARN            *string `parquet:"arn,optional"`
		AccessKeyID    *string `parquet:"accessKeyId,optional"`
		SessionContext *struct {
			SourceIdentity *string `parquet:"sourceIdentity,optional"`
		} `parquet:"sessionContext,optional"`
	} `parquet:"userIdentity"`
	Resources          []resource `parquet:"resources,list"`
	ReadOnly           bool       `parquet:"readOnly"`
	RecipientAccountID string     `parquet:"recipientAccountId"`
}

type resource struct {
	ARN  string  `parquet:"arn"`
	Type *string `parquet:"type,optional"`
}

// asNestedParquet has the instance as a resource.
func asNestedParquet(t testing.TB) string {
	return writeParquet(t, func(c map[string]string, _ func(string) *string) nested {
		at, err := time.Parse(time.RFC3339, c["eventtime"])
		if err != nil {
			t.Fatal(err)
		}
		row := nested{EventID: c["eventid"], EventTime: at, EventName: c["eventname"], AWSRegion: c["awsregion"], RecipientAccountID: c["recipientaccountid"]}
		var who struct{ ARN, AccessKeyID string }
		if err := json.Unmarshal([]byte(c["useridentity"]), &who); err != nil {
			t.Fatal(err)
		}
		row.UserIdentity.Type, row.UserIdentity.ARN, row.UserIdentity.AccessKeyID = "AssumedRole", &who.ARN, &who.AccessKeyID
		row.Resources = []resource{{ARN: "arn:aws:ec2:eu-west-1:1:volume/vol-1"}, {ARN: "arn:aws:ec2:eu-west-1:1:instance/" + instance}}
		return row
	})
}

func writeParquet[T any](t testing.TB, row func(cells map[string]string, cell func(string) *string) T) string {
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, parquet.Compression(&parquet.Snappy))
	for _, e := range events {
		cells := export(t, e)
		if _, err := w.Write([]T{row(cells, func(name string) *string {
			if v, ok := cells[name]; ok {
				return &v
			}
			return nil
		})}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil { // a row group each
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
