package pipeline

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"liftgraph/extract/cloudtrail"
	"liftgraph/fixtures/sample"
	trail "liftgraph/fixtures/sample/cloudtrail"
	"liftgraph/graph"
	"liftgraph/internal/objects"
)

// withTrail adds the sample's CloudTrail, from files.
func withTrail(t *testing.T, cfg Config) Config {
	t.Helper()
	dir := t.TempDir()
	if err := sample.WriteCloudTrail(dir); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error { // as when it is the same input each time
		return errors.Join(err, os.Chtimes(path, time.Time{}, time.Unix(1700000000, 0)))
	})
	if err != nil {
		t.Fatal(err)
	}
	store, err := objects.Open(t.Context(), dir, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cfg.CloudTrail = &CloudTrail{Config: cloudtrail.Config{Sources: []cloudtrail.Source{{URI: dir, Store: store}}, FollowRoles: true, Temp: t.TempDir()}}
	return cfg
}

// calls is a sink that keeps the edges of API calls.
type calls struct {
	table *graph.Table
	edges []trail.Edge
}

func (c *calls) Table(t *graph.Table) (graph.TableWriter, error) {
	c.table = t
	return c, nil
}
func (c *calls) Close() error { return nil }
func (c *calls) Write(row graph.Row) error {
	r := c.table.Relationship
	if r == nil || r.Type != graph.Affected {
		return nil
	}
	cell := func(name string) string {
		i := slices.IndexFunc(c.table.Columns, func(p graph.Property) bool { return p.Name == name })
		return strings.Clone(row[i].Text)
	}
	e := trail.Edge{
		Run: cell(graph.StartID), Instance: cell(graph.EndID), EventID: cell("event_id"), EventTime: cell("event_time"),
		EventName: cell("event_name"), Account: cell("aws_account"), Region: cell("aws_region"),
	}
	if e.EventID != "" {
		c.edges = append(c.edges, e)
	}
	return nil
}

// Every call of a run is an edge, and nothing else is, whatever is asked for.
func TestCloudTrailOfTheSample(t *testing.T) {
	for name, o := range map[string]trail.Options{
		"defaults": {}, "all": {IncludeReadOnly: true, IncludeFailed: true, StubRuns: true}, "read only": {IncludeReadOnly: true}, "failed": {IncludeFailed: true},
		"no roles": {IgnoreRoles: true},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := withTrail(t, config(t, filepath.Join(t.TempDir(), "data")))
			cfg.CloudTrail.IncludeReadOnly, cfg.CloudTrail.IncludeFailed, cfg.CloudTrail.FollowRoles = o.IncludeReadOnly, o.IncludeFailed, !o.IgnoreRoles
			cfg.StubRuns = o.StubRuns
			got := new(calls)
			cfg.Also = got
			m, err := Run(context.Background(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			if in := m.Incomplete(); len(in) > 0 {
				t.Errorf("incomplete: %+v", in)
			}
			want := map[trail.Edge]bool{}
			for _, e := range trail.Truth(o) {
				want[e] = true
			}
			for _, e := range got.edges {
				if !want[e] {
					t.Errorf("too much: %v", e)
				}
				delete(want, e)
			}
			for e := range want {
				t.Errorf("missing: %v", e)
			}
		})
	}
}

// In one go or stage by stage: the same bytes.
func TestRunEqualsStagesWithCloudTrail(t *testing.T) {
	one := withTrail(t, config(t, filepath.Join(t.TempDir(), "one")))
	one.Keep = true
	if _, err := Run(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	two := withTrail(t, config(t, filepath.Join(t.TempDir(), "two")))
	two.CloudTrail.Workers = 1
	published, err := Extract(t.Context(), two)
	if err != nil || len(published) != 2 {
		t.Fatal(published, err)
	}
	if _, err := Transform(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	m, err := Emit(t.Context(), two)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"raw/spacelift", "raw/cloudtrail", "graph", "csv", "parquet", "quarantine/transform"} {
		sameFiles(t, filepath.Join(one.Data, dir), filepath.Join(two.Data, dir))
	}
	var ledgers []string
	for _, l := range m.Ledger {
		ledgers = append(ledgers, l.Stage+" "+l.Source)
	}
	if want := []string{"extract spacelift", "extract cloudtrail", "transform spacelift", "transform cloudtrail", "transform instance_inventory", "transform relationships", "emit graph"}; !slices.Equal(ledgers, want) {
		t.Errorf("ledgers %q", ledgers)
	}
}
