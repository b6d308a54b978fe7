package engine

import (
	"fmt"
	"slices"
	"strings"
)

// selection returns the query for the events of a table, in words that Athena and Trino share.
func (c *Config) selection(columns []column) (string, error) {
	table, err := tableName(c.Table)
	if err != nil {
		return "", err
	}
	shape, err := shapeOf(table.sql(), columns)
	if err != nil {
		return "", c.unfit(err)
	}
	days, err := c.days(columns, shape)
	if err != nil {
		return "", c.unfit(err)
	}
	var fields []string
	for _, n := range c.output() {
		fields = append(fields, shape.fields[n]+" AS "+n)
	}
	conditions := days
	if shape.calls != "" {
		conditions = append(conditions, shape.calls)
	}
	where := ""
	if len(conditions) > 0 {
		where = "\n  WHERE " + strings.Join(conditions, "\n    AND ")
	}
	return fmt.Sprintf("SELECT %s\nFROM (\n  SELECT\n    %s\n  FROM %s%s\n) AS e\nWHERE %s",
		strings.Join(c.output(), ", "), strings.Join(fields, ",\n    "), shape.from, where, c.filter()), nil
}

func (c *Config) unfit(err error) error {
	return fmt.Errorf("the table %s can't be searched: %w (docs/guide/engines.md shows tables that can)", c.Table, err)
}

// unload is what Athena runs. The place must be empty.
func unload(selection, location string) string {
	return fmt.Sprintf("UNLOAD (\n%s\n)\nTO %s\nWITH (format = 'PARQUET', compression = 'SNAPPY')", selection, literal(location))
}

// create is what Trino runs: the data of an external table stays where it is when the table is dropped.
func create(table name, selection, location string) string {
	return fmt.Sprintf("CREATE TABLE %s\nWITH (format = 'PARQUET', external_location = %s)\nAS\n%s", table.sql(), literal(location), selection)
}

// documented are the columns of the table that AWS documents for CloudTrail's logs
// (https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html), as far as they matter.
var documented = slices.Concat(textColumns("eventtime", "eventsource", "eventname", "awsregion", "errorcode", "errormessage", "requestparameters",
	"responseelements", "eventid", "readonly", "recipientaccountid", "eventcategory"), []column{
	{name: "useridentity", typ: "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string>"},
	{name: "resources", typ: "array<struct<arn:string,accountid:string,type:string>>"},
	{name: "timestamp", typ: "string", partition: true},
})

func textColumns(names ...string) []column {
	var columns []column
	for _, n := range names {
		columns = append(columns, column{name: n, typ: "string"})
	}
	return columns
}
