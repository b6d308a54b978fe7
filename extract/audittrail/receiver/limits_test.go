package receiver

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// dial opens a connection and sends the beginning of a request.
func (s *served) dial(t *testing.T, begin string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, begin); err != nil {
		t.Fatal(err)
	}
	return c
}

// head is that of a delivery, whose body may follow.
func head(body string, length int) string {
	return fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%s: %s\r\nContent-Length: %d\r\n\r\n", headerSHA256, sha256Of(secret, body), length)
}

// status reads an answer; 0 is a connection that ends without one.
func status(t *testing.T, c net.Conn) int {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	a, err := http.ReadResponse(bufio.NewReader(c), nil)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	return a.StatusCode
}

// Who sends slowly is cut off, wherever in a request, and what came isn't kept.
func TestSlowSenders(t *testing.T) {
	s := startWithin(t, limits{header: 200 * time.Millisecond, body: 400 * time.Millisecond, idle: 200 * time.Millisecond, stop: time.Second}, nil)
	body := event(1)
	for name, c := range map[string]struct {
		begin string
		want  int
	}{
		"nothing":          {"", 0},
		"half the headers": {head(body, len(body))[:40], 0},
		"no body":          {head(body, len(body)), http.StatusRequestTimeout},
		"half the body":    {head(body, len(body)) + body[:20], http.StatusRequestTimeout},
		"a longer body":    {head(body, len(body)+1) + body, http.StatusRequestTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			if got := status(t, s.dial(t, c.begin)); got != c.want {
				t.Errorf("%d, not %d", got, c.want)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
	t.Cleanup(func() {
		if n := len(s.kept(t)); n != 0 {
			t.Errorf("%d events are kept", n)
		}
	})
}

// A sender that goes away in the middle leaves nothing behind.
func TestSenderGoesAway(t *testing.T) {
	s := start(t, func(c *Config) { c.MaxConcurrent = 1 })
	body := event(1)
	for range 5 {
		s.dial(t, head(body, len(body))+body[:20]).Close()
	}
	s.waitFor(t, `liftgraph_receive_deliveries_total{result="aborted"}`)
	if got := s.deliver(t, event(2)); got != http.StatusNoContent {
		t.Error(got)
	}
	if n := len(s.kept(t)); n != 1 {
		t.Errorf("%d events are kept", n)
	}
}

// Beyond the deliveries that are taken at a time, senders are asked to come again, while health and metrics are still answered.
func TestTooManyAtATime(t *testing.T) {
	s := start(t, func(c *Config) { c.MaxConcurrent = 2 })
	body := event(1)
	a, b := s.dial(t, head(body, len(body))), s.dial(t, head(body, len(body)))
	s.waitUntil(t, func() bool { return len(s.slots) == 2 })
	if got := s.send(t, s.request(t, event(3))); got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
		t.Errorf("%d %v", got.status, got.header)
	}
	if s.get(t, HealthPath).status != http.StatusOK || s.get(t, MetricsPath).status != http.StatusOK {
		t.Error("health and metrics aren't answered")
	}
	for _, c := range []net.Conn{a, b} {
		if _, err := io.WriteString(c, body); err != nil {
			t.Fatal(err)
		}
		if got := status(t, c); got != http.StatusNoContent {
			t.Error(got)
		}
	}
	if got := s.deliver(t, event(3)); got != http.StatusNoContent {
		t.Error(got)
	}
}

// Large bodies share a bounded memory, which what is only announced doesn't take.
func TestBodiesShareMemory(t *testing.T) {
	s := start(t, func(c *Config) { c.MaxBody = 1 << 20 })
	part := `{"a":"` + strings.Repeat("x", 900<<10)
	var begun []net.Conn
	for range 50 {
		begun = append(begun, s.dial(t, head(part, 1<<20))) // only announced
	}
	if got := s.deliver(t, event(1)); got != http.StatusNoContent {
		t.Errorf("announcements take memory: %d", got)
	}
	for range 4 {
		begun = append(begun, s.dial(t, head(part, 1<<20)+part))
	}
	s.waitUntil(t, func() bool { return s.memory.left.Load() < 900<<10 })
	if got := s.deliver(t, part+`"}`); got != http.StatusServiceUnavailable {
		t.Error(got)
	}
	for _, c := range begun {
		c.Close()
	}
	s.waitUntil(t, func() bool { return s.deliver(t, part+`"}`) == http.StatusNoContent })
}

// waitFor waits until a metric isn't zero.
func (s *served) waitFor(t *testing.T, metric string) {
	t.Helper()
	s.waitUntil(t, func() bool {
		_, value, _ := strings.Cut(s.get(t, MetricsPath).body, "\n"+metric+" ")
		return value != "" && value[0] != '0'
	})
}

func (s *served) waitUntil(t *testing.T, is func() bool) {
	t.Helper()
	for began := time.Now(); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatal("it doesn't happen")
		}
	}
}
