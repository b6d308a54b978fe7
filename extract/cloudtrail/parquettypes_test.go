package cloudtrail

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"

	"liftgraph/internal/raw"
)

// typed is a column by its logical type, and a value of it.
type typed struct {
	node  parquet.Node
	value parquet.Value
}

// typedRow writes one event whose columns have these types, the others being text.
func typedRow(t *testing.T, columns map[string]typed) string {
	t.Helper()
	text := func(s string) typed { return typed{parquet.String(), parquet.ByteArrayValue([]byte(s))} }
	all := map[string]typed{
		"eventid": text("e1"), "eventtime": text("2026-11-13T23:47:05Z"), "eventname": text("TerminateInstances"), "eventsource": text("ec2.amazonaws.com"), "awsregion": text("eu-west-1"),
		"recipientaccountid": text("011122223333"), "useridentity": text("{arn=" + formARN + ", accesskeyid=ASIARUN}"), "requestparameters": text(`{"instanceId":"` + instance + `"}`), "readonly": text("false"),
	}
	for name, c := range columns {
		all[name] = c
	}
	group := parquet.Group{}
	for name, c := range all {
		group[name] = c.node
	}
	schema := parquet.NewSchema("events", group)
	var row parquet.Row
	for i, f := range schema.Fields() {
		row = append(row, all[f.Name()].value.Level(0, 0, i))
	}
	var b bytes.Buffer
	w := parquet.NewWriter(&b, schema)
	if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestParquetTypes reads values by what their types mean, and not as they are stored.
func TestParquetTypes(t *testing.T) {
	const account, seconds = 11122223333, 1794613625
	days := int32(seconds / 86400)
	at := func(node parquet.Node, v parquet.Value) map[string]typed {
		return map[string]typed{"eventtime": {node, v}}
	}
	owner := func(node parquet.Node, v parquet.Value) map[string]typed {
		return map[string]typed{"recipientaccountid": {node, v}}
	}
	only := func(node parquet.Node, v parquet.Value) map[string]typed {
		return map[string]typed{"readonly": {node, v}}
	}
	julian := deprecated.Int96{uint32(uint64(85625*1e9) & 0xffffffff), uint32(uint64(85625*1e9) >> 32), uint32(days) + 2440588}
	uuid := [16]byte{0x0e, 0xe0, 0xee, 0x00, 0xaa, 0xaa, 0x4a, 0xaa, 0x8a, 0xaa, 15: 7}
	const day = "2026-11-13T00:00:00Z"
	for name, c := range map[string]struct {
		columns  map[string]typed
		id, time string // "": as the other columns have them
		reads    bool
	}{
		"UUID":                  {columns: map[string]typed{"eventid": {parquet.UUID(), parquet.FixedLenByteArrayValue(uuid[:])}}, id: "0ee0ee00-aaaa-4aaa-8aaa-000000000007"},
		"DECIMAL in 64 bits":    {columns: owner(parquet.Decimal(0, 18, parquet.Int64Type), parquet.Int64Value(account))},
		"DECIMAL with a scale":  {columns: owner(parquet.Decimal(2, 18, parquet.Int64Type), parquet.Int64Value(account*100))},
		"DECIMAL in bytes":      {columns: owner(parquet.Decimal(0, 20, parquet.FixedLenByteArrayType(9)), parquet.FixedLenByteArrayValue([]byte{0x0, 0x0, 0x0, 0x0, 0x2, 0x96, 0xef, 0xa8, 0xe5}))},
		"DOUBLE":                {columns: owner(parquet.Leaf(parquet.DoubleType), parquet.DoubleValue(account))},
		"INT64":                 {columns: owner(parquet.Int(64), parquet.Int64Value(account))},
		"UINT64":                {columns: owner(parquet.Uint(64), parquet.Int64Value(account))},
		"TIMESTAMP in millis":   {columns: at(parquet.Timestamp(parquet.Millisecond), parquet.Int64Value(seconds*1e3))},
		"TIMESTAMP in micros":   {columns: at(parquet.Timestamp(parquet.Microsecond), parquet.Int64Value(seconds*1e6))},
		"TIMESTAMP in nanos":    {columns: at(parquet.Timestamp(parquet.Nanosecond), parquet.Int64Value(seconds*1e9))},
		"INT96":                 {columns: at(parquet.Leaf(parquet.Int96Type), parquet.Int96Value(julian))},
		"INT64 as seconds":      {columns: at(parquet.Int(64), parquet.Int64Value(seconds))},
		"INT64 as millis":       {columns: at(parquet.Int(64), parquet.Int64Value(seconds*1e3))},
		"UINT32 as seconds":     {columns: at(parquet.Uint(32), parquet.Int32Value(seconds))},
		"DOUBLE as seconds":     {columns: at(parquet.Leaf(parquet.DoubleType), parquet.DoubleValue(seconds))},
		"DECIMAL as seconds":    {columns: at(parquet.Decimal(3, 18, parquet.Int64Type), parquet.Int64Value(seconds*1e3))},
		"DATE":                  {columns: at(parquet.Date(), parquet.Int32Value(days)), time: day},
		"BOOLEAN":               {columns: only(parquet.Leaf(parquet.BooleanType), parquet.BooleanValue(true)), reads: true},
		"INT8 as a boolean":     {columns: only(parquet.Int(8), parquet.Int32Value(1)), reads: true},
		"UINT8 as a boolean":    {columns: only(parquet.Uint(8), parquet.Int32Value(0))},
		"fixed text":            {columns: only(parquet.Leaf(parquet.FixedLenByteArrayType(2)), parquet.FixedLenByteArrayValue([]byte("no")))},
		"DOUBLE as a boolean":   {columns: only(parquet.Leaf(parquet.DoubleType), parquet.DoubleValue(1)), reads: true},
		"ENUM as a boolean":     {columns: only(parquet.Enum(), parquet.ByteArrayValue([]byte("TRUE"))), reads: true},
		"JSON":                  {columns: map[string]typed{"useridentity": {parquet.JSON(), parquet.ByteArrayValue([]byte(`{"arn":"` + formARN + `","accessKeyId":"ASIARUN"}`))}}},
		"TIME is no event time": {columns: at(parquet.Time(parquet.Millisecond), parquet.Int32Value(1000)), time: "-"},
	} {
		t.Run(name, func(t *testing.T) {
			out, _ := extract(t, one(typedRow(t, c.columns)), Config{FollowRoles: true})
			calls := of[*raw.APICall](out)
			switch {
			case c.time == "-":
				if len(out.rejects) != 1 || out.rejects[0].Reason != "invalid_event_time" {
					t.Errorf("%+v", out.rejects)
				}
				return
			case c.reads:
				if len(calls) > 0 {
					t.Errorf("it only reads: %+v", calls[0])
				}
				return
			case len(calls) != 1:
				t.Fatal(out.lines(t), out.rejects)
			}
			id, when := c.id, c.time
			if id == "" {
				id = "e1"
			}
			if when == "" {
				when = "2026-11-13T23:47:05Z"
			}
			if got := calls[0]; got.EventID != id || got.Time != when || got.Account != "011122223333" || !slices.Equal(got.Instances, []string{instance}) || got.Session == nil || got.Session.Run != run {
				t.Errorf("%+v", got)
			}
		})
	}
}

type parquetGrant struct {
	ID      string `parquet:"eventid"`
	Time    string `parquet:"eventtime"`
	Name    string `parquet:"eventname"`
	Source  string `parquet:"eventsource"`
	Account string `parquet:"recipientaccountid"`
	Who     struct {
		ARN string `parquet:"arn"`
		Key string `parquet:"accesskeyid"`
	} `parquet:"useridentity"`
	Request struct {
		Role string            `parquet:"rolearn"`
		Name string            `parquet:"rolesessionname"`
		Tags map[string]string `parquet:"tags"`
	} `parquet:"requestparameters"`
}

// TestParquetGrants follows roles whose credentials are a struct, a map, or a map of maps.
func TestParquetGrants(t *testing.T) {
	base := parquetGrant{ID: "g1", Time: "2026-11-13T23:47:05Z", Name: "AssumeRole", Source: "sts.amazonaws.com", Account: "123456789012"}
	base.Who.ARN, base.Who.Key = formARN, "ASIARUN"
	type credentials struct {
		Key   string `parquet:"accessKeyId"`
		Token string `parquet:"sessionToken"`
	}
	for name, content := range map[string]string{
		"a struct": parquetOf(t, struct {
			parquetGrant
			Response struct {
				Credentials credentials `parquet:"credentials"`
			} `parquet:"responseelements"`
		}{base, struct {
			Credentials credentials `parquet:"credentials"`
		}{credentials{"ASIAGIVEN", "x"}}}),
		"a map of texts": parquetOf(t, struct {
			parquetGrant
			Response map[string]string `parquet:"responseelements"`
		}{base, map[string]string{"credentials": "{accessKeyId=ASIAGIVEN, sessionToken=x}"}}),
		"a map of JSON": parquetOf(t, struct {
			parquetGrant
			Response map[string]string `parquet:"responseelements"`
		}{base, map[string]string{"credentials": `{"accessKeyId":"ASIAGIVEN"}`}}),
		"a map of structs": parquetOf(t, struct {
			parquetGrant
			Response map[string]credentials `parquet:"responseelements"`
		}{base, map[string]credentials{"credentials": {"ASIAGIVEN", "x"}}}),
		"text": parquetOf(t, struct {
			parquetGrant
			Response string `parquet:"responseelements"`
		}{base, `{credentials={accesskeyid=ASIAGIVEN}}`}),
	} {
		out, _ := extract(t, one(content), Config{FollowRoles: true})
		if grants := of[*raw.Grant](out); len(grants) != 1 || grants[0].Key != "ASIAGIVEN" || grants[0].Session == nil || grants[0].Session.Run != run {
			t.Errorf("%s: %s", name, out.lines(t))
		}
	}
}

// TestParquetGroups reads row groups behind one without rows, in every place.
func TestParquetGroups(t *testing.T) {
	var b bytes.Buffer
	w := parquet.NewGenericWriter[recordRow](&b)
	for i := range 5 {
		r := rowOf()
		r.EventID = fmt.Sprint("e", i)
		if _, err := w.Write([]recordRow{r}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out, report := extract(t, one(b.String()), Config{})
	if len(of[*raw.APICall](out)) != 5 || !report.Scopes[0].Complete {
		t.Error(report)
	}
}
