//go:build cgo

package duckdbtest

import (
	"database/sql"
	"math/rand/v2"
	"testing"
	"time"

	"liftgraph/extract/cloudtrail/engine"
)

// TestDaysAreThoseAskedFor compares the condition on a partition column, whose dates may be written in any of the known
// ways, with the dates themselves.
func TestDaysAreThoseAskedFor(t *testing.T) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE t AS
		SELECT UNNEST([strftime(d, '%Y/%m/%d'), strftime(d, '%Y-%m-%d'), strftime(d, '%Y%m%d'), strftime(d, '%Y/%m/%d/23'), strftime(d, '%Y-%m-%d-00'), strftime(d, '%Y%m%d12')])
			AS timestamp, d AS truth, 'Management' AS eventcategory FROM range(DATE '2024-12-20', DATE '2027-01-12', INTERVAL 1 DAY) days(d)`); err != nil {
		t.Fatal(err)
	}
	at := func() time.Time {
		return time.Date(2024, 12, 20, rand.N(24), 0, 0, 0, time.UTC).AddDate(0, 0, rand.N(750))
	}
	for range 300 {
		c := engine.Config{From: at(), To: at()}
		switch rand.N(4) {
		case 0:
			c.From = time.Time{}
		case 1:
			c.To = time.Time{}
		case 2:
			c.To = c.From
		}
		if !c.To.IsZero() && c.To.Before(c.From) {
			c.From, c.To = c.To, c.From
		}
		condition := between(t, statement(t, c), "\n  WHERE ", "\n) AS e")
		wrong := selected(t, db, "SELECT timestamp FROM t WHERE ("+condition+") <> ("+truth(c)+")")
		if len(wrong) > 0 {
			t.Fatalf("%v to %v: %s is wrong about %v", c.From, c.To, condition, wrong)
		}
	}
}

func truth(c engine.Config) string {
	condition := "true"
	if !c.From.IsZero() {
		condition += " AND truth >= DATE '" + c.From.Format(time.DateOnly) + "'"
	}
	if !c.To.IsZero() {
		condition += " AND truth <= DATE '" + c.To.Format(time.DateOnly) + "'"
	}
	return condition
}
