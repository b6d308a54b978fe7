package main

import (
	"fmt"
	"sync"
)

// lastProgress is the last word on how far something is.
type lastProgress struct {
	waiting string // until there is a word

	mu sync.Mutex
	p  fmt.Stringer
}

// Store keeps a word.
func (l *lastProgress) Store(p fmt.Stringer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.p = p
}

// String returns the last one.
func (l *lastProgress) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.p == nil {
		return l.waiting
	}
	return l.p.String()
}
