package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretNeverShows(t *testing.T) {
	const canary = "canary-0123456789"
	s := Secret(canary)
	var all strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		fmt.Fprintf(&all, verb+" "+verb+" "+verb+"\n", s, &s, struct{ S Secret }{s})
	}
	fmt.Fprintln(&all, s, []Secret{s}, map[string]Secret{"a": s}, struct{ Token Secret }{s})
	b, err := json.Marshal(map[string]any{"a": s, "b": struct{ Token Secret }{s}.Token})
	if err != nil {
		t.Fatal(err)
	}
	all.Write(b)
	var logged bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
		slog.New(h).Info("token", "token", s, "config", struct{ Token Secret }{s}.Token)
	}
	all.Write(logged.Bytes())
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary)} {
		if strings.Contains(all.String(), form) {
			t.Errorf("the secret shows:\n%s", all.String())
		}
	}
	if s.Reveal() != canary {
		t.Error("the secret is lost")
	}
}

func TestRedactor(t *testing.T) {
	r := new(redactor)
	r.add("hunter2-and-more")
	r.add("abc")
	got := r.clean("bad secret \"hunter2-and-more\"\n\tabc " + strings.Repeat("x", 2*longest))
	if !strings.Contains(got, `bad secret "[redacted]" abc xxx`) || !strings.Contains(got, "…") {
		t.Errorf("%s", got)
	}
	if len(got) > longest+len("…") {
		t.Errorf("%d bytes", len(got))
	}
}
