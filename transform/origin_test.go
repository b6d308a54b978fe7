package transform

import (
	"slices"
	"testing"

	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// A quarantined edge names the record that it came from, whatever passes that went through.
func TestRejectedEdgesNameTheirRecords(t *testing.T) {
	const instance = "i-0123456789abcdef0"
	o := transformed(t, "",
		&raw.Space{ID: "root"},
		&raw.Space{ID: "lost", ParentSpace: ptr("hidden-a")},
		&raw.Stack{ID: "web"}, &raw.Stack{ID: "db", Space: ptr("hidden-b")},
		&raw.User{ID: "u1", Username: ptr("ann"), AccessRules: []raw.AccessRule{{Space: ptr("hidden-c"), Level: ptr("READ")}, {Space: ptr("root")}}},
		&raw.Entity{StackID: "web", ID: "e0", Type: ptr("aws_vpc"), Object: ptr("vpc-1")},
		&raw.Entity{StackID: "web", ID: "e1", Type: ptr("aws_instance"), Object: ptr(instance), Creator: ptr(run2)},
		&raw.Entity{StackID: "web", ID: "e2", Type: ptr("aws_instance"), Object: ptr(resolve.Digests(instance)[0]), Updater: ptr(run3)},
		&raw.Run{ID: run1, StackID: "web"},
		&raw.Run{ID: run1[:25] + "0", StackID: "gone", TriggeredBy: ptr("a\x00")},
		&raw.APICall{EventID: "a", Session: &raw.Session{Run: run1}, Name: "StopInstances", Instances: []string{instance}},
		&raw.APICall{EventID: "b", Session: &raw.Session{Run: run2}, Name: "StopInstances", Instances: []string{instance}},
		&raw.APICall{EventID: "c", AccessKey: "ASIA2", Name: "StopInstances", Instances: []string{instance}},
		&raw.Grant{EventID: "d", Session: &raw.Session{Run: run3}, Key: "ASIA2"},
		&raw.AuditEvent{ID: "e", Via: raw.ViaAPI, Action: "stack.create", Time: 1, Resources: []raw.AuditResource{{Type: "STACK", ID: "never"}}},
		&raw.AuditEvent{ID: "f", Via: raw.ViaAPI, Action: "run.confirm", Time: 1, Resources: []raw.AuditResource{{Type: "RUN", ID: run3}, {Type: "USER", ID: run2}}},
	)
	type from struct {
		source string
		kind   raw.Kind
		offset int64
		detail string
	}
	var got []from
	for _, r := range o.rejected {
		got = append(got, from{r.Source, r.Kind, r.Offset, r.Detail})
	}
	for _, want := range []from{
		{"spacelift", raw.KindSpace, 2, "(hidden-a)-[CONTAINS]->(lost)"},
		{"spacelift", raw.KindStack, 2, "(hidden-b)-[CONTAINS]->(db)"},
		{"spacelift", raw.KindUser, 1, "(ann)-[HAS_ROLE_IN]->(hidden-c)"},
		{"spacelift", raw.KindUser, 1, "(ann)-[HAS_ROLE_IN]->(root)"},
		{"spacelift", raw.KindEntity, 2, "(" + run2 + ")-[AFFECTED]->(" + instance + ")"},
		{"spacelift", raw.KindEntity, 3, "(" + run3 + ")-[AFFECTED]->(" + instance + ")"},
		{"spacelift", raw.KindRun, 2, "(gone)-[GENERATED]->(" + run1[:25] + "0)"},
		{"spacelift", raw.KindRun, 2, "(a\x00)-[TRIGGERED]->(" + run1[:25] + "0)"},
		{"cloudtrail", raw.KindAPICall, 2, "(" + run2 + ")-[AFFECTED]->(" + instance + ") by StopInstances at , event b"},
		{"cloudtrail", raw.KindAPICall, 3, "(" + run3 + ")-[AFFECTED]->(" + instance + ") by StopInstances at , event c"},
		{"audittrail", raw.KindAuditEvent, 1, "(e)-[TARGETED]->(never)"},
		{"audittrail", raw.KindAuditEvent, 2, "(f)-[TARGETED]->(" + run3 + ")"},
		{"audittrail", raw.KindAuditEvent, 2, "(f)-[TARGETED]->(" + "01fekagp4ayv0dwp4qdftanres)"},
	} {
		if !slices.Contains(got, want) {
			t.Errorf("missing %+v", want)
		}
	}
	if len(got) != 13 {
		t.Errorf("got %d quarantined edges, want 13:\n%+v", len(got), got)
	}
}
