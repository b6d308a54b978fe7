package cloudtrail

import (
	"fmt"
	"strings"
	"testing"

	"liftgraph/extract/cloudtrail/scan"
)

// What has records, but no event among them, is named.
func TestOtherObjects(t *testing.T) {
	a := numbered(1)
	for name, content := range map[string]string{
		"a log of others": `{"detail":{"Records":[{"a":` + fmt.Sprintf("%q", a[:20]) + `}]}}`,
		"an error":        `{"message":"The security token included in the request is expired","code":"ExpiredToken"}`,
		"AWS Config":      `{"fileVersion":"1.0","configurationItems":[{"resourceId":"i-0123456789abcdef0","arn":"` + run + `"},{"resourceId":"b"}]}`,
		"a large one":     `{"fileVersion":"1.0","configurationItems":[` + strings.Repeat(`{"resourceId":"`+strings.Repeat("x", 1000)+`"},`, 10_000) + `{}]}`,
		"many records":    strings.Repeat(`{"a":1}`+"\n", 5000),
		"only bad lines":  strings.Repeat("{oops\n", 10),
	} {
		t.Run(name, func(t *testing.T) {
			out, report := extract(t, one(content), Config{FollowRoles: true, AllInstances: true})
			if len(report.Scopes) != 2 || report.Scopes[1].Complete || report.Scopes[1].Records != 0 || report.Ledger.In != 0 || len(out.records)+len(out.rejects) > 0 {
				t.Fatalf("%+v", report)
			}
			if reason := report.Scopes[1].Reason; !strings.Contains(reason, scan.ErrUnknown.Error()) {
				t.Error(reason)
			}
		})
	}
}

// A log may be spelled in other ways, and hold something else between its events, which is reported.
func TestOtherRecords(t *testing.T) {
	a, b := numbered(1), numbered(2)
	for name, c := range map[string]struct {
		content string
		rejects []int64 // at these places
	}{
		"nulls first":        {`{"Records":[null, null ,` + a + "," + b + `]}`, nil},
		"an escaped key":     {`{"\u0052ecords":[` + a + "," + b + `]}`, nil},
		"an escaped, a line": {`{"\u0052ecords":[` + a + "]}\n" + `{"Record\u0073":[` + b + `]}`, nil},
		"an empty log first": {`{"v":1,"Records":[]}` + a + b, nil},
		"another one first":  {`{"Records":[{"x":1},` + a + "," + b + `]}`, []int64{1}},
		"others between":     {a + "\n{oops\n" + `{"x":"` + run + `"}` + "\n{}\n" + b, []int64{2, 3, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			out, report := extract(t, one(c.content), Config{})
			if !report.Scopes[0].Complete || report.Ledger.Out != 2 || report.Ledger.In != int64(2+len(c.rejects)) || len(out.rejects) != len(c.rejects) {
				t.Fatalf("%+v", report)
			}
			for i, at := range c.rejects {
				if r := out.rejects[i]; r.Offset != at || r.Reason != "malformed" {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

// A text that is cut is named, and what stands before the cut is delivered.
func TestCutLines(t *testing.T) {
	rows := asCSV(t)
	for name, c := range map[string]struct {
		content, reason string
		records         int
	}{
		"lines":              {events[0] + "\n" + events[1] + "\n" + events[2][:60], "in the middle", 2},
		"lines of logs":      {`{"Records":[` + events[0] + "]}\n" + `{"Records":[` + events[1] + "]", "in the middle", 2},
		"CSV, in quotes":     {rows[:len(rows)-40], "from line 4 on", 2},
		"CSV, between cells": {rows + "x,y", "from line 5 on", 3},
		"CSV, a stray quote": {strings.Replace(rows, "\ne2,", "\ne2\",", 1), "from line 3 on", 1},
		"CSV, two of them":   {strings.Replace(rows, "\ne2,", "\ne2\",", 1) + "x\",\n" + strings.SplitAfterN(rows, "\n", 2)[1], "from line 3 on", 1},
		"a whole last line":  {events[0] + "\n" + events[1], "", 2},
		"a whole last row":   {strings.TrimSuffix(rows, "\n"), "", 3},
		"late lines":         {strings.Repeat(" ", 64<<10) + "\n" + events[0] + "\n" + events[1], "", 2},
		"later lines":        {strings.Repeat("\n", 3*64<<10+5) + events[0] + "\n", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, report := extract(t, one(c.content), Config{})
			s := report.Scopes[len(report.Scopes)-1]
			if s.Complete != (c.reason == "") || !strings.Contains(s.Reason, c.reason) || s.Records != int64(c.records) {
				t.Errorf("%+v", s)
			}
		})
	}
}
