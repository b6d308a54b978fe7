package pipeline

import (
	"slices"
	"strings"
	"testing"

	"liftgraph/emit/redact"
	"liftgraph/internal/dataset"
)

// An account whose stacks were deleted, but whose CloudTrail still names their runs, is complete every night: a note says how many
// relationships lack an end. Records that are damaged still make their source incomplete.
func TestDeletedStacksAreNoDamage(t *testing.T) {
	cfg := withTrail(t, night(t, t.TempDir(), 1000, gone))
	m := run(t, cfg)
	if missing := m.Incomplete(); len(missing) != 0 {
		t.Errorf("incomplete: %+v", missing)
	}
	if !slices.ContainsFunc(m.Notes, func(n string) bool {
		return strings.Contains(n, "have an end that Spacelift didn't list, most of them (17) as unknown_run")
	}) {
		t.Errorf("notes %q", m.Notes)
	}

	ledger := dataset.NewLedger("transform", "relationships", "relationships")
	ledger.In = 1000
	ledger.Quarantined["unknown_stack"], ledger.Quarantined["invalid_id"] = 500, 11
	damaged := new(dataset.Manifest)
	(&job{}).judge(damaged, []dataset.Ledger{ledger}, newRejected(redact.Rules{}, nil))
	if missing := damaged.Incomplete(); len(missing) != 1 || missing[0].Records != 11 || !strings.Contains(missing[0].Reason, "most of them (11) as invalid_id") {
		t.Errorf("incomplete: %+v", missing)
	}
}
