package cloudtrail

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liftgraph/internal/objects"
)

const sampleRun = "01M7B6WRR2SHTT9YBY5JMATC7M"

// TestCases reads files in forms that people have them in, each after a report of one that wasn't understood.
func TestCases(t *testing.T) {
	const a = "i-0aaaaaaaaaaaaaaa1"
	var nullWords []string
	for _, word := range []string{"-", "<nil>", "N", "NULL", "NaN", "None", "empty", "nan", "null"} {
		nullWords = append(nullWords, "ev-w-"+word+" "+sampleRun+" "+a)
	}
	for name, want := range map[string]struct {
		calls   []string // event run instance
		rejects int
	}{
		"lookup-events":         {calls: []string{"ev-le1 " + sampleRun + " " + a, "ev-le2 " + sampleRun + " " + a}},
		"lake-hive-text":        {calls: []string{"ev-chained " + sampleRun + " " + a, "ev-direct " + sampleRun + " " + a}},
		"mentioned-not-touched": {calls: []string{"ev-lb " + sampleRun + " " + a}},
		"null-words":            {calls: nullWords},
		"other-services":        {calls: []string{"ev-ct " + sampleRun + " " + a}},
		"identity-text":         {calls: []string{"ev-py " + sampleRun + " " + a}},
		"parquet-empty-group":   {calls: []string{"ev-a1 " + sampleRun + " " + a, "ev-a2 " + sampleRun + " " + a, "ev-a3 " + sampleRun + " " + a}},
		"parquet-uuid":          {calls: []string{"0ee0ee00-aaaa-4aaa-8aaa-000000000001 " + sampleRun + " " + a, "0ee0ee00-aaaa-4aaa-8aaa-000000000002 " + sampleRun + " " + a}},
		"duckdb-times":          {calls: []string{"0ee0ee00-aaaa-4aaa-8aaa-000000000001 " + sampleRun + " " + a, "0ee0ee00-aaaa-4aaa-8aaa-000000000002 " + sampleRun + " " + a}},
		"null-among-records":    {calls: []string{"6af613b6-569c-5c22-9c37-2ed93f31d3af 01J8Z000000000000000RUN000 i-00abc000000000001", "e4d80b30-151e-51b5-9f4f-18a3b82718e6 01J8Z000000000000000RUN000 i-00abc00000000000b"}, rejects: 1},
	} {
		t.Run(name, func(t *testing.T) {
			out, report := extractDir(t, filepath.Join("testdata", "cases", name))
			var calls []string
			for _, f := range facts(out) {
				calls = append(calls, strings.Join([]string{f.EventID, f.Run, f.Instance}, " "))
			}
			slices.Sort(calls)
			if !slices.Equal(calls, want.calls) || len(out.rejects) != want.rejects || !report.Scopes[0].Complete {
				t.Errorf("got  %q\nwant %q\n%+v\n%+v\n%s", calls, want.calls, out.rejects, report, out.lines(t))
			}
		})
	}
}

func extractDir(t *testing.T, dir string) (*output, *Report) {
	t.Helper()
	store, err := objects.Open(t.Context(), dir, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := new(output)
	report, err := Extract(t.Context(), Config{Sources: []Source{{URI: dir, Store: store}}, FollowRoles: true, Temp: t.TempDir()}, out)
	if err != nil {
		t.Fatal(err)
	}
	return out, report
}
