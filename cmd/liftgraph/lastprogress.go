package main

import (
	"sync"

	"liftgraph/ingest"
)

// lastProgress is the import tool's last word on how far it is.
type lastProgress struct {
	mu sync.Mutex
	p  ingest.AdminProgress
}

// Store keeps a word.
func (l *lastProgress) Store(p ingest.AdminProgress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.p = p
}

// String gives the last one.
func (l *lastProgress) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.p == (ingest.AdminProgress{}) {
		return "waiting for neo4j-admin"
	}
	return l.p.String()
}
