package scan

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// FuzzOCSF writes events as Security Lake's versions do, and finds in each what it was made of.
func FuzzOCSF(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 6))
		word := func(before string) string { return fmt.Sprintf("%s%x", before, r.Uint32()) }
		at := time.Unix(1_500_000_000+r.Int64N(1e9), 0).UTC()
		arn, principal, key := "arn:aws:sts::123456789012:assumed-role/r/"+word("s"), "AROA"+word("X")+":s", "ASIA"+word("K")
		want := map[field]string{
			eventID: word("id"), eventName: word("Run"), eventSource: word("") + ".amazonaws.com", awsRegion: "eu-west-1", recipientAccountID: fmt.Sprintf("%012d", 1+r.Int64N(1e11)),
		}
		type m = map[string]any
		user := m{"type": "AssumedRole", "account": m{"uid": "123456789012"}, "credential_uid": key}
		names := []string{"uid", "uuid", "uid_alt"}
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		user[names[0]], user[names[1]] = arn, principal
		api := m{"operation": want[eventName], "service": m{"name": want[eventSource]}}
		unmapped := m{}
		if r.IntN(2) == 0 {
			want[requestParameters] = `{"instanceId":"i-0123456789abcdef0"}`
			api["request"] = m{"data": m{"instanceId": "i-0123456789abcdef0"}}
		}
		if r.IntN(2) == 0 {
			want[errorCode], want[errorMessage] = "AccessDenied", "You may not"
			api["response"] = m{"error": want[errorCode], "error_message": want[errorMessage]}
		}
		if r.IntN(2) == 0 {
			want[responseElements] = `{"reservationId":"r-1"}`
			unmapped[[]string{"responseElements.reservationId", "responseElements/reservationId"}[r.IntN(2)]] = "r-1"
		}
		record := m{
			"metadata": m{"uid": want[eventID], "version": []string{"1.1.0", "1.3.0"}[r.IntN(2)], "product": m{"name": "CloudTrail"}}, "class_uid": 6003, "activity_id": 1, "api": api,
			"cloud": m{"region": want[awsRegion], "account": m{"uid": want[recipientAccountID]}}, "actor": m{"user": user}, "unmapped": unmapped,
		}
		if r.IntN(2) == 0 {
			record["time"] = at.UnixMilli()
		} else {
			record["time_dt"] = at.Format(time.RFC3339)
		}
		switch r.IntN(3) {
		case 0:
			want[readOnly] = "true"
			unmapped["readOnly"] = "true"
		case 1:
			want[readOnly] = "true"
			record["activity_id"] = 2
		}
		if r.IntN(4) == 0 { // maps as text, as in CSV
			for _, name := range []string{"unmapped", "actor", "api"} {
				record[name] = string(marshal(record[name]))
			}
		}
		text, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		e, err := recordOf(text)
		if err != nil {
			t.Fatal(err)
		}
		for f := range fieldCount {
			if got := string(e[f]); f != userIdentity && f != eventTime && got != want[f] {
				t.Errorf("%s: %q, not %q\n%s", fieldNames[f], got, want[f], text)
			}
		}
		if got, ok := e.time(); !ok || got != at.Format(time.RFC3339) {
			t.Errorf("at %s, not %s\n%s", got, at, text)
		}
		if who, ok := identityOf(e[userIdentity]); !ok || who.arn != arn || who.principal != principal || who.key != key || who.account != "123456789012" {
			t.Errorf("%+v\n%s", who, text)
		}
	})
}

// FuzzTimes writes times as exporters do, and reads each again; a number is what it is in whatever unit.
func FuzzTimes(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 7))
		at := time.Unix(1_000_000_000+r.Int64N(3e9), 0).UTC()
		form := timeForms[r.IntN(len(timeForms))]
		unit := []int64{1, 1e3, 1e6, 1e9}[r.IntN(4)]
		for _, text := range []string{
			at.Format(form), `"` + at.Format(form) + `"`, at.Format("2006-01-02T15:04:05.000Z"), at.Format("2006-01-02 15:04:05.000000"), at.Format("2006-01-02 15:04:05.000000+00"),
			fmt.Sprint(at.Unix() * unit), fmt.Sprintf("%d.0", at.Unix()*unit), fmt.Sprintf("%d.%09dE9", at.Unix()/1e9, at.Unix()%1e9),
			at.In(time.FixedZone("", 3600*(r.IntN(24)-12))).Format(time.RFC3339),
		} {
			if got, ok := timeOf(text); !ok || !got.Equal(at) {
				t.Errorf("%s: %v %v, not %v", text, got, ok, at)
			}
		}
	})
}
