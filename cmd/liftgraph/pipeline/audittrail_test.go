package pipeline

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/sample"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// kept returns the ids of the events in DATA/raw, in order.
func kept(t *testing.T, data string) (ids []string, m *dataset.Manifest) {
	t.Helper()
	dir := filepath.Join(data, "raw", "audittrail")
	m, err := dataset.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range raw.Read(dir, m) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, rec.(*raw.AuditEvent).ID)
	}
	slices.Sort(ids)
	return ids, m
}

// What Spacelift doesn't keep any more, the data directory does; and only what is new is asked for.
func TestAuditTrailGoesOn(t *testing.T) {
	data := t.TempDir()
	account := sample.Account()
	all := account.Tables["auditTrailEntries"]

	server, endpoint := fakespacelift.Start(t, account, sample.Options())
	cfg := Config{
		Version: "test", Data: data, Temp: filepath.Join(data, ".tmp"), UpdateTag: 1700000000,
		AuditTrail: &AuditTrail{API: &spacelift.Config{Endpoint: endpoint, Token: sample.Token}},
	}
	account.Tables["auditTrailEntries"] = all[2:] // the two newest haven't happened yet
	if _, err := Extract(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	first, m := kept(t, data)
	if len(first) != 3 || len(m.Watermarks) != 1 {
		t.Fatalf("%v, %v", first, m.Watermarks)
	}

	account.Tables["auditTrailEntries"] = all[:3] // the two oldest are gone
	if _, err := Extract(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	second, m := kept(t, data)
	if len(second) != 5 || m.Ledger[0].In != 6 || m.Ledger[0].Out != 5 || m.Ledger[0].Deduplicated != 1 || m.Ledger[0].Unit != "events" {
		t.Errorf("%v, %+v", second, m.Ledger)
	}

	// Where it breaks off, what was there stays, and the next extraction begins where this one did.
	server.Inject(fakespacelift.Fault{Field: "searchAuditTrailEntries", Do: fakespacelift.Errors("unauthorized")})
	published, err := Extract(t.Context(), cfg)
	if err != nil || len(published[0].Incomplete()) != 1 {
		t.Fatal(published, err)
	}
	third, after := kept(t, data)
	if !slices.Equal(third, second) || !maps.Equal(after.Watermarks, m.Watermarks) {
		t.Errorf("%v, %v", third, after.Watermarks)
	}
}
