package audittrail

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

const (
	created  = `{"account":"acme","action":"stack.create","actor":"github::dana","actor_roles":["admin"],"context":{"mutation":"stackCreate"},"data":{"ID":"web","args":{}},"remoteIP":"10.0.0.1","timestamp":1674124447947}`
	confirm  = `{"account":"acme","action":"run.confirm","actor":7,"data":{"args":{"Run":"01F","Stack":"web"}},"timestamp":1674124447948}`
	finished = `{"account":"acme","state":"FINISHED","timestamp":1674124447,"timestamp_millis":1674124447950,"run":{"id":"01G","type":"TRACKED","commit":{"hash":"abc"},"triggeredBy":"dana"},"stack":{"id":"web"},"event_type":"run_state_changed_event"}`
)

type memory struct {
	records  []raw.Record
	rejected []raw.Rejected
}

func (m *memory) Record(r raw.Record) error   { m.records = append(m.records, r); return nil }
func (m *memory) Reject(r raw.Rejected) error { m.rejected = append(m.rejected, r); return nil }

func extract(t *testing.T, files map[string][]byte) (*memory, *Report) {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	store, err := objects.Open(t.Context(), dir, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := new(memory)
	r, err := Extract(t.Context(), Config{Sources: []Source{{URI: dir, Store: store}}}, out)
	if err != nil {
		t.Fatal(err)
	}
	return out, r
}

func gzipped(parts ...string) []byte {
	var b bytes.Buffer
	for _, p := range parts { // a member each
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(p))
		_ = z.Close()
	}
	return b.Bytes()
}

func zstded(s string) []byte {
	z, _ := zstd.NewWriter(nil)
	return z.EncodeAll([]byte(s), nil)
}

func TestShapes(t *testing.T) {
	for name, body := range map[string][]byte{
		"plain": []byte(created + "\n" + confirm + "\r\n\n" + finished), "gzip": gzipped(created+"\n", confirm+"\n"+finished+"\n"), "zstd": zstded(created + "\n" + confirm + "\n" + finished + "\n"),
	} {
		out, r := extract(t, map[string][]byte{"year=2023/month=01/day=19/hour=10/collector-1": body, "error/processing-failed/x": []byte("junk\n")})
		if len(out.records) != 3 || len(r.Scopes) != 1 || !r.Scopes[0].Complete || r.Ledger.Out != 3 || !slices.Equal(r.Accounts, []string{"acme"}) {
			t.Fatalf("%s: %d records, %+v, %+v", name, len(out.records), r, out.rejected)
		}
		e := out.records[0].(*raw.AuditEvent)
		if e.Action != "stack.create" || *e.Actor != "github::dana" || *e.Mutation != "stackCreate" || *e.Data != `{"ID":"web","args":{}}` || *e.RemoteIP != "10.0.0.1" ||
			e.Time != 1674124447947 || len(e.ID) != 64 || !slices.Equal(e.ActorRoles, []string{"admin"}) || !slices.Equal(e.Resources, []raw.AuditResource{{Type: "STACK", ID: "web"}}) {
			t.Errorf("%s: %+v", name, e)
		}
		e = out.records[1].(*raw.AuditEvent)
		if e.Actor != nil || !slices.Equal(e.Resources, []raw.AuditResource{{Type: "RUN", ID: "01F"}, {Type: "STACK", ID: "web"}}) {
			t.Errorf("%s: %+v", name, e)
		}
		s := out.records[2].(*raw.RunState)
		if s.Run.ID != "01G" || *s.Run.State != "FINISHED" || s.Run.StackID != "web" || s.Run.Commit.Hash != "abc" || s.Time != 1674124447950 || *s.Run.UpdatedAt != 1674124447 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestBadInput(t *testing.T) {
	whole := gzipped(strings.Repeat(created+"\n", 100))
	out, r := extract(t, map[string][]byte{
		"a": []byte(created + "\nnot json\n[1]\n{\"x\":1}\n" + `{"action":"x"}` + "\n" + `{"run":{}}` + "\n{\"action\":\"" + strings.Repeat("x", maxEvent) + "\"}\n" + confirm),
		"b": whole[:len(whole)-20],
		"c": []byte(finished),
	})
	reasons := map[string]int{}
	for _, rej := range out.rejected {
		reasons[rej.Reason]++
		if rej.Source != "audittrail" || !strings.HasSuffix(rej.Object, "/a") || rej.Offset < 2 || len(rej.Record.(string)) > maxShown {
			t.Errorf("%s %s %d", rej.Source, rej.Object, rej.Offset)
		}
	}
	if reasons["malformed"] != 3 || reasons["unknown_event"] != 1 || reasons["invalid_event_time"] != 1 || reasons["record_too_large"] != 1 {
		t.Errorf("quarantined %v", reasons)
	}
	if len(r.Scopes) != 2 || r.Scopes[0].Complete || !strings.HasSuffix(r.Scopes[1].Object, "/b") || r.Scopes[1].Reason == "" {
		t.Errorf("scopes %+v", r.Scopes)
	}
	if n := len(out.records); n < 3 || out.records[n-1].Kind() != raw.KindRunState {
		t.Errorf("%d records", n)
	}
	if _, r := extract(t, nil); r.Scopes[0].Complete {
		t.Errorf("nothing there: %+v", r.Scopes)
	}
}

// Events stand in objects in any way that JSON values can.
func TestCases(t *testing.T) {
	const e = `{"account":"a","action":"stack.create","actor":"x","timestamp":%d,"data":{"text":"}{[\\\""}}`
	one := func(n int) string { return fmt.Sprintf(e, 1794613661003+int64(n)) }
	var pretty bytes.Buffer
	for n := range 3 {
		if err := json.Indent(&pretty, []byte(one(n)), "", "  "); err != nil {
			t.Fatal(err)
		}
		pretty.WriteString("\n")
	}
	concatenated, err := os.ReadFile("testdata/cases/audit-concatenated/b-concat")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text            string
		events, rejects int64
		incomplete      bool
	}{
		"concatenated":   {text: string(concatenated), events: 3},
		"an array":       {text: "[" + one(0) + "," + one(1) + ",\n " + one(2) + "]\n", events: 3},
		"pretty-printed": {text: pretty.String(), events: 3},
		"a pretty array": {text: "[\n" + strings.ReplaceAll(pretty.String(), "\n}\n{", "\n},\n{") + "]", events: 3},
		"with a mark":    {text: "\uFEFF" + one(0) + "\n" + one(1) + "\n" + one(2), events: 3},
		"a cut line":     {text: one(0) + "\n" + one(1)[:40] + "\n" + one(2) + "\n", events: 2, rejects: 1},
		"a cut end":      {text: one(0) + "\n" + one(1)[:40], events: 1, rejects: 1},
		"something else": {text: "hello\n\nworld\n", rejects: 2, incomplete: true},
		"seconds":        {text: fmt.Sprintf(e, 1794613661), events: 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "a"), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			store, err := objects.Open(t.Context(), dir, objects.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var out memory
			report, err := Extract(t.Context(), Config{Sources: []Source{{URI: dir, Store: store}}}, &out)
			if err != nil {
				t.Fatal(err)
			}
			if l := report.Ledger; l.Out != c.events || l.In != c.events+c.rejects || report.Scopes[0].Complete == c.incomplete {
				t.Errorf("%+v", report)
			}
			for _, r := range out.records {
				if e, ok := r.(*raw.AuditEvent); ok && e.Time < 1794613661000 {
					t.Errorf("at %d", e.Time)
				}
			}
		})
	}
}
