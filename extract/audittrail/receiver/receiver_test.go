package receiver

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liftgraph/extract/spacelift"
)

// samples are the bodies of Spacelift's documentation, and one of a run.
func samples(t testing.TB) map[string]string {
	t.Helper()
	bodies := map[string]string{}
	for _, name := range []string{"audit_trail_webhook.set", "audit_trail_webhook.delete", "stack.create", "run_state_changed"} {
		b, err := os.ReadFile("../payload/testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		bodies[name] = string(b)
	}
	return bodies
}

func compact(t testing.TB, body string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(body)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDeliveries(t *testing.T) {
	s := start(t, nil)
	for name, body := range samples(t) {
		for range 2 { // the second is a duplicate
			if a := s.send(t, s.request(t, body)); a.status != http.StatusNoContent || a.body != "" {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
		if n := s.kept(t)[compact(t, body)]; n != 1 {
			t.Errorf("%s is kept %d times", name, n)
		}
	}
	if got := s.deliver(t, `{"neither":true}`); got != http.StatusNoContent {
		t.Errorf("an unknown event: %d", got)
	}
	s.stop()
	if n := len(s.kept(t)); n != 5 {
		t.Errorf("%d events are kept", n)
	}
	for _, want := range []string{"action=audit_trail_webhook.set actor=github::name time=2023-01-19T10:34:07.947Z", "action=audit_trail_webhook.delete actor=github::user"} {
		if strings.Count(s.log.String(), want) != 1 {
			t.Errorf("%q isn't logged once: %s", want, s.log)
		}
	}
}

func TestSignatures(t *testing.T) {
	const body = `{"action":"stack.create"}`
	right := sha256Of(secret, body)
	old := "the-previous-secret"
	sha256Header := func(v ...string) http.Header { return http.Header{headerSHA256: v} }
	for name, c := range map[string]struct {
		header    http.Header
		status    int
		allowSHA1 bool
	}{
		"right":                        {sha256Header(right), 204, false},
		"upper case":                   {sha256Header("sha256=" + strings.ToUpper(right[7:])), 204, false},
		"of the previous secret":       {sha256Header(sha256Of(old, body)), 204, false},
		"none":                         {http.Header{}, 401, true},
		"empty":                        {sha256Header(""), 401, false},
		"of another secret":            {sha256Header(sha256Of("another-secret", body)), 401, false},
		"of an empty secret":           {sha256Header(sha256Of("", body)), 401, false},
		"of another body":              {sha256Header(sha256Of(secret, body+" ")), 401, false},
		"truncated":                    {sha256Header(right[:len(right)-2]), 401, false},
		"truncated by half a byte":     {sha256Header(right[:len(right)-1]), 401, false},
		"truncated to nothing":         {sha256Header("sha256="), 401, false},
		"longer":                       {sha256Header(right + "00"), 401, false},
		"not hex":                      {sha256Header("sha256=" + strings.Repeat("zz", 32)), 401, false},
		"without a prefix":             {sha256Header(right[7:]), 401, false},
		"with another prefix":          {sha256Header("SHA256=" + right[7:]), 401, false},
		"two":                          {sha256Header(right, right), 401, false},
		"SHA-1, not allowed":           {http.Header{headerSHA1: {sha1Of(secret, body)}}, 401, false},
		"SHA-1, allowed":               {http.Header{headerSHA1: {sha1Of(secret, body)}}, 204, true},
		"wrong SHA-1, allowed":         {http.Header{headerSHA1: {sha1Of("another-secret", body)}}, 401, true},
		"SHA-1 in the place of 256":    {sha256Header(sha1Of(secret, body)), 401, true},
		"SHA-1 beside a wrong SHA-256": {http.Header{headerSHA1: {sha1Of(secret, body)}, headerSHA256: {"sha256=00"}}, 401, true},
		"SHA-1 beside an empty one":    {http.Header{headerSHA1: {sha1Of(secret, body)}, headerSHA256: {""}}, 401, true},
		"wrong SHA-1 beside SHA-256":   {http.Header{headerSHA1: {"sha1=00"}, headerSHA256: {right}}, 204, true},
	} {
		s := start(t, func(c2 *Config) {
			c2.Secrets, c2.AllowSHA1 = []spacelift.Secret{secret, spacelift.Secret(old)}, c.allowSHA1
		})
		req := s.request(t, body)
		req.Header.Del(headerSHA256)
		for k, v := range c.header {
			req.Header[k] = v
		}
		a := s.send(t, req)
		if a.status != c.status {
			t.Errorf("%s: %d, not %d", name, a.status, c.status)
		}
		if a.status == 401 && a.body != "unauthorized\n" {
			t.Errorf("%s: %q", name, a.body)
		}
		if kept := len(s.kept(t)); (kept == 1) != (c.status == 204) {
			t.Errorf("%s: %d events are kept", name, kept)
		}
		s.stop()
	}
}

// What isn't signed isn't looked at: neither whether it is JSON, nor how large it is.
func TestUnsignedTellsNothing(t *testing.T) {
	s := start(t, nil)
	for _, body := range []string{"", "{", "[]", strings.Repeat("[", 100000)} {
		req := s.request(t, body)
		req.Header.Set(headerSHA256, sha256Of("another-secret", body))
		if got := s.send(t, req); got.status != 401 || got.body != "unauthorized\n" {
			t.Errorf("%.10q: %d", body, got.status)
		}
	}
}

func TestRefusals(t *testing.T) {
	s := start(t, func(c *Config) { c.MaxBody, c.Path = 64<<10, "/audit" })
	good := `{"action":"stack.create"}`
	delivery := func(body string, change func(*http.Request)) *http.Request {
		req := s.request(t, body)
		req.URL.Path = "/audit"
		if change != nil {
			change(req)
		}
		return req
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	chunked := func(r *http.Request) { r.ContentLength = -1; r.Body = io.NopCloser(r.Body) }
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(good))
	_ = z.Close()
	fits := `{"a":"` + strings.Repeat("x", 64<<10-8) + `"}`
	for name, c := range map[string]struct {
		req  *http.Request
		want int
	}{
		"good":                    {delivery(good, nil), 204},
		"in pieces":               {delivery(good, chunked), 204},
		"as large as allowed":     {delivery(fits, nil), 204},
		"so in pieces":            {delivery(fits, chunked), 204},
		"another path":            {delivery(good, func(r *http.Request) { r.URL.Path = "/" }), 404},
		"a path below":            {delivery(good, func(r *http.Request) { r.URL.Path = "/audit/" }), 404},
		"PUT":                     {delivery(good, func(r *http.Request) { r.Method = http.MethodPut }), 405},
		"GET":                     {delivery("", func(r *http.Request) { r.Method = http.MethodGet }), 405},
		"with a charset":          {delivery(good, header("Content-Type", "application/json; charset=utf-8")), 204},
		"a form":                  {delivery(good, header("Content-Type", "application/x-www-form-urlencoded")), 415},
		"no content type":         {delivery(good, func(r *http.Request) { r.Header.Del("Content-Type") }), 415},
		"compressed":              {delivery(zipped.String(), header("Content-Encoding", "gzip")), 415},
		"a byte too large":        {delivery(fits+" ", nil), 413},
		"so in pieces, too large": {delivery(fits+" ", chunked), 413},
		"an array":                {delivery("[]", nil), 400},
		"no JSON":                 {delivery("action=stack.create", nil), 400},
		"nothing":                 {delivery("", nil), 400},
		"two objects":             {delivery(good+good, nil), 400},
		"trailing data":           {delivery(good+"x", nil), 400},
		"nested deeply":           {delivery(`{"a":`+strings.Repeat("[", 10000)+strings.Repeat("]", 10000)+"}", nil), 400},
		"large headers":           {delivery(good, header("X-Large", strings.Repeat("x", 64<<10))), 431},
	} {
		a := s.send(t, c.req)
		if a.status != c.want {
			t.Errorf("%s: %d, not %d", name, a.status, c.want)
		}
		if a.status == 405 && a.header.Get("Allow") != "POST" {
			t.Errorf("%s: Allow is %q", name, a.header.Get("Allow"))
		}
	}
	if n := len(s.kept(t)); n != 2 {
		t.Errorf("%d events are kept", n)
	}
}

// A thousand deliveries at a time: each is acknowledged, or refused for now and acknowledged later; each is kept once.
func TestThousandDeliveries(t *testing.T) {
	s := start(t, func(c *Config) { c.MaxConcurrent = 64 })
	var wg sync.WaitGroup
	var busy atomic.Int64
	begin := make(chan struct{})
	for i := range 1000 {
		body := fmt.Sprintf(`{"action":"stack.update","n":%d}`, i)
		wg.Go(func() {
			<-begin
			for {
				switch a := s.send(t, s.request(t, body)); a.status {
				case http.StatusNoContent:
					return
				case http.StatusServiceUnavailable:
					if a.header.Get("Retry-After") != "1" {
						t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
					}
					busy.Add(1)
					time.Sleep(10 * time.Millisecond)
				default:
					t.Errorf("%d %s", a.status, a.body)
					return
				}
			}
		})
	}
	close(begin)
	wg.Wait()
	s.stop()
	lines := s.kept(t)
	for line, n := range lines {
		if n != 1 {
			t.Errorf("%s is kept %d times", line, n)
		}
	}
	if len(lines) != 1000 {
		t.Errorf("%d events are kept", len(lines))
	}
	t.Logf("%d times too many at a time", busy.Load())
}

// The server stops when the deliveries under way are answered.
func TestGracefulStop(t *testing.T) {
	s := start(t, nil)
	body := event(1)
	req := s.request(t, body)
	in, out := io.Pipe()
	req.Body = in
	got := make(chan answered)
	go func() { got <- s.send(t, req) }()
	if _, err := out.Write([]byte(body[:10])); err != nil {
		t.Fatal(err)
	}
	s.waitUntil(t, func() bool { return len(s.slots) == 1 })
	stopped := make(chan struct{})
	go func() { s.stop(); close(stopped) }()
	address := strings.TrimPrefix(s.url, "http://")
	s.waitUntil(t, func() bool { // stopping has begun: nothing listens any more
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	select {
	case <-stopped:
		t.Error("it stopped during a delivery")
	default:
	}
	if _, err := out.Write([]byte(body[10:])); err != nil {
		t.Error(err)
	}
	out.Close()
	if a := <-got; a.status != http.StatusNoContent {
		t.Errorf("%d %s", a.status, a.body)
	}
	<-stopped
	if s.kept(t)[body] != 1 {
		t.Error("the event isn't kept")
	}
}
