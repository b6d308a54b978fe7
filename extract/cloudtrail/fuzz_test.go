package cloudtrail

import (
	"bytes"
	"encoding/json"
	"liftgraph/extract/cloudtrail/scan/oracle"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"liftgraph/fixtures/generate/cloudtrail"
	"liftgraph/internal/raw"
)

// FuzzRecord compares what the shortcut returns for a record with what a full parse returns; however it is
// spelled.
func FuzzRecord(f *testing.F) {
	for i, e := range events {
		f.Add([]byte(e), uint64(i))
	}
	for i, change := range []map[string]string{
		{"userIdentity": `{"\u0061rn":"arn:aws-cn:sts::1:assumed-role\/a\/b\/\u0030\u0031` + run[2:] + `@x"}`},
		{"userIdentity": `"{\"principalid\":\"AROAX:\\u0030` + run[1:] + `\",\"x\":null}"`, "readOnly": `"true"`},
		{"requestParameters": `"[\"\\ni-01234567\",{\"i-00000000\":\"x\\\\ti-00000001\"}]"`, "eventID": `7`},
		{"userIdentity": `{"sessionContext":{"sourceIdentity":"spacelift-run-` + run + `."}}`, "resources": `[{"ARN":"a:instance/i-76543210"}],"RESOURCES":null`},
		{"errorCode": `"x"`, "userIdentity": someone},
	} {
		f.Add([]byte(record(change)), uint64(i))
	}
	f.Fuzz(func(t *testing.T, given []byte, seed uint64) {
		text := given
		if seed > 0 && json.Valid(given) && utf8.Valid(given) {
			text = []byte(respell(rand.New(rand.NewPCG(seed, 0)), given))
		}
		if !json.Valid(text) || !utf8.Valid(text) || bytes.TrimSpace(text)[0] != '{' || strings.Contains(strings.ToLower(string(text)), "records") || strings.Contains(strings.ToLower(string(text)), "events") {
			return
		}
		run, ok := oracle.Run(text)
		if !ok || oracle.Text(text, "userIdentity")+oracle.Text(text, "eventID")+oracle.Text(text, "eventName") == "" {
			return
		}
		ids := oracle.Instances(text)
		failed := oracle.Text(text, "errorCode") != ""
		for _, cfg := range []Config{{IncludeReadOnly: true}, {IncludeReadOnly: true, AllInstances: true}, {IncludeReadOnly: true, FollowRoles: true}} {
			out, report := extract(t, one(string(text)), cfg)
			if report.Ledger.In != 1 {
				t.Fatalf("%+v, %+v", report.Ledger, report.Scopes)
			}
			calls := of[*raw.APICall](out)
			switch {
			case len(out.rejects) > 0:
				if run == "" && !cfg.FollowRoles || failed || len(ids) == 0 || oracle.Text(text, "eventID") != "" && out.rejects[0].Reason != "invalid_event_time" {
					t.Errorf("rejected: %+v", out.rejects)
				}
			case run != "" && !failed && len(ids) > 0:
				if len(calls) != 1 || calls[0].Session == nil || calls[0].Session.Run != run || !reflect.DeepEqual(calls[0].Instances, ids) || calls[0].EventID != oracle.Text(text, "eventID") {
					t.Errorf("%s, %q: %s", run, ids, out.lines(t))
				}
			case run != "" || !cfg.FollowRoles:
				if len(calls) > 0 {
					t.Errorf("%s, %q: %s", run, ids, out.lines(t))
				}
			}
			if got := of[*raw.Instance](out); cfg.AllInstances && !failed && len(calls)+len(out.rejects) == 0 && len(got) != len(ids) {
				t.Errorf("%d instances, not %q", len(got), ids)
			}
		}
	})
}

// TestSpellings spells the events of a generated log in many ways: what is delivered is the same.
func TestSpellings(t *testing.T) {
	log, _ := cloudtrail.New(cloudtrail.Config{Seed: 5, Records: 500, Spacelift: 0.5}).Raw(0)
	records, _ := oracle.Records(log)
	plain, other := "", ""
	r := rand.New(rand.NewPCG(1, 1))
	for _, record := range records {
		plain += string(record) + "\n"
		other += respell(r, record) + "\n"
	}
	for _, cfg := range []Config{{}, {FollowRoles: true}, {AllInstances: true}} {
		want, _ := extract(t, one(plain), cfg)
		got, _ := extract(t, one(other), cfg)
		if want, got := want.lines(t), got.lines(t); got != want || len(want) < 10_000 {
			t.Errorf("%+v: %d bytes, not %d", cfg, len(got), len(want))
		}
	}
}

// FuzzObject reads anything: the ledger balances, whatever it is.
func FuzzObject(f *testing.F) {
	for _, text := range []string{strings.Join(events, "\n"), "{\"Records\":[\n" + events[0] + "]}", asCSV(f), asLines(f), asParquet(f), "{type=x, arn=,}", `{"a":{` + "\n{}\n"} {
		f.Add([]byte(text))
		f.Add(gzipped(f, []byte(text)))
		f.Add(zstdded(f, []byte(text)))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		out, report := extract(t, one(string(content)), Config{FollowRoles: true, AllInstances: true, IncludeFailed: true, IncludeReadOnly: true})
		if report.Scopes[0].Records != report.Ledger.In || len(out.records) > 0 && report.Ledger.In == 0 {
			t.Errorf("%+v", report)
		}
	})
}

// FuzzKeys has keys of any form: a jump never goes back, and an object of the days asked for is always read.
func FuzzKeys(f *testing.F) {
	f.Add("AWSLogs/1/CloudTrail/eu-west-1/2026/11/09/a", uint8(9))
	f.Add("a/year=2026/month=11/day=13/b", uint8(200))
	f.Add("dt=2026-11-10/x", uint8(10))
	f.Fuzz(func(t *testing.T, key string, day uint8) {
		date := time.Date(2026, 11, int(day), 0, 0, 0, 0, time.UTC)
		p := newPruner(date, date)
		if to := p.prune(key); to != "" && to < key {
			t.Errorf("%q jumps back to %q", key, to)
		}
		for _, form := range []string{"2006/01/02", "year=2006/month=01/day=02", "dt=2006-01-02"} {
			own := "p/" + date.Format(form) + "/a"
			for _, other := range []string{"p/" + date.AddDate(0, 0, -1).Format(form) + "/z", "p/" + date.AddDate(-1, 0, 0).Format(form) + "/z"} {
				if to := p.prune(other); to == "" || to > own {
					t.Errorf("%q jumps to %q, over %q", other, to, own)
				}
			}
			if to := p.prune(own); to != "" {
				t.Errorf("%q is left out", own)
			}
		}
	})
}
