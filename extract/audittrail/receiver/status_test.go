package receiver

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The spool is gone: nothing is acknowledged, health says so; when it is back, so is the receiver.
func TestSpoolIsGone(t *testing.T) {
	s := start(t, nil)
	if got := s.get(t, HealthPath); got.status != http.StatusOK || got.body != "ok\n" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	got := s.send(t, s.request(t, event(1)))
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || strings.Contains(got.body, s.dir) {
		t.Errorf("%+v", got)
	}
	s.waitUntil(t, func() bool { return s.get(t, HealthPath).status == http.StatusServiceUnavailable })
	if got := s.get(t, HealthPath); strings.Contains(got.body, s.dir) {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(s.log.String(), "deliveries can't be kept") || !strings.Contains(s.log.String(), s.dir) {
		t.Errorf("the log doesn't say why: %s", s.log)
	}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := s.deliver(t, event(1)); got != http.StatusNoContent {
		t.Error(got)
	}
	s.waitUntil(t, func() bool { return s.get(t, HealthPath).status == http.StatusOK })
}

// Health and metrics can be kept from who reaches the webhook.
func TestStatusApart(t *testing.T) {
	s := start(t, func(c *Config) { c.StatusApart = true })
	apart := httptest.NewServer(s.Status())
	defer apart.Close()
	for _, path := range []string{HealthPath, MetricsPath} {
		if got := s.get(t, path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
		a, err := http.Get(apart.URL + path)
		if err != nil || a.StatusCode != http.StatusOK {
			t.Errorf("%s: %v %v", path, a, err)
		}
		a.Body.Close()
	}
	http.DefaultClient.CloseIdleConnections()
	if got := s.deliver(t, event(1)); got != http.StatusNoContent {
		t.Error(got)
	}
}

func TestMetrics(t *testing.T) {
	s := start(t, nil)
	for _, body := range samples(t) {
		s.deliver(t, body)
		s.deliver(t, body)
	}
	s.deliver(t, `{"neither":true}`)
	s.deliver(t, "[]")
	text := s.get(t, MetricsPath).body
	for _, want := range []string{
		`deliveries_total{result="accepted"} 5`,
		`deliveries_total{result="duplicate"} 4`,
		`deliveries_total{result="malformed"} 1`,
		`deliveries_total{result="unauthorized"} 0`,
		`events_total{kind="standard"} 3`,
		`events_total{kind="run_state"} 1`,
		`events_total{kind="unknown"} 1`,
		`security_signals_total{action="audit_trail_webhook.delete"} 1`,
		`security_signals_total{action="audit_trail_webhook.set"} 1`,
		`signatures_total{secret="current"} 10`,
		`signatures_total{secret="previous"} 0`,
		`commits_total{result="ok"} 5`,
		`commit_events_sum 5`,
		`spool_segments{state="open"} 1`,
		`uploads_total{result="failed"} 0`,
	} {
		if !strings.Contains(text, "liftgraph_receive_"+want+"\n") {
			t.Errorf("%s isn't there", want)
		}
	}
}

// What the page about the receiver says of metrics is so.
func TestDocumentedMetrics(t *testing.T) {
	page, err := os.ReadFile("../../../docs/guide/receive.md")
	if err != nil {
		t.Fatal(err)
	}
	text := start(t, nil).get(t, MetricsPath).body
	metric := regexp.MustCompile(`liftgraph_receive_\w+`)
	labels := Signals()
	for r := range answers {
		labels = append(labels, string(r))
	}
	for _, label := range labels {
		if !strings.Contains(string(page), "`"+label+"`") {
			t.Errorf("%s isn't in the page", label)
		}
	}
	documented := map[string]bool{}
	for _, name := range metric.FindAllString(string(page), -1) {
		documented[name] = true
		if !strings.Contains(text, name) {
			t.Errorf("there is no %s", name)
		}
	}
	alerts, err := os.ReadFile("../../../deploy/prometheus/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range metric.FindAllString(string(alerts), -1) {
		if !documented[name] {
			t.Errorf("alerts.yaml: there is no %s", name)
		}
	}
	for _, help := range regexp.MustCompile(`# HELP (liftgraph_\w+)`).FindAllStringSubmatch(text, -1) {
		if !documented[help[1]] {
			t.Errorf("%s isn't in the page", help[1])
		}
	}
}
