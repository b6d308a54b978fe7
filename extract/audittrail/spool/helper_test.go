package spool_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"liftgraph/extract/audittrail/payload"
	"liftgraph/extract/audittrail/spool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// event returns the nth event.
func event(t testing.TB, n int) payload.Payload {
	t.Helper()
	body := fmt.Sprintf(`{"account":"example","action":"stack.update","data":{"n":%d,"text":%q},"timestamp":1674124447947}`, n, strings.Repeat("x", n%50))
	p, err := payload.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func open(t testing.TB, dir string, opts spool.Options) *spool.Spool {
	t.Helper()
	s, err := spool.Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeSpool(t testing.TB, s *spool.Spool) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func keep(t testing.TB, s *spool.Spool, p payload.Payload) (duplicate bool) {
	t.Helper()
	duplicate, err := s.Append(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return duplicate
}

// kept returns how often each line is in a spool.
func kept(t testing.TB, dir string) map[string]int {
	t.Helper()
	lines := map[string]int{}
	for l, err := range spool.Read(dir) {
		if err != nil {
			t.Error(err)
			continue
		}
		lines[string(l.Body)]++
	}
	return lines
}

// wantOnce wants each of the first n events once, and nothing else.
func wantOnce(t testing.TB, dir string, n int) {
	t.Helper()
	lines := kept(t, dir)
	for i := range n {
		line := string(event(t, i).Line)
		if lines[line] != 1 {
			t.Errorf("event %d is there %d times", i, lines[line])
		}
		delete(lines, line)
	}
	for line := range lines {
		t.Errorf("%q wasn't sent", line)
	}
}
