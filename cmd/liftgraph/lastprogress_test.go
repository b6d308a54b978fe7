package main

import (
	"testing"
	"testing/synctest"
	"time"

	"liftgraph/ingest"
)

// Totals and the time left stand beside what is done: of the rows that this load loads, and of each step of an import.
func TestLastProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lastProgress{waiting: "waiting for Neo4j"}
		check := func(want string) {
			t.Helper()
			if got := l.String(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		check("waiting for Neo4j")
		l.Store(ingest.LiveProgress{Table: "SpaceliftRun", Rows: 500, Total: 1000}) // 500 were loaded before
		check("500 of 1000 rows: SpaceliftRun")
		time.Sleep(10 * time.Second)
		l.Store(ingest.LiveProgress{Table: "SpaceliftRun", Rows: 600, Total: 1000})
		check("600 of 1000 rows: SpaceliftRun, 40s left")
		l.Store(ingest.LiveProgress{Table: "SpaceliftRun", Rows: 1000, Total: 1000})
		check("1000 of 1000 rows: SpaceliftRun")
	})
	synctest.Test(t, func(t *testing.T) {
		l := new(lastProgress)
		l.Store(ingest.AdminProgress{Step: "Nodes", Items: 10, Total: 100})
		time.Sleep(time.Second)
		l.Store(ingest.AdminProgress{Step: "Relationships", Items: 0, Total: 100})
		time.Sleep(time.Minute)
		l.Store(ingest.AdminProgress{Step: "Relationships", Items: 50, Total: 100})
		if got, want := l.String(), "Relationships: 50 of 100, 1m0s left"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		l.Store(ingest.AdminProgress{Step: "Dense"})
		if got := l.String(); got != "Dense" {
			t.Errorf("got %q", got)
		}
	})
}
