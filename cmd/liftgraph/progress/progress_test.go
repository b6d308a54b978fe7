package progress

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestPlainLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		d, err := New(&out, Auto) // a buffer is no terminal
		if err != nil {
			t.Fatal(err)
		}
		s := d.Stage("emit", "rows", 3000, func() string { return "detail" })
		time.Sleep(everyLine / 2)
		s.Add(1000)
		time.Sleep(everyLine)
		s.Add(2000)
		s.Done()
		want := "emit: 1000 of 3000 rows in 10s, 100/s, 20s left, detail\nemit: 3000 rows in 15s, 200/s, detail\n"
		if out.String() != want {
			t.Errorf("got  %q\nwant %q", out.String(), want)
		}
	})
}

// An estimate is shown until there are more; then nothing is said of the rest.
func TestEstimate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		d, err := New(&out, Plain)
		if err != nil {
			t.Fatal(err)
		}
		s := d.Stage("extract", "records", -1, nil)
		s.About(1000)
		s.Add(500)
		time.Sleep(everyLine + time.Second)
		s.Add(600)
		s.Done()
		want := "extract: 500 of about 1000 records in 10s, 50/s, 10s left\nextract: 1100 records in 11s, 100/s\n"
		if out.String() != want {
			t.Errorf("got  %q\nwant %q", out.String(), want)
		}
	})
}

func TestRewrittenLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := (&Display{out: &out, rewrite: true}).Stage("ingest", "", -1, nil)
		time.Sleep(everyRewrite + everyRewrite/2)
		s.Done()
		if want := "\r\x1b[Kingest: 200ms\r\x1b[Kingest: 300ms\n"; out.String() != want {
			t.Errorf("got %q, not %q", out.String(), want)
		}
	})
}

// Of stages at the same time a terminal shows one line, no longer than it is wide, and the last line of each.
func TestStagesSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		d := &Display{out: &out, rewrite: true, width: func() int { return 24 }}
		a := d.Stage("a", "", -1, nil)
		b := d.Stage("bb", "", -1, func() string { return "detail" })
		time.Sleep(everyRewrite + everyRewrite/2)
		a.Done()
		time.Sleep(everyRewrite)
		b.Done()
		const start = "\r\x1b[K"
		want := start + "a: 200ms | bb: 200ms, …" + start + "a: 300ms\n" + start + "bb: 400ms, detail" + start + "bb: 500ms, detail\n"
		if out.String() != want {
			t.Errorf("got %q\nwant %q", out.String(), want)
		}
	})
}

func TestNothingShown(t *testing.T) {
	var out bytes.Buffer
	d, err := New(&out, None)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Display{d, nil} {
		s := d.Stage("emit", "rows", 1, nil)
		s.Add(1)
		s.Done()
	}
	if out.Len() > 0 {
		t.Errorf("shown: %q", out.String())
	}
	if _, err := New(&out, "loud"); err == nil || !strings.Contains(err.Error(), "loud") {
		t.Errorf("got %v", err)
	}
}
