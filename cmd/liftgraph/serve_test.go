package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The address with its token is alone on stdout; a page is served for it until the command is interrupted.
func TestServeCommand(t *testing.T) {
	dir := sampleCSV(t)
	ctx, cancel := context.WithCancel(t.Context())
	out, to := io.Pipe()
	ended := make(chan int, 1)
	var stderr strings.Builder
	go func() { ended <- run(ctx, []string{"liftgraph", "serve", dir}, to, &stderr); _ = to.Close() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^http://127\.0\.0\.1:[0-9]+/\?token=[0-9a-f]{64}\n$`).MatchString(line) {
		t.Fatalf("printed %q", line)
	}
	base, token, _ := strings.Cut(strings.TrimSpace(line), "?token=")
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(path, token string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(b)
	}
	if code, body := get("trace/"+incident, token); code != 200 || !strings.Contains(body, "data-signal") {
		t.Errorf("got %d\n%.500s", code, body)
	}
	if code, _ := get("trace/"+incident, "no"); code != 401 {
		t.Errorf("without a token: got %d, want 401", code)
	}
	cancel()
	if code := <-ended; code != exitComplete {
		t.Errorf("ended with %d: %s", code, &stderr)
	}
}
