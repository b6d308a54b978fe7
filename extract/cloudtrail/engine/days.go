package engine

import (
	"fmt"
	"strings"
	"time"
)

// dateNames are what a partition column with a whole date in it is called; that of AWS's own examples is the first.
var dateNames = []string{"timestamp", "date", "dt", "day", "datehour", "event_date", "eventdate", "log_date", "partition_date"}

// days returns the conditions that bound the days to be searched. Where the table is partitioned by date, other partitions
// are left out, as the reader of objects leaves out those with another date in their key; else events by their time, which
// saves output alone. An object holds what happened a while before its date too, so a day more is taken then.
func (c *Config) days(columns []column, l layout) ([]string, error) {
	if c.From.IsZero() && c.To.IsZero() {
		return nil, nil
	}
	if c.DateColumn != "" {
		p, ok := find(columns, c.DateColumn)
		if !ok {
			return nil, fmt.Errorf("it has no column %s, which was named as that of the date", c.DateColumn)
		}
		return c.inDate(p), nil
	}
	var partitions []column
	for _, p := range columns {
		if p.partition && p.datable() {
			partitions = append(partitions, p)
		}
	}
	if _, ok := find(partitions, "year"); ok {
		return c.inYear(partitions), nil
	}
	for _, p := range partitions {
		if categoryOf(p.typ) == dateType || p.projection["type"] == "date" {
			return c.inDate(p), nil
		}
	}
	if p, ok := find(partitions, dateNames...); ok {
		return c.inDate(p), nil
	}
	from, to := c.From, c.To
	if !from.IsZero() {
		from = from.AddDate(0, 0, -1)
	}
	return between(l.time, l.date, from, to), nil
}

// The ways of writing a date, as layouts of Go and as formats of partition projection. An hour may follow.
var dateLayouts = []struct{ layout, format string }{
	{"'2006/01/02'", "yyyy/MM/dd"},
	{"'2006-01-02'", "yyyy-MM-dd"},
	{"'20060102'", "yyyyMMdd"},
}

// datable reports whether the column's format, where it is known, is one that can be compared with dates.
func (c column) datable() bool {
	format := c.projection["format"]
	for _, l := range dateLayouts {
		if format == "" || strings.HasPrefix(format, l.format) {
			return true
		}
	}
	return false
}

// inDate bounds a column that holds dates.
func (c *Config) inDate(p column) []string {
	expr := "t." + quote(p.name)
	if categoryOf(p.typ) == dateType {
		return between(expr, "DATE '2006-01-02'", c.From, c.To)
	}
	if format := p.projection["format"]; format != "" {
		for _, l := range dateLayouts {
			if strings.HasPrefix(format, l.format) {
				return between(expr, l.layout, c.From, c.To)
			}
		}
	}
	return betweenAny(expr, c.From, c.To)
}

// between bounds an expression by dates that are written in one way.
func between(expr, layout string, from, to time.Time) []string {
	var conditions []string
	if !from.IsZero() {
		conditions = append(conditions, expr+" >= "+day(from).Format(layout))
	}
	if !to.IsZero() {
		conditions = append(conditions, expr+" < "+day(to).AddDate(0, 0, 1).Format(layout))
	}
	return conditions
}

// betweenAny does the same where it isn't known how dates are written. Engines make ranges of the alternatives, so that
// no other partition is listed. Separators sort as - / 0, and their successors . 0: so a range of one way, within its
// year, holds no date that is written in another.
func betweenAny(expr string, from, to time.Time) []string {
	var conditions []string
	if !from.IsZero() {
		f := day(from)
		conditions = append(conditions, fmt.Sprintf("(%[1]s >= %[2]s OR %[1]s >= %[3]s AND %[1]s < %[4]s OR %[1]s >= %[5]s AND %[1]s < %[6]s)", expr,
			f.Format("'20060102'"), f.Format("'2006/01/02'"), f.Format("'20060'"), f.Format("'2006-01-02'"), f.Format("'2006.'")))
	}
	if !to.IsZero() {
		t := day(to).AddDate(0, 0, 1)
		conditions = append(conditions, fmt.Sprintf("(%[1]s < %[2]s OR %[1]s >= %[3]s AND %[1]s < %[4]s OR %[1]s >= %[5]s AND %[1]s < %[6]s)", expr,
			t.Format("'2006-01-02'"), t.Format("'2006/'"), t.Format("'2006/01/02'"), t.Format("'20060'"), t.Format("'20060102'")))
	}
	return conditions
}

// inYear bounds the columns year, month and day, of which the latter may be missing: numbers or text, with or without
// zeros in front. The year is bounded once more, in a form that catalogs can search by.
func (c *Config) inYear(partitions []column) []string {
	year, _ := find(partitions, "year")
	terms := []string{fmt.Sprintf("CAST(t.%s AS integer) * 10000", quote(year.name))}
	if month, ok := find(partitions, "month"); ok {
		terms = append(terms, fmt.Sprintf("CAST(t.%s AS integer) * 100", quote(month.name)))
		if d, ok := find(partitions, "day"); ok {
			terms = append(terms, fmt.Sprintf("CAST(t.%s AS integer)", quote(d.name)))
		}
	}
	layout := "2006"
	if categoryOf(year.typ) == textType {
		layout = "'2006'"
	}
	var conditions []string
	bound := func(t time.Time, op string) {
		parts := []int{t.Year() * 10000, int(t.Month()) * 100, t.Day()}
		number := 0
		for _, p := range parts[:len(terms)] {
			number += p
		}
		conditions = append(conditions,
			fmt.Sprintf("t.%s %s %s", quote(year.name), op, t.Format(layout)),
			fmt.Sprintf("%s %s %d", strings.Join(terms, " + "), op, number))
	}
	if !c.From.IsZero() {
		bound(day(c.From), ">=")
	}
	if !c.To.IsZero() {
		bound(day(c.To), "<=")
	}
	return conditions
}
