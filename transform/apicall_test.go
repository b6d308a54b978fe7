package transform

import (
	"fmt"
	"slices"
	"testing"

	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

const (
	inst1 = "i-00000000000000001"
	inst2 = "i-00000002"
)

func call(event string, s *raw.Session, key string, instances ...string) *raw.APICall {
	return &raw.APICall{EventID: event, Time: "2026-11-13T23:49:00Z", Name: "StopInstances", Account: "111122223333", Region: "us-east-1", Session: s, AccessKey: key, Instances: instances}
}

// edge is a row of AFFECTED that call makes.
func edge(run, instance, event string) string {
	return fmt.Sprintf("start_id=%s end_id=%s event_id=%s event_time=2026-11-13T23:49:00Z event_name=StopInstances aws_account=111122223333 aws_region=us-east-1", run, instance, event)
}

func callLedger(t *testing.T, o outcome) dataset.Ledger {
	t.Helper()
	i := slices.IndexFunc(o.Ledger, func(l dataset.Ledger) bool { return l.Source == "cloudtrail" })
	if i < 0 {
		t.Fatalf("no ledger of cloudtrail in %+v", o.Ledger)
	}
	return o.Ledger[i]
}

func TestCalls(t *testing.T) {
	s1, s2 := &raw.Session{Run: run1}, &raw.Session{Run: run2}
	o := transformed(t, "",
		&raw.Run{ID: run1}, &raw.Run{ID: run2},
		&raw.Entity{ID: "e", StackID: "web", Type: ptr("aws_instance"), Object: ptr(inst1), Creator: ptr(run1)},
		call("e1", s1, "", inst1, inst2),
		call("e1", s1, "ASIAX", inst1, inst2),                            // delivered twice
		call("e1", nil, "ASIAX", inst1, inst2),                           // a copy that knows less
		call("e2", s2, "", inst1, inst2),                                 // and one that knows more
		call("e2", s2, "", inst1),                                        //
		call("e3", &raw.Session{Run: run3}, "", inst1),                   // the API doesn't list the run
		call("e4", nil, "ASIANOBODY", inst2), call("e5", nil, "", inst2), // of no run
		call("", s1, "", inst1), call("e6", &raw.Session{Run: "short"}, "", inst1), call("e7", s1, "", "i-x"), call("e8", s1, ""),
		&raw.Instance{ID: "junk"},
	)
	o.want(t, "SpaceliftRun_AFFECTED_EC2Instance",
		"start_id="+run1+" end_id="+inst1+" resolved_by=plain",
		edge(run1, inst1, "e1"), edge(run1, inst2, "e1"), edge(run2, inst1, "e2"), edge(run2, inst2, "e2"))
	if got, want := o.reasons(), []string{"invalid_id", "invalid_id", "invalid_instance_id", "invalid_instance_id", "no_instance_id", "unknown_run"}; !slices.Equal(got, want) {
		t.Errorf("quarantined %v, not %v", got, want)
	}
	if l := callLedger(t, o); l.In != 13 || l.Out != 3 || l.Deduplicated != 3 || l.Filtered["not_spacelift"] != 2 {
		t.Errorf("ledger %+v", l)
	}
}

// Keys are followed from the run's session over any number of roles, whatever order the events come in.
func TestChainedRoles(t *testing.T) {
	s := &raw.Session{Run: run1}
	recs := []raw.Record{
		call("c1", nil, "ASIA1", inst1),
		call("c3", nil, "ASIA3", inst1),
		call("c9", nil, "ASIA9", inst1),
		&raw.Grant{EventID: "g3", AccessKey: "ASIA2", Key: "ASIA3"},
		&raw.Grant{EventID: "g2", AccessKey: "ASIA1", Key: "ASIA2"},
		&raw.Grant{EventID: "g1", Session: s, AccessKey: "ASIA0", Key: "ASIA1"},
		&raw.Grant{EventID: "g1", Session: s, AccessKey: "ASIA0", Key: "ASIA1"},
		&raw.Grant{EventID: "g9", AccessKey: "ASIA8", Key: "ASIA9"},
		&raw.Grant{EventID: "loop", AccessKey: "ASIA3", Key: "ASIA1"},
	}
	for range 2 {
		o := transformed(t, "", append([]raw.Record{&raw.Run{ID: run1}}, recs...)...)
		o.want(t, "SpaceliftRun_AFFECTED_EC2Instance", edge(run1, inst1, "c1"), edge(run1, inst1, "c3"))
		if l := callLedger(t, o); l.In != 9 || l.Out != 6 || l.Deduplicated != 1 || l.Filtered["not_spacelift"] != 2 {
			t.Errorf("ledger %+v", l)
		}
		slices.Reverse(recs)
	}
}

func TestVeryLongChain(t *testing.T) {
	recs := []raw.Record{&raw.Run{ID: run1}, &raw.Grant{EventID: "g", Session: &raw.Session{Run: run1}, Key: "ASIA0"}}
	for n := range 100 {
		recs = append(recs, &raw.Grant{EventID: fmt.Sprint("g", n), AccessKey: fmt.Sprint("ASIA", n), Key: fmt.Sprint("ASIA", n+1)})
	}
	o := transformed(t, "", recs...)
	if l := callLedger(t, o); l.Out+l.Filtered["not_spacelift"] != 101 || len(o.Notes) != 1 {
		t.Errorf("ledger %+v, notes %q", l, o.Notes)
	}
}

// A run that the API doesn't list becomes a node where that is asked for, but not one of another account.
func TestStubRuns(t *testing.T) {
	o := transformedBy(t, Config{StubRuns: true}, "",
		&raw.Stack{ID: "web"}, &raw.Run{ID: run1, StackID: "web"},
		call("e1", &raw.Session{Run: run1, Stack: "web"}, "", inst1),
		call("e2", &raw.Session{Run: run2}, "", inst1),
		call("e3", &raw.Session{Run: run2, Stack: "web", SpaceliftAccount: "acme"}, "", inst1),
		call("e4", &raw.Session{Run: run3, Stack: "web", SpaceliftAccount: "others"}, "", inst1),
		// A name that was cut shows the beginning of another account; or the external id of the grant names one.
		call("e5", &raw.Session{Run: run3[:25] + "X", Stack: "web", AccountBegins: "oth"}, "", inst1),
		call("e6", &raw.Session{Run: run3[:25] + "Y"}, "", inst1),
		&raw.Grant{EventID: "g6", Session: &raw.Session{Run: run3[:25] + "Y", SpaceliftAccount: "others"}, Key: "ASIA6"},
		// The grant names the stack that the session's name has no room for.
		call("e7", &raw.Session{Run: run3[:25] + "Z", AccountBegins: "ac"}, "", inst1),
		&raw.Grant{EventID: "g7", Session: &raw.Session{Run: run3[:25] + "Z", Stack: "web", SpaceliftAccount: "acme"}, Key: "ASIA7"},
	)
	o.want(t, "SpaceliftRun", "id="+run1+" stack_id=web", "id="+run2+" stack_id=web", "id="+run3[:25]+"Z stack_id=web")
	o.want(t, "SpaceliftStack_GENERATED_SpaceliftRun", "start_id=web end_id="+run1, "start_id=web end_id="+run2, "start_id=web end_id="+run3[:25]+"Z")
	o.want(t, "SpaceliftRun_AFFECTED_EC2Instance", edge(run1, inst1, "e1"), edge(run2, inst1, "e2"), edge(run2, inst1, "e3"), edge(run3[:25]+"Z", inst1, "e7"))
	if got, want := o.reasons(), []string{"unknown_run", "unknown_run", "unknown_run"}; !slices.Equal(got, want) {
		t.Errorf("quarantined %v, not %v", got, want)
	}
}

// What CloudTrail names resolves what Spacelift sanitized, with the account and region of the event.
func TestCallsResolveSanitizedIDs(t *testing.T) {
	arn := resolve.Digests(resolve.InstanceARN("111122223333", "us-east-1", inst1))[0]
	sanitized := func(id, object string) *raw.Entity {
		return &raw.Entity{ID: id, StackID: "web", Type: ptr("aws_instance"), Object: ptr(resolve.Digests(object)[0]), ARN: ptr(arn), Creator: ptr(run1)}
	}
	o := transformed(t, "",
		&raw.Run{ID: run1},
		sanitized("called", inst1), sanitized("named", inst2),
		call("e1", nil, "ASIANOBODY", inst1), // another person's: it is known all the same
		&raw.Instance{ID: inst2},
	)
	o.want(t, "SpaceliftRun_AFFECTED_EC2Instance",
		"start_id="+run1+" end_id="+inst1+" resolved_by=digest+arn", "start_id="+run1+" end_id="+inst2+" resolved_by=digest")
	if s := o.Sanitized; s.Resolved != 2 {
		t.Errorf("sanitized ids %+v", s)
	}
}
