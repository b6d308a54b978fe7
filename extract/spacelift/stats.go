package spacelift

import (
	"sync/atomic"
	"time"

	"liftgraph/extract/spacelift/api"
)

// Stats counts what an extraction does while it runs. Its methods may be called from any goroutine.
type Stats struct {
	traffic        api.Traffic
	pages, records atomic.Int64
	scope          atomic.Pointer[stage]
}

// stage is the scope that is being read.
type stage struct {
	name   string
	began  time.Time
	before int64        // records before it
	of     atomic.Int64 // rows that the server counts; 0: unknown
}

// begin notes that a scope is being read.
func (s *Stats) begin(name string) {
	s.scope.Store(&stage{name: name, began: time.Now(), before: s.records.Load()})
}

// counted notes how many rows the server counts of the scope that is being read.
func (s *Stats) counted(rows int64) {
	if scope := s.scope.Load(); scope != nil && rows > 0 {
		scope.of.Store(rows)
	}
}

// Snapshot is where an extraction stands.
type Snapshot struct {
	Scope    string        // what is being read now; "" before the first
	Took     time.Duration // so far, for that
	Rows     int64         // delivered of it
	Of       int64         // that the server counts of it; 0 where it doesn't
	Records  int64         // delivered so far, of all scopes
	Requests int64         // sent, retries included
	Retries  int64
	Pages    int64 // of lists
	Bytes    int64 // of answers, uncompressed
}

// Snapshot returns the counts as they are now.
func (s *Stats) Snapshot() Snapshot {
	snap := Snapshot{
		Records: s.records.Load(), Requests: s.traffic.Requests.Load(), Retries: s.traffic.Retries.Load(), Pages: s.pages.Load(), Bytes: s.traffic.Bytes.Load(),
	}
	if scope := s.scope.Load(); scope != nil {
		snap.Scope, snap.Took, snap.Rows, snap.Of = scope.name, time.Since(scope.began), snap.Records-scope.before, scope.of.Load()
	}
	return snap
}
