package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// output are the columns of a result, all of them text: the names that Athena exports have, and the reader of exports knows.
var output = []string{
	"eventid", "eventtime", "eventname", "eventsource", "awsregion", "account",
	"useridentity", "requestparameters", "responseelements", "resources", "errorcode", "errormessage", "readonly",
}

// outputOfResources are the columns more that package resource looks at.
var outputOfResources = []string{
	"managementevent", "eventcategory", "eventtype", "useragent", "sourceipaddress", "sharedeventid", "sessioncredentialfromconsole",
}

// output returns the columns of the result.
func (c *Config) output() []string {
	if c.touches() {
		return slices.Concat(output, outputOfResources)
	}
	return output
}

// layout is a table seen as one row an event.
type layout struct {
	from   string            // what stands after FROM; the table is named t
	fields map[string]string // an expression for each of output
	time   string            // one that events' times can be compared by
	date   string            // how a date is written to be compared with it, as a layout of Go
	calls  string            // the condition for what is a call, not an insight, which trails may hold too; "": none is known
}

// shapeOf returns how events are stored in a table, by its columns: one a row, in columns; one file a row, in an array named
// records; or one file (or one event) a row, as it was written by CloudTrail.
func shapeOf(table string, columns []column) (layout, error) {
	var data []column
	for _, c := range columns {
		if !c.partition {
			data = append(data, c)
		}
	}
	table += " AS t"
	if _, ok := find(data, "eventid"); ok {
		return inColumns(table, data, "t")
	}
	if c, ok := find(data, "records"); ok {
		if inner, ok := elements(c.typ); ok {
			return inColumns(unnest(table, "t."+quote(c.name), inner), inner, "r")
		}
	}
	if len(data) == 1 && categoryOf(data[0].typ) == textType {
		return inLines(table, data[0]), nil
	}
	return layout{}, errors.New("it has neither a column eventid, nor an array of structs named records, nor a single column of text")
}

func unnest(table, array string, elements []column) string {
	var names []string
	for _, c := range elements {
		names = append(names, quote(c.name))
	}
	return fmt.Sprintf("%s\n  CROSS JOIN UNNEST(%s) AS r (%s)", table, array, strings.Join(names, ", "))
}

// inColumns is the layout of events that lie in columns. What the rules can do without may be missing.
func inColumns(from string, columns []column, alias string) (layout, error) {
	for _, n := range []string{"eventid", "eventtime", "eventname", "useridentity"} {
		if _, ok := find(columns, n); !ok {
			return layout{}, fmt.Errorf("it has no column %s", n)
		}
	}
	fields := make(map[string]string)
	for _, n := range slices.Concat(output, outputOfResources) {
		names := []string{n}
		if n == "account" {
			names = []string{"recipientaccountid", "account"}
		}
		var values []string
		for _, n := range names {
			if c, ok := find(columns, n); ok {
				values = append(values, asText(alias+"."+quote(c.name), c.typ))
			}
		}
		switch len(values) {
		case 0:
			fields[n] = "CAST(NULL AS varchar)"
		case 1:
			fields[n] = values[0]
		default:
			fields[n] = "COALESCE(" + strings.Join(values, ", ") + ")"
		}
	}
	l := layout{from: from, fields: fields, time: fields["eventtime"], date: textDate}
	switch c, _ := find(columns, "eventtime"); categoryOf(c.typ) { // as it is, so that the engine can use what it knows of the column
	case timeType:
		l.time, l.date = alias+"."+quote(c.name), "TIMESTAMP '2006-01-02 00:00:00'"
	case zonedTimeType:
		l.time, l.date = alias+"."+quote(c.name), "TIMESTAMP '2006-01-02 00:00:00 UTC'"
	default:
	}
	if c, ok := find(columns, "eventcategory"); ok {
		l.calls = noInsight(asText(alias+"."+quote(c.name), c.typ), "Insight")
	} else if c, ok := find(columns, "eventtype"); ok {
		l.calls = noInsight(asText(alias+"."+quote(c.name), c.typ), "AwsCloudTrailInsight")
	}
	return l, nil
}

func noInsight(expr, insight string) string {
	return fmt.Sprintf("COALESCE(%s, '') <> '%s'", expr, insight)
}

// textDate is how CloudTrail's times begin.
const textDate = "'2006-01-02'"

// inLines takes events out of JSON text: a file of CloudTrail is one line, and some deliver one event a line. Each is parsed
// once, into a map, whose keys stay as they are written in every engine.
func inLines(table string, line column) layout {
	l := "t." + quote(line.name)
	member := func(key string) string { return fmt.Sprintf("element_at(r.event, '%s')", key) }
	scalar := func(key string) string { return fmt.Sprintf("json_extract_scalar(%s, '$')", member(key)) }
	whole := func(key string) string { return fmt.Sprintf("NULLIF(json_format(%s), 'null')", member(key)) }
	return layout{
		time:  scalar("eventTime"),
		date:  textDate,
		calls: noInsight(scalar("eventCategory"), "Insight"),
		from: fmt.Sprintf("%[1]s\n  CROSS JOIN UNNEST(COALESCE(CAST(json_extract(%[2]s, '$.Records') AS array(map(varchar, json))),\n"+
			"    ARRAY[TRY(CAST(json_parse(%[2]s) AS map(varchar, json)))])) AS r (event)", table, l),
		fields: map[string]string{
			"eventid":           scalar("eventID"),
			"eventtime":         scalar("eventTime"),
			"eventname":         scalar("eventName"),
			"eventsource":       scalar("eventSource"),
			"awsregion":         scalar("awsRegion"),
			"account":           scalar("recipientAccountId"),
			"useridentity":      whole("userIdentity"),
			"requestparameters": whole("requestParameters"),
			"responseelements":  whole("responseElements"),
			"resources":         whole("resources"),
			"errorcode":         scalar("errorCode"),
			"readonly":          scalar("readOnly"),

			"errormessage":                 scalar("errorMessage"),
			"managementevent":              scalar("managementEvent"),
			"eventcategory":                scalar("eventCategory"),
			"eventtype":                    scalar("eventType"),
			"useragent":                    scalar("userAgent"),
			"sourceipaddress":              scalar("sourceIPAddress"),
			"sharedeventid":                scalar("sharedEventID"),
			"sessioncredentialfromconsole": scalar("sessionCredentialFromConsole"),
		},
	}
}
