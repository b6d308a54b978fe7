package metrics

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"liftgraph/internal/dataset"
)

// What is pushed is what the file would hold, in OTLP's JSON, with the headers of the environment.
func TestPush(t *testing.T) {
	t.Setenv(headersVariable, "authorization=Bearer%20abc, x-tenant=acme")
	var got otlpRequest
	var path string
	var header http.Header
	refuse := 1 // the first try
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refuse > 0 {
			refuse--
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		path, header = r.URL.Path, r.Header
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
	}))
	defer s.Close()
	ended := time.Unix(1_700_000_000, 0)
	r := Result{Command: "run", Began: ended.Add(-time.Minute), Ended: ended, Published: []*dataset.Manifest{{UpdateTag: 7}}}
	if err := Push(t.Context(), s.URL, r); err != nil {
		t.Fatal(err)
	}
	if path != "/v1/metrics" || header.Get("Authorization") != "Bearer abc" || header.Get("X-Tenant") != "acme" {
		t.Errorf("path %s, header %v", path, header)
	}
	values := map[string]float64{}
	for _, m := range got.ResourceMetrics[0].ScopeMetrics[0].Metrics {
		values[m.Name] = m.Gauge.DataPoints[0].AsDouble
		if p := m.Gauge.DataPoints[0]; p.TimeUnixNano != "1700000000000000000" || p.Attributes[0] != (otlpAttribute{"command", otlpValue{"run"}}) {
			t.Errorf("%s: %+v", m.Name, p)
		}
	}
	for name, want := range map[string]float64{
		"liftgraph_last_run_exit_code": 0, "liftgraph_last_complete_timestamp_seconds": 1_700_000_000,
		"liftgraph_last_run_duration_seconds": 60, "liftgraph_update_tag": 7,
	} {
		if v, ok := values[name]; !ok || v != want {
			t.Errorf("%s: got %v, want %v", name, v, want)
		}
	}
}

// Every metric has the same name, help and labels in both forms: rules and dashboards hold for both.
func TestPushedNames(t *testing.T) {
	families, err := Families()
	if err != nil {
		t.Fatal(err)
	}
	pushed := otlp(families, Result{}).ResourceMetrics[0].ScopeMetrics[0].Metrics
	if len(pushed) != len(families) || len(pushed) == 0 {
		t.Fatalf("%d metrics are pushed, %d are written", len(pushed), len(families))
	}
	for i, f := range families {
		if pushed[i].Name != f.GetName() || pushed[i].Description != f.GetHelp() {
			t.Errorf("got %s, %q, want %s, %q", pushed[i].Name, pushed[i].Description, f.GetName(), f.GetHelp())
		}
		for j, l := range f.Metric[0].Label {
			if a := pushed[i].Gauge.DataPoints[0].Attributes[j]; a.Key != l.GetName() {
				t.Errorf("%s: label %s, want %s", f.GetName(), a.Key, l.GetName())
			}
		}
	}
}

// A collector that refuses for good is asked once, one that is away three times; both end in an error that names it.
func TestPushFails(t *testing.T) {
	requests := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer s.Close()
	if err := Push(t.Context(), s.URL, Result{Command: "run"}); err == nil || !strings.Contains(err.Error(), "401") || requests != 1 {
		t.Errorf("got %v after %d requests, want a 401 after one", err, requests)
	}
	synctest.Test(t, func(t *testing.T) { // nothing listens at port 1
		if err := Push(t.Context(), "http://127.0.0.1:1", Result{Command: "run"}); err == nil || !strings.Contains(err.Error(), "http://127.0.0.1:1") {
			t.Errorf("got %v", err)
		}
	})
	for _, bad := range []string{"", "localhost:4317", "grpc://x", "http://"} {
		if _, err := ParseEndpoint(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	if got, _ := ParseEndpoint("https://otlp.example/otlp/v1/metrics"); got != "https://otlp.example/otlp/v1/metrics" {
		t.Errorf("got %s", got)
	}
}
