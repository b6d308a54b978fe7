package receiver

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"liftgraph/extract/audittrail/spool"
	"liftgraph/extract/spacelift"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "the-secret-of-the-webhook"

// served is a receiver that listens, with its spool and its log.
type served struct {
	*Receiver
	url  string
	dir  string
	log  *logged
	web  *http.Client
	stop func() // ends the server and closes the spool
}

// logged is what was logged.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// start starts a receiver until the test ends.
func start(t testing.TB, change func(*Config)) *served {
	t.Helper()
	return startWithin(t, usual, change)
}

func startWithin(t testing.TB, most limits, change func(*Config)) *served {
	t.Helper()
	s := &served{dir: t.TempDir(), log: new(logged), web: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	m := NewMetrics()
	kept, err := spool.Open(s.dir, spool.Options{Log: log, Committed: m.Committed})
	if err != nil {
		t.Fatal(err)
	}
	m.Watch(kept)
	cfg := Config{Secrets: []spacelift.Secret{secret}, Spool: kept, Metrics: m, Log: log}
	if change != nil {
		change(&cfg)
	}
	s.Receiver = New(cfg)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- serve(ctx, l, s, nil, log, most) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
		s.web.CloseIdleConnections()
	})
	t.Cleanup(s.stop)
	return s
}

func sign(hash func() hash.Hash, secret, body string) string {
	mac := hmac.New(hash, []byte(secret))
	mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil))
}

func sha256Of(secret, body string) string { return "sha256=" + sign(sha256.New, secret, body) }
func sha1Of(secret, body string) string   { return "sha1=" + sign(sha1.New, secret, body) }

// request makes a right delivery.
func (s *served) request(t testing.TB, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url+"/", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(headerSHA256, sha256Of(secret, body))
	return req
}

// answered is an answer.
type answered struct {
	status int
	header http.Header
	body   string
}

func (s *served) send(t testing.TB, req *http.Request) answered {
	t.Helper()
	a, err := s.web.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{a.StatusCode, a.Header, string(b)}
}

func (s *served) deliver(t testing.TB, body string) int {
	t.Helper()
	return s.send(t, s.request(t, body)).status
}

func (s *served) get(t testing.TB, path string) answered {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s.send(t, req)
}

// kept returns the events of the spool.
func (s *served) kept(t testing.TB) map[string]int {
	t.Helper()
	lines := map[string]int{}
	for l, err := range spool.Read(s.dir) {
		if err != nil {
			t.Error(err)
			continue
		}
		lines[string(l.Body)]++
	}
	return lines
}

func event(n int) string {
	return fmt.Sprintf(`{"account":"example","action":"stack.update","actor":"github::name","data":{"n":%d},"timestamp":%d}`, n, time.Now().UnixMilli())
}
