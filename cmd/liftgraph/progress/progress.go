// Package progress shows how far a stage is: a line that is rewritten on a terminal, a line now and then elsewhere.
package progress

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"
)

// Mode is how progress is shown.
type Mode string

// The modes.
const (
	Auto  Mode = "auto"  // one line that is rewritten on a terminal, else Plain
	Plain Mode = "plain" // a line now and then
	None  Mode = "none"
)

// How often progress is shown.
const (
	everyLine    = 10 * time.Second
	everyRewrite = 200 * time.Millisecond
)

// Display shows the stages under way. Several may be at the same time.
type Display struct {
	out     io.Writer
	rewrite bool
	off     bool
	width   func() int // of the terminal, in characters; nil: unknown

	mu     sync.Mutex
	stages []*Stage // under way, in the order they began
}

// New shows progress on out, which may be a terminal.
func New(out io.Writer, m Mode) (*Display, error) {
	d := &Display{out: out}
	switch m {
	case Auto:
		f, ok := out.(*os.File)
		if d.rewrite = ok && term.IsTerminal(int(f.Fd())); d.rewrite {
			d.width = func() int { w, _, _ := term.GetSize(int(f.Fd())); return w }
		}
	case Plain:
	case None:
		d.off = true
	default:
		return nil, fmt.Errorf("%q: progress is %s, %s or %s", m, Auto, Plain, None)
	}
	return d, nil
}

// Stage is the progress of one stage.
type Stage struct {
	d      *Display
	name   string
	unit   string
	total  int64
	about  atomic.Int64 // an estimate of the total; 0: none
	began  time.Time
	count  atomic.Int64
	detail func() string
	stop   chan struct{}
	done   sync.WaitGroup
}

// Stage begins a stage that counts units, of which there are total, or -1 where it is unknown; "" counts nothing. What
// detail returns, e.g. "12 requests, 1 retry", stands beside the count; it may be nil, and is called from another goroutine.
// A nil Display shows nothing.
func (d *Display) Stage(name, unit string, total int64, detail func() string) *Stage {
	s := &Stage{d: d, name: name, unit: unit, total: total, detail: detail, began: time.Now(), stop: make(chan struct{})}
	if d == nil || d.off {
		return s
	}
	d.mu.Lock()
	d.stages = append(d.stages, s)
	d.mu.Unlock()
	s.done.Go(s.show)
	return s
}

// About sets an estimate of how many units there are, where the total is unknown, e.g. as many as the last time; 0 is none.
// It is shown until the count reaches it.
func (s *Stage) About(total int64) { s.about.Store(total) }

// Add counts n more units. It may be called from any goroutine.
func (s *Stage) Add(n int64) { s.count.Add(n) }

// Done ends the stage and shows its last line.
func (s *Stage) Done() {
	close(s.stop)
	s.done.Wait()
}

const (
	lineStart = "\r\x1b[K" // and whatever stood there is gone
	lineEnd   = "\n"
)

func (s *Stage) show() {
	every := everyLine
	if s.d.rewrite {
		every = everyRewrite
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.d.tick(s)
		case <-s.stop:
			s.d.last(s)
			return
		}
	}
}

// tick shows a stage's line; on a terminal the first stage's tick rewrites one line with all that are under way.
func (d *Display) tick(s *Stage) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case !d.rewrite:
		fmt.Fprint(d.out, s.line(), lineEnd)
	case d.stages[0] == s:
		lines := make([]string, len(d.stages))
		for i, s := range d.stages {
			lines[i] = s.line()
		}
		fmt.Fprint(d.out, lineStart, d.fitting(strings.Join(lines, " | ")))
	}
}

// last shows the last line of a stage.
func (d *Display) last(s *Stage) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stages = slices.DeleteFunc(d.stages, func(o *Stage) bool { return o == s })
	if d.rewrite {
		fmt.Fprint(d.out, lineStart)
	}
	fmt.Fprint(d.out, s.line(), lineEnd)
}

// fitting returns as much of a line as the terminal shows in one: a longer one could not be rewritten.
func (d *Display) fitting(line string) string {
	if d.width == nil {
		return line
	}
	if w, runes := d.width(), []rune(line); w > 1 && len(runes) >= w {
		return string(runes[:w-2]) + "…"
	}
	return line
}

// line returns e.g. "extract: 12000 records in 4s, 3000/s, runs: 250 requests, 0 retries".
func (s *Stage) line() string {
	took := time.Since(s.began)
	parts := []string{took.Round(10 * time.Millisecond).String()}
	if s.unit != "" {
		parts = s.counted(took)
	}
	if s.detail != nil {
		parts = append(parts, s.detail())
	}
	return s.name + ": " + strings.Join(parts, ", ")
}

func (s *Stage) counted(took time.Duration) []string {
	n := s.count.Load()
	of, total := "", s.total
	switch {
	case n < total:
		of = fmt.Sprintf(" of %d", total)
	case total < 0:
		if total = s.about.Load(); n < total {
			of = fmt.Sprintf(" of about %d", total)
		}
	}
	parts := []string{fmt.Sprintf("%d%s %s in %s", n, of, s.unit, took.Round(10*time.Millisecond))}
	if rate := float64(n) / took.Seconds(); took > 50*time.Millisecond && n > 0 {
		parts = append(parts, fmt.Sprintf("%.0f/s", rate))
		if left := Left(n, total, took); left != "" {
			parts = append(parts, left)
		}
	}
	return parts
}

// Left returns how long the rest takes at the speed so far, e.g. "1m20s left"; "" where that can't be known.
func Left(done, total int64, took time.Duration) string {
	if done <= 0 || done >= total || took <= 50*time.Millisecond {
		return ""
	}
	return time.Duration(float64(total-done)/float64(done)*float64(took)).Round(time.Second).String() + " left"
}
