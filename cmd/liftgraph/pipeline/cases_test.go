package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liftgraph/emit"
	"liftgraph/emit/published"
	"liftgraph/extract/audittrail"
	"liftgraph/extract/cloudtrail"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// The folders of inputs that people had, by the stage that reads them.
const (
	trailCases = "../../../extract/cloudtrail/testdata/cases"
	auditCases = "../../../extract/audittrail/testdata/cases"
)

// TestCases takes inputs in the forms that people have them in through extract, transform and emit, to the edges.
func TestCases(t *testing.T) {
	const run, one = "01M7B6WRR2SHTT9YBY5JMATC7M", "i-0aaaaaaaaaaaaaaa1"
	base := config(t, filepath.Join(t.TempDir(), "base"))
	if _, err := Extract(t.Context(), base); err != nil {
		t.Fatal(err)
	}
	words := make([]string, 0, 9)
	for _, word := range []string{"-", "<nil>", "N", "NULL", "NaN", "None", "empty", "nan", "null"} {
		words = append(words, run+" ev-w-"+word+" "+one)
	}
	uuids := []string{run + " 0ee0ee00-aaaa-4aaa-8aaa-000000000001 " + one + " 011122223333", run + " 0ee0ee00-aaaa-4aaa-8aaa-000000000002 " + one + " 011122223333"}
	for name, c := range map[string]struct {
		edges       []string // run, event, instance, and the account where the case is about it
		quarantined int64    // records of extract
		read        int64    // 0: as many as there are edges, at least
	}{
		"lookup-events":         {edges: []string{run + " ev-le1 " + one, run + " ev-le2 " + one}},
		"lake-hive-text":        {edges: []string{run + " ev-chained " + one, run + " ev-direct " + one}},
		"mentioned-not-touched": {edges: []string{run + " ev-lb " + one}},
		"null-words":            {edges: words},
		"other-services":        {edges: []string{run + " ev-ct " + one}},
		"identity-text":         {edges: []string{run + " ev-py " + one}},
		"parquet-empty-group":   {edges: []string{run + " ev-a1 " + one, run + " ev-a2 " + one, run + " ev-a3 " + one}},
		"parquet-uuid":          {edges: uuids},
		"duckdb-times":          {edges: []string{run + " 0ee0ee00-aaaa-4aaa-8aaa-000000000001 " + one, run + " 0ee0ee00-aaaa-4aaa-8aaa-000000000002 " + one}},
		"null-among-records":    {quarantined: 1, read: 2}, // of another Spacelift account's run, so that there are no edges
	} {
		t.Run(name, func(t *testing.T) {
			cfg := caseConfig(t, base)
			dir := filepath.Join(trailCases, name)
			store, err := objects.Open(t.Context(), dir, objects.Options{})
			if err != nil {
				t.Fatal(err)
			}
			cfg.CloudTrail = &CloudTrail{Config: cloudtrail.Config{Sources: []cloudtrail.Source{{URI: dir, Store: store}}, FollowRoles: true, Temp: t.TempDir()}}
			m := emitted(t, cfg)
			got := new(calls)
			publishedRows(t, cfg, got)
			var edges []string
			for _, e := range got.edges {
				text := strings.Join([]string{e.Run, e.EventID, e.Instance}, " ")
				if name == "parquet-uuid" {
					text += " " + e.Account
				}
				edges = append(edges, text)
			}
			slices.Sort(edges)
			slices.Sort(c.edges)
			if !slices.Equal(edges, c.edges) {
				t.Errorf("got  %q\nwant %q", edges, c.edges)
			}
			read, quarantined := extractedOf(m, "cloudtrail")
			if quarantined != c.quarantined || read < max(c.read, int64(len(c.edges))) {
				t.Errorf("%d records were read, and %d are in quarantine, not %d", read, quarantined, c.quarantined)
			}
		})
	}
	t.Run("audit-concatenated", func(t *testing.T) {
		cfg := caseConfig(t, base)
		dir := filepath.Join(auditCases, "audit-concatenated")
		store, err := objects.Open(t.Context(), dir, objects.Options{})
		if err != nil {
			t.Fatal(err)
		}
		cfg.AuditTrail = &AuditTrail{Files: audittrail.Config{Sources: []audittrail.Source{{URI: dir, Store: store}}}}
		m := emitted(t, cfg)
		events := new(rowsOf)
		publishedRows(t, cfg, events)
		if _, n := extractedOf(m, "audittrail"); events.count != 3 || n != 0 {
			t.Errorf("%d nodes of events, and %d records in quarantine, not 3 and 0", events.count, n)
		}
	})
}

// caseConfig is a run over the account that base has read, with the sources that the caller sets.
func caseConfig(t *testing.T, base Config) Config {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(filepath.Join(data, "raw", "spacelift"), os.DirFS(filepath.Join(base.Data, "raw", "spacelift"))); err != nil {
		t.Fatal(err)
	}
	cfg := base
	cfg.Data, cfg.Temp, cfg.Spacelift = data, filepath.Join(data, ".tmp"), nil
	cfg.Targets = []emit.Target{{Format: emit.CSV, Dir: filepath.Join(data, "csv")}}
	return cfg
}

// emitted runs all stages, which must be complete, and returns the last one's manifest.
func emitted(t *testing.T, cfg Config) (m *dataset.Manifest) {
	t.Helper()
	all, err := Extract(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Transform(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if m, err = Emit(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	for _, m := range append(all, m) {
		if in := m.Incomplete(); len(in) > 0 {
			t.Errorf("%s is incomplete: %+v", m.Stage, in)
		}
	}
	return m
}

// publishedRows reads the rows back that were emitted.
func publishedRows(t *testing.T, cfg Config, to graph.Sink) {
	t.Helper()
	d, err := published.Open(cfg.Targets[0].Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range d.Model.Tables() {
		w, err := to.Table(table)
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range d.Rows(table) {
			if err = errors.Join(err, w.Write(row)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// extractedOf returns how many records of a source were delivered, and how many quarantined.
func extractedOf(m *dataset.Manifest, source string) (read, quarantined int64) {
	for _, l := range m.Ledger {
		if l.Source == source && l.Stage == "extract" {
			read += l.Out
			for _, count := range l.Quarantined {
				quarantined += count
			}
		}
	}
	return read, quarantined
}

// rowsOf is a sink that counts the nodes of audit events.
type rowsOf struct{ count int }

func (r *rowsOf) Table(t *graph.Table) (graph.TableWriter, error) {
	if t.Node != nil && t.Node.Label == graph.SpaceliftAuditEvent {
		return countedRows{r}, nil
	}
	return countedRows{new(rowsOf)}, nil
}
func (*rowsOf) Close() error { return nil }

type countedRows struct{ of *rowsOf }

func (c countedRows) Write(graph.Row) error { c.of.count++; return nil }
func (countedRows) Close() error            { return nil }
