package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/klauspost/compress/zstd"

	"liftgraph/extract/audittrail/spool"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/internal/objects"
)

const hookSecret = "canary-of-the-secret"

// receiving is `liftgraph receive` as a process of its own.
type receiving struct {
	url string
	cmd *exec.Cmd

	mu     sync.Mutex
	stderr bytes.Buffer
	read   chan struct{} // closed at the end of stderr
}

var listensAt = regexp.MustCompile(`msg=receiving address=(\S+)`)

// startReceiving starts a receiver; it listens when this returns.
func startReceiving(t testing.TB, spoolDir string, env []string, args ...string) *receiving {
	t.Helper()
	return startReceiver(t, "liftgraph", spoolDir, env, args...)
}

// startReceiver starts a program as a receiver.
func startReceiver(t testing.TB, program, spoolDir string, env []string, args ...string) *receiving {
	t.Helper()
	r := &receiving{read: make(chan struct{})}
	r.cmd = exec.Command(program, append([]string{"receive", "--listen", "127.0.0.1:0", "--secret-env-var", "HOOK", "--spool", spoolDir, "--log-level", "debug"}, args...)...)
	r.cmd.Env = append(append(os.Environ(), "HOOK="+hookSecret), env...)
	out, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := make(chan string, 1)
	go func() {
		defer close(r.read)
		defer close(address)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			r.mu.Lock()
			r.stderr.WriteString(lines.Text() + "\n")
			r.mu.Unlock()
			if m := listensAt.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
	}()
	at, ok := <-address
	if !ok {
		r.cmd.Wait()
		t.Fatalf("it doesn't start: %s", r.log())
	}
	r.url = "http://" + at
	return r
}

func (r *receiving) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stderr.String()
}

// end sends a signal and waits for the end.
func (r *receiving) end(signal os.Signal) error {
	r.cmd.Process.Signal(signal)
	<-r.read
	return r.cmd.Wait()
}

// deliver sends a body with its signature, and returns the status, or 0.
func deliver(web *http.Client, url, body string) int {
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write([]byte(body))
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	a, err := web.Do(req)
	if err != nil {
		return 0
	}
	defer a.Body.Close()
	io.Copy(io.Discard, a.Body)
	return a.StatusCode
}

// uploadedTo returns the events of all segments below a prefix, and how often each is there.
func uploadedTo(t *testing.T, uri string) map[string]int {
	t.Helper()
	store, err := objects.Open(t.Context(), uri, objects.Options{AWS: &objects.AWS{PathStyle: true}})
	if err != nil {
		t.Fatal(err)
	}
	events := map[string]int{}
	for o, err := range store.List(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		body, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		z, err := zstd.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(z)
		for lines.Scan() {
			events[lines.Text()]++
		}
		if lines.Err() != nil {
			t.Errorf("%s: %v", o.Key, lines.Err())
		}
		z.Close()
		body.Close()
	}
	return events
}

// A receiver that is stopped uploads what it has, leaves nothing open, and ends with 0. It logs nothing of secrets and bodies.
func TestReceiveStops(t *testing.T) {
	store := fakes3.Start(t)
	if err := store.MakeBucket("trail"); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "spool")
	r := startReceiving(t, dir, store.Env(), "--upload", "s3://trail/audit", "--s3-path-style", "--status-listen", "127.0.0.1:0", "--path", "/hook")
	body := `{"action":"stack.create","actor":"canary-of-the-actor","data":{"args":"canary-of-the-data"}}`
	if got := deliver(http.DefaultClient, r.url+"/hook", body); got != http.StatusNoContent {
		t.Error(got)
	}
	if got := deliver(http.DefaultClient, r.url+"/hook", "canary-of-no-json"); got != http.StatusBadRequest {
		t.Error(got)
	}
	if err := r.end(syscall.SIGTERM); err != nil {
		t.Errorf("%v: %s", err, r.log())
	}
	if events := uploadedTo(t, "s3://trail/audit/year=20"); events[body] != 1 || len(events) != 1 {
		t.Errorf("%v is uploaded", events)
	}
	for l, err := range spool.Read(dir) {
		t.Error("it is left in the spool", l, err)
	}
	if strings.Contains(r.log(), "canary") || !strings.Contains(r.log(), "uploaded") {
		t.Error(r.log())
	}
}

// A disk that is full: what can't be kept isn't acknowledged, health says so, and when there is space again, all goes on. What was
// acknowledged is there.
func TestReceiveFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no small disk can be mounted here: %v", err)
	}
	defer syscall.Unmount(disk, 0)
	dir := filepath.Join(disk, "spool")
	r := startReceiving(t, dir, nil)
	ended := sync.OnceFunc(func() { r.end(syscall.SIGTERM) })
	defer ended()
	web := http.DefaultClient
	ballast := filepath.Join(disk, "ballast")
	var acknowledged, refused []string
	event := func(i int) string {
		noise := make([]byte, 10_000)
		for j := range noise {
			noise[j] = "0123456789abcdef"[rand.IntN(16)]
		}
		return fmt.Sprintf(`{"action":"stack.update","data":{"n":%d,"text":%q}}`, i, noise)
	}
	send := func(body string) {
		switch got := deliver(web, r.url, body); got {
		case http.StatusNoContent:
			acknowledged = append(acknowledged, body)
		case http.StatusServiceUnavailable:
			refused = append(refused, body)
		default:
			t.Errorf("%d: %s", got, r.log())
		}
	}
	if err := os.WriteFile(ballast, make([]byte, 512<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		send(event(i))
	}
	if len(refused) == 0 || len(acknowledged) == 0 {
		t.Fatalf("%d are acknowledged, %d refused", len(acknowledged), len(refused))
	}
	a, err := web.Get(r.url + "/healthz")
	if err != nil || a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("health: %v %v", a, err)
	}
	a.Body.Close()
	if !strings.Contains(r.log(), syscall.ENOSPC.Error()) {
		t.Errorf("it isn't said why: %s", r.log())
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	again := refused[:min(len(refused), 20)]
	refused = nil
	for _, body := range again {
		send(body)
	}
	if len(refused) > 0 {
		t.Errorf("%d are refused although there is space: %s", len(refused), r.log())
	}
	ended()
	counts := map[string]int{}
	for l, err := range spool.Read(dir) {
		if err != nil {
			t.Fatal(err)
		}
		counts[string(l.Body)]++
	}
	for _, body := range acknowledged {
		if counts[body] != 1 {
			t.Errorf("%.40s is there %d times", body, counts[body])
		}
	}
}
