// Package progress shows how far a stage is: a bar on a terminal, a line now and then elsewhere.
package progress

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Mode is how progress is shown.
type Mode string

// The modes.
const (
	Auto  Mode = "auto"  // Bar on a terminal, else Plain
	Plain Mode = "plain" // a line every interval
	None  Mode = "none"
)

// interval is the time between two plain lines.
const interval = 10 * time.Second

// Display shows one stage at a time.
type Display struct {
	out io.Writer
	bar bool
	off bool
}

// New shows progress on out, which may be a terminal.
func New(out io.Writer, m Mode) (*Display, error) {
	d := &Display{out: out}
	switch m {
	case Auto:
		f, ok := out.(*os.File)
		d.bar = ok && term.IsTerminal(int(f.Fd()))
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
	began  time.Time
	count  atomic.Int64
	detail func() string
	stop   chan struct{}
	done   sync.WaitGroup
}

// Stage begins a stage that counts units, of which there are total, or -1 where nobody knows; "" counts nothing. What detail gives,
// e.g. "12 requests, 1 retry", stands beside the count; it may be nil, and is called from another goroutine.
// A nil Display shows nothing.
func (d *Display) Stage(name, unit string, total int64, detail func() string) *Stage {
	s := &Stage{d: d, name: name, unit: unit, total: total, detail: detail, began: time.Now(), stop: make(chan struct{})}
	if d == nil || d.off {
		return s
	}
	s.done.Go(s.show)
	return s
}

// Add counts n more units. It may be called from any goroutine.
func (s *Stage) Add(n int64) { s.count.Add(n) }

// Done ends the stage and shows its last line.
func (s *Stage) Done() {
	close(s.stop)
	s.done.Wait()
	if s.d != nil && !s.d.off {
		fmt.Fprintln(s.d.out, s.line())
	}
}

func (s *Stage) show() {
	every := interval
	var bar *progressbar.ProgressBar
	if s.d.bar {
		every = 200 * time.Millisecond
		bar = progressbar.NewOptions64(s.total,
			progressbar.OptionSetWriter(s.d.out), progressbar.OptionSetDescription(s.name), progressbar.OptionShowCount(),
			progressbar.OptionShowIts(), progressbar.OptionSetItsString(s.unit), progressbar.OptionSetPredictTime(s.total > 0),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(20))
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if bar == nil {
				fmt.Fprintln(s.d.out, s.line())
				continue
			}
			bar.Describe(s.name + s.beside(" "))
			bar.Set64(s.count.Load())
		case <-s.stop:
			if bar != nil {
				bar.Clear()
			}
			return
		}
	}
}

func (s *Stage) beside(before string) string {
	if s.detail == nil {
		return ""
	}
	return before + s.detail()
}

// line gives e.g. "extract: 12000 records in 4s (3000/s), 250 requests".
func (s *Stage) line() string {
	n, took := s.count.Load(), time.Since(s.began)
	if s.unit == "" {
		return fmt.Sprintf("%s: %s%s", s.name, took.Round(10*time.Millisecond), s.beside(", "))
	}
	of := ""
	if s.total > 0 && n < s.total {
		of = fmt.Sprintf(" of %d", s.total)
	}
	rate := ""
	if sec := took.Seconds(); sec >= 0.05 && n > 0 {
		rate = fmt.Sprintf(" (%.0f/s)", float64(n)/sec)
	}
	return fmt.Sprintf("%s: %d%s %s in %s%s%s", s.name, n, of, s.unit, took.Round(10*time.Millisecond), rate, s.beside(", "))
}
