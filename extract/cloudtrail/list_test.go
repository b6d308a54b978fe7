package cloudtrail

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPruning(t *testing.T) {
	keys := []string{
		"AWSLogs/1/CloudTrail-Digest/eu-west-1/2026/11/10/d.json.gz",
		"AWSLogs/1/CloudTrail-Insight/eu-west-1/2026/11/10/i.json.gz",
		"AWSLogs/1/CloudTrail/eu-west-1/2026/10/31/a",
		"AWSLogs/1/CloudTrail/eu-west-1/2026/11/09/a",
		"AWSLogs/1/CloudTrail/eu-west-1/2026/11/10/a",
		"AWSLogs/1/CloudTrail/eu-west-1/2026/11/12/a",
		"AWSLogs/1/CloudTrail/eu-west-1/2026/11/13/a",
		"AWSLogs/1/CloudTrail/eu-west-1/2027/01/01/a",
		"AWSLogs/1/CloudTrail/us-east-1/2026/11/11/a",
		"CloudTrail-Digest/x",
		"export/_SUCCESS",
		"export/0f1e.csv.metadata",
		"export/0f1e-manifest.csv",
		"export/0f1e.csv",
		"hive/year=2026/month=11/day=09/a",
		"hive/year=2026/month=11/day=11/a",
		"hive/year=2026/month=12/day=01/a",
		"not-CloudTrail-Digest/a",
		"partitions/dt=2026-11-09/a",
		"partitions/dt=2026-11-10/a",
		"partitions/dt=2026-11-13/a",
		"partitions/dt=2026-11-14/a",
		"partitions/region=eu/date=2026-11-12/hour=03/a",
		"times/2026/1/1/a",
	}
	slices.Sort(keys)
	date := func(s string) time.Time {
		d, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for name, c := range map[string]struct {
		from, to time.Time
		left     []string // out
	}{
		"no dates": {left: []string{"CloudTrail-", "export/_SUCCESS", "metadata", "manifest"}},
		"both": {date("2026-11-10T15:00:00Z"), date("2026-11-12T00:00:00Z"), []string{
			"CloudTrail-", "export/_SUCCESS", "metadata", "manifest", "/10/31/", "/11/09/", "/11/13/", "/2027/", "day=09", "month=12", "-11-09", "-11-13", "-11-14",
		}},
		"in another zone": {date("2026-11-10T01:00:00+02:00"), time.Time{}, []string{"CloudTrail-", "export/_SUCCESS", "metadata", "manifest", "/10/31/"}},
	} {
		t.Run(name, func(t *testing.T) {
			var want []string
			for _, k := range keys {
				out := slices.ContainsFunc(c.left, func(s string) bool { return strings.Contains(k, s) })
				if !out || strings.HasPrefix(k, "not-") {
					want = append(want, k)
				}
			}
			s := &shelf{content: map[string][]byte{}}
			for _, k := range keys {
				s.content[k] = nil
			}
			p := newPruner(c.from, c.to)
			var got []string
			for o := range s.List(t.Context(), p.prune) {
				got = append(got, o.Key)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			if p.companions != 3 || c.from.IsZero() != (p.undated == 0) {
				t.Errorf("%+v", p)
			}
		})
	}
}

func TestJumps(t *testing.T) {
	day := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
	p := newPruner(day, day)
	for key, want := range map[string]string{
		"AWSLogs/1/CloudTrail-Digest/eu-west-1/2026/11/10/d": "AWSLogs/1/CloudTrail-Digest0",
		"CloudTrail-Insight/x":                               "CloudTrail-Insight0",
		"AWSLogs/1/CloudTrail/eu-west-1/2024/01/02/a":        "AWSLogs/1/CloudTrail/eu-west-1/2026/11/10",
		"o/AWSLogs/1/CloudTrail/eu-west-1/2026/11/11/a":      "o/AWSLogs/1/CloudTrail/eu-west-1/:",
		"L/eu-west-1/2024/01/02/a":                           "L/eu-west-1/2024/01/020",
		"L/eu-west-1/2026/11/11/a":                           "L/eu-west-1/2026/11/110",
		"h/year=2024/month=01/day=02/a":                      "h/year=2024/month=01/day=020",
		"dt=2024-01-01/a":                                    "dt=2024-01-010",
		"p/dt=2026-11-11/a":                                  "p/dt=2026-11-110",
		"2024/01/01/AWSLogs/1/2026/11/10/a":                  "",
		"2026/11/11":                                         "",
		"2026-11-11/a":                                       "",
	} {
		if got := p.prune(key); got != want {
			t.Errorf("%s: %q, not %q", key, got, want)
		}
		if want != "" && p.prune(key) < key {
			t.Errorf("%s jumps back", key)
		}
	}
}

// A key without a date is read, wherever it stands among those that have one.
func TestUndatedAmongDated(t *testing.T) {
	day := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
	p := newPruner(day, day)
	s := &shelf{content: map[string][]byte{}}
	undated := []string{"p/2024-export.csv", "p/2024/things", "p/2025/export.csv", "p/2026/11/12x.csv", "p/2027.csv", "q/dt=2024-01-02.csv", "q/dt=2026.csv", "q/dt=3/a"}
	for _, key := range append(undated, "p/2024/01/02/a", "p/2026/11/11/a", "p/2026/11/13/a", "q/dt=2024-01-01/a", "q/dt=2026-11-11/a") {
		s.content[key] = nil
	}
	var got []string
	for o := range s.List(t.Context(), p.prune) {
		got = append(got, o.Key)
	}
	if !slices.Equal(got, undated) || p.undated != int64(len(undated)) {
		t.Errorf("%q", got)
	}
}

// The folders above a directory that was given count as if it weren't.
func TestPruningBelowRoot(t *testing.T) {
	day := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
	const trail = "/d/AWSLogs/1/CloudTrail/us-east-1/"
	for _, c := range []struct{ uri, key, want string }{
		{trail + "2026", "11/09/a", "11/10"},
		{"file://" + trail + "2026/", "11/10/a", ""},
		{trail + "2026", "11/11/a", "11/11/a"},
		{trail + "2026/11", "09/a", "10"},
		{trail + "2025", "11/09/a", "11/09/a"},
		{trail + "2026/11/09", "a", ""},
		{"/d/2026", "11/09/a", "11/090"},
		{"/d/CloudTrail-Digest/us-east-1", "2026/11/10/a", "2026/11/10/a"},
		{"/d", "CloudTrail-Insight/a", "CloudTrail-Insight0"},
		{"s3://b/2026/", "2026/11/09/a", "2026/11/090"},
	} {
		p := newPruner(day, day)
		p.root = rootOf(c.uri)
		if got := p.prune(c.key); got != c.want {
			t.Errorf("%s, %s: %q, not %q", c.uri, c.key, got, c.want)
		}
	}
}
