package engine

import (
	"reflect"
	"testing"
)

func TestElementsOfBothDialects(t *testing.T) {
	for typ, expect := range map[string][]column{
		"array<struct<eventid:string,useridentity:struct<arn:string,attributes:map<string,string>>,n:decimal(10,2)>>": {
			{name: "eventid", typ: "string"}, {name: "useridentity", typ: "struct<arn:string,attributes:map<string,string>>"}, {name: "n", typ: "decimal(10,2)"}},
		`array(row(eventid varchar(36), "odd "", (name" row(a varchar, b array(integer)), t timestamp(3) with time zone))`: {
			{name: "eventid", typ: "varchar(36)"}, {name: `odd ", (name`, typ: "row(a varchar, b array(integer))"}, {name: "t", typ: "timestamp(3) with time zone"}},
		"ARRAY(ROW(eventid varchar))":  {{name: "eventid", typ: "varchar"}},
		"array(varchar)":               nil,
		"array<string>":                nil,
		"array(row(varchar))":          nil,
		"row(eventid varchar)":         nil,
		"map<string,struct<a:string>>": nil,
		"array":                        nil,
		"":                             nil,
	} {
		got, ok := elements(typ)
		if ok != (expect != nil) || !reflect.DeepEqual(got, expect) {
			t.Errorf("%s: got %v, %v", typ, got, ok)
		}
	}
}

func TestValuesBecomeText(t *testing.T) {
	for typ, expect := range map[string]string{
		"string": "c", "varchar(10)": "c", "VARCHAR": "c", "char(3)": "c",
		"json":                        "json_format(c)",
		"struct<a:string>":            "json_format(CAST(c AS json))",
		"array(row(a varchar))":       "json_format(CAST(c AS json))",
		"map<string,string>":          "json_format(CAST(c AS json))",
		"boolean":                     "CAST(c AS varchar)",
		"bigint":                      "CAST(c AS varchar)",
		"date":                        "CAST(c AS varchar)",
		"timestamp(3)":                "date_format(c, '%Y-%m-%dT%H:%i:%sZ')",
		"timestamp":                   "date_format(c, '%Y-%m-%dT%H:%i:%sZ')",
		"timestamp(6) with time zone": "date_format(c AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%i:%sZ')",
	} {
		if got := asText("c", typ); got != expect {
			t.Errorf("%s: got %s", typ, got)
		}
	}
}
