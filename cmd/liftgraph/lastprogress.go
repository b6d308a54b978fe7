package main

import (
	"fmt"
	"sync"
	"time"

	"liftgraph/cmd/liftgraph/progress"
)

// lastProgress is the last word on how far something is, with the time left where that can be known.
type lastProgress struct {
	waiting string // until there is a word

	mu    sync.Mutex
	p     partial
	step  string
	from  int64 // done when the step was first heard of: a load that goes on begins in the middle
	began time.Time
}

// partial says how far something is in words, and in numbers; the total is 0 where it is unknown.
type partial interface {
	fmt.Stringer
	Of() (step string, done, total int64)
}

// Store keeps a word.
func (l *lastProgress) Store(p partial) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if step, done, _ := p.Of(); l.p == nil || step != l.step {
		l.step, l.from, l.began = step, done, time.Now()
	}
	l.p = p
}

// String returns the last one.
func (l *lastProgress) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.p == nil {
		return l.waiting
	}
	text := l.p.String()
	if _, done, total := l.p.Of(); total > 0 {
		if left := progress.Left(done-l.from, total-l.from, time.Since(l.began)); left != "" {
			text += ", " + left
		}
	}
	return text
}
