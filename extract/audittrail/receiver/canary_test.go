package receiver

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"liftgraph/extract/spacelift"
)

// Nothing of a secret, a header or a body is logged or answered, whatever comes of a delivery. Of a security signal the action,
// the actor and the time are logged.
func TestCanaries(t *testing.T) {
	const (
		inSecret   = "canary-secret"
		inPrevious = "canary-previous-secret"
		inHeader   = "canary-header"
		inBody     = "canary-body"
		actor      = "github::the-actor"
	)
	s := start(t, func(c *Config) {
		c.Secrets, c.AllowSHA1, c.MaxBody, c.MaxConcurrent = []spacelift.Secret{inSecret, inPrevious}, true, 4<<10, 2
	})
	bodies := []string{
		`{"action":"stack.create","account":"canary-body","actor":"canary-body","data":{"args":{"canary-body":"canary-body"}}}`,
		`{"action":"canary-body","account":"canary-body","remoteIP":"canary-body"}`,
		`{"action":"audit_trail_webhook.set","actor":"github::the-actor","account":"canary-body","data":{"args":{"Endpoint":"canary-body"}},"timestamp":1}`,
		`{"action":"audit_trail_webhook.delete","actor":"github::the-actor","context":{"mutation":"canary-body"}}`,
		`{"run":{"id":"canary-body"}}`, `{"canary-body":1}`, `canary-body`, `["canary-body"]`, `{"a":"canary-body"`,
		`{"canary-body":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`,
		`{"canary-body":"` + strings.Repeat("canary-body", 1000) + `"}`,
	}
	var seen []string
	send := func(req *http.Request) {
		a := s.send(t, req)
		seen = append(seen, a.body)
		for k, v := range a.header {
			seen = append(seen, k+": "+strings.Join(v, ", "))
		}
	}
	round := func() {
		for _, body := range bodies {
			for _, change := range []func(*http.Request){
				func(r *http.Request) { r.Header.Set(headerSHA256, sha256Of(inSecret, body)) },
				func(r *http.Request) { r.Header.Set(headerSHA256, sha256Of(inPrevious, body)) },
				func(r *http.Request) { r.Header.Set(headerSHA256, inHeader) },
				func(r *http.Request) { r.Header.Set(headerSHA256, "sha256="+inHeader) },
				func(r *http.Request) { r.Header.Del(headerSHA256); r.Header.Set(headerSHA1, inHeader) },
				func(r *http.Request) { r.Header.Del(headerSHA256) },
				func(r *http.Request) { r.Header.Set("Content-Type", inHeader) },
				func(r *http.Request) { r.Method = "CANARY-HEADER" },
				func(r *http.Request) { r.URL.Path = "/" + inHeader },
				func(r *http.Request) { r.URL.RawQuery = "q=" + inHeader },
				func(r *http.Request) { r.Host = inHeader },
			} {
				req := s.request(t, body)
				for _, name := range []string{"User-Agent", "Authorization", "X-Custom", "X-Forwarded-For", "Referer", "Cookie"} {
					req.Header.Set(name, inHeader)
				}
				change(req)
				send(req)
			}
		}
	}
	round()
	s.dial(t, "POST / HTTP/1.1\r\ncanary-header\r\n\r\n") // no request at all
	s.dial(t, "canary-header canary-header\r\n\r\n")
	s.dial(t, head(bodies[0], 4000)+bodies[0]).Close()
	seen = append(seen, s.get(t, MetricsPath).body, s.get(t, HealthPath).body)
	if err := os.RemoveAll(s.dir); err != nil { // everything is unavailable
		t.Fatal(err)
	}
	for i := range bodies {
		bodies[i] = strings.Replace(bodies[i], `{"`, `{"more":"canary-body","`, 1)
	}
	round()
	seen = append(seen, s.get(t, MetricsPath).body, s.get(t, HealthPath).body)
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s.stop()
	for _, text := range append(seen, s.log.String()) {
		if i := strings.Index(strings.ToLower(text), "canary"); i >= 0 {
			t.Errorf("%q is seen in %q", text[i:min(len(text), i+40)], text[max(0, i-200):i])
		}
	}
	if n := strings.Count(s.log.String(), "actor="+actor); n != 2 {
		t.Errorf("%d security signals are logged: %s", n, s.log)
	}
	if strings.Contains(s.log.String(), inBody) || len(seen) < 200 {
		t.Error("the test is wrong")
	}
}
