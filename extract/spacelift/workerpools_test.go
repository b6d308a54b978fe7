package spacelift

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/internal/raw"
)

func TestInstanceOf(t *testing.T) {
	for metadata, want := range map[string]string{
		`{"asg_id":"group","instance_id":"i-0123456789abcdef0"}`: "i-0123456789abcdef0",
		`{"instance_id":"0","vmss_name":"x"}`:                    "0", // Azure's: what it is worth isn't decided here
		`{"instance_id":7}`:                                      "none", `{"instance_id":null}`: "none", `{"Instance_ID":"i-01234567"}`: "none",
		`{}`: "none", ``: "none", `nonsense`: "none", `[]`: "none", `null`: "none", `"instance_id"`: "none",
	} {
		got := "none"
		if id := instanceOf(metadata); id != nil {
			got = *id
		}
		if got != want {
			t.Errorf("%s: %q, want %q", metadata, got, want)
		}
	}
	for _, metadata := range []any{nil, 7.0, map[string]any{"instance_id": "i-01234567"}} {
		if id := instanceOf(metadata); id != nil {
			t.Errorf("%v: %q", metadata, *id)
		}
	}
}

// TestMetadataIsNotKept: users put what they like into it, so not even a pool that can't be used may show it.
func TestMetadataIsNotKept(t *testing.T) {
	account := small(0, 0)
	good := account.Tables["workerPools"][0]
	good["workers"] = []any{
		fakeRow{"id": "01WORKER", "status": "IDLE", "metadata": `{"instance_id":"i-01234567","password":"hunter2-canary"}`}, fakeRow{"id": "01OTHER", "metadata": "hunter2-canary"},
	}
	account.Tables["workerPools"] = append(account.Tables["workerPools"], fakeRow{"id": "a\nb", "workers": good["workers"]})
	_, cfg := serve(t, account, fakespacelift.Options{})
	out, _ := extract(t, cfg)
	bad := decode(raw.KindWorkerPool, newPage([]json.RawMessage{[]byte(`{"id":7,"workers":[{"metadata":"hunter2-canary"}]}`)}, nil), workerPool)
	rejected, err := json.Marshal([]any{out.rejected, bad.rows[0].reject.detail, bad.rows[0].reject.record})
	if err != nil || len(out.rejected) != 1 {
		t.Fatal(err, out.rejected)
	}
	if all := out.text(t) + string(rejected); strings.Contains(all, "hunter2-canary") {
		t.Errorf("a worker's metadata is in: %s", all)
	}
	for _, r := range out.records {
		p, ok := r.(*raw.WorkerPool)
		if !ok || p.ID == raw.PublicPool {
			continue
		}
		if w := p.Workers; len(w) != 2 || w[0].ID != "01WORKER" || *w[0].Status != "IDLE" || *w[0].InstanceID != "i-01234567" || w[1].InstanceID != nil {
			t.Errorf("%s", fmt.Sprint(out.text(t)))
		}
	}
}
