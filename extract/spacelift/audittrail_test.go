package spacelift

import (
	"slices"
	"testing"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/sample"
	"liftgraph/internal/raw"
)

func auditTrail(t *testing.T, o fakespacelift.Options, since int64) (*memory, *AuditReport) {
	t.Helper()
	_, endpoint := fakespacelift.Start(t, sample.Account(), o)
	out := new(memory)
	r, err := AuditTrail(t.Context(), Config{Endpoint: endpoint, Token: sample.Token}, since, out)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Ledger.Check(); err != nil || r.Ledger.Source != AuditTrailSource || r.Source.Name != AuditTrailSource {
		t.Errorf("ledger %+v, source %+v: %v", r.Ledger, r.Source, err)
	}
	return out, r
}

func TestAuditTrail(t *testing.T) {
	all, r := auditTrail(t, sample.Options(), 0)
	if len(all.records) != 5 || r.Newest != 1794815400 || !r.Scopes[0].Complete {
		t.Fatalf("%d entries, newest %d, %+v", len(all.records), r.Newest, r.Scopes)
	}
	e := all.records[1].(*raw.AuditEvent)
	want := []raw.AuditResource{{Type: "RUN", ID: "01M7B6WRR2SHTT9YBY5JMATC7M"}, {Type: "STACK", ID: "payments-prod"}}
	if e.Action != "run.confirm" || *e.Actor != "saml::Priya.Nair@acme-corp.example" || e.Time != 1794613620000 || !slices.Equal(e.Resources, want) {
		t.Errorf("%+v", e)
	}
	if run := all.records[4].(*raw.AuditEvent).ActorRun; run == nil || *run != "01M45MQ0DGQ2AX12Q4J1GBCWSZ" {
		t.Errorf("the run that acted: %v", run)
	}

	// Down to a moment, that second included.
	some, _ := auditTrail(t, sample.Options(), e.Time/1000)
	if len(some.records) != 2 {
		t.Errorf("%d entries", len(some.records))
	}
}

func TestRefusedAuditTrail(t *testing.T) {
	o := sample.Options()
	o.Refuse = []string{"searchAuditTrailEntries"}
	_, r := auditTrail(t, o, 0)
	if s := r.Scopes[0]; s.Complete || s.Scope != "audit_trail_api" || s.Reason == "" {
		t.Errorf("%+v", s)
	}
	o = sample.Options()
	o.Without = []string{"Query.searchAuditTrailEntries"}
	_, r = auditTrail(t, o, 0)
	if s := r.Scopes[0]; s.Complete {
		t.Errorf("a server without an audit trail: %+v", s)
	}
}
