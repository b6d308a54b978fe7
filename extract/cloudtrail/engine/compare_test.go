package engine

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"liftgraph/extract/cloudtrail"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// delivered is everything that an extraction delivers, each record as text.
type delivered map[string]struct{}

func (o delivered) Record(r raw.Record) error { return o.add(string(r.Kind()), r) }

func (o delivered) Reject(r raw.Rejected) error {
	return o.add("rejected", []any{r.Reason, r.Detail, r.Record}) // where it was found differs
}

func (o delivered) add(kind string, v any) error {
	text, err := json.Marshal(v)
	o[kind+" "+string(text)] = struct{}{}
	return err
}

// read returns what a source delivers with the switches of a search.
func read(t *testing.T, source cloudtrail.Source, c Config) delivered {
	t.Helper()
	o := delivered{}
	report, err := cloudtrail.Extract(t.Context(), cloudtrail.Config{
		Sources: []cloudtrail.Source{source}, From: c.From, To: c.To, Temp: t.TempDir(),
		IncludeReadOnly: c.IncludeReadOnly, IncludeFailed: c.IncludeFailed, FollowRoles: c.FollowRoles, AllInstances: c.AllInstances,
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range report.Scopes {
		if !s.Complete {
			t.Errorf("%s: %s", s.Object, s.Reason)
		}
	}
	return o
}

// options reach the S3 server of the test.
func options() objects.Options {
	return objects.Options{AWS: &objects.AWS{PathStyle: true}}
}

// direct returns what is found in the objects themselves.
func direct(t *testing.T, uri string, c Config) delivered {
	t.Helper()
	store, err := objects.Open(t.Context(), uri, options())
	if err != nil {
		t.Fatal(err)
	}
	return read(t, cloudtrail.Source{URI: uri, Store: store}, c)
}

// searched returns what is found in an engine's result.
func searched(t *testing.T, c Config) (delivered, *Result) {
	t.Helper()
	r, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	source, found, err := r.Source(t.Context(), options())
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		return delivered{}, r
	}
	return read(t, source, c), r
}

func same(t *testing.T, got, want delivered) {
	t.Helper()
	for _, record := range slices.Sorted(maps.Keys(want)) {
		if _, ok := got[record]; !ok {
			t.Errorf("the engine misses %s", record)
		}
	}
	for _, record := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[record]; !ok {
			t.Errorf("only the engine returns %s", record)
		}
	}
}
