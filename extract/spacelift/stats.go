package spacelift

import (
	"sync/atomic"

	"liftgraph/extract/spacelift/api"
)

// Stats counts what an extraction does while it runs. Its methods may be called from any goroutine.
type Stats struct {
	traffic        api.Traffic
	pages, records atomic.Int64
	scope          atomic.Pointer[string]
}

// Snapshot is where an extraction stands.
type Snapshot struct {
	Scope    string // what is being read now; "" before the first
	Records  int64  // delivered so far, of all scopes
	Requests int64  // sent, retries included
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
		snap.Scope = *scope
	}
	return snap
}
