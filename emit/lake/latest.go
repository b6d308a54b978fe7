package lake

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Latest is what latest.json holds: which snapshot is the newest one.
type Latest struct {
	Manifest     string `json:"manifest"` // its path in the lake
	SnapshotDate string `json:"snapshot_date"`
	UpdateTag    int64  `json:"update_tag"`
	Publication  string `json:"publication"` // the last one in this lake, also where it was of an earlier date
}

func (l Latest) encode() []byte {
	b, err := json.Marshal(l)
	if err != nil {
		panic(err) // it holds nothing that JSON can't
	}
	return append(b, '\n')
}

// parseLatest reads what encode gave. Anything else isn't ours.
func parseLatest(content []byte) (l Latest, err error) {
	if err := json.Unmarshal(content, &l); err != nil {
		return l, err
	}
	date, _, ok := parseManifestName(l.Manifest)
	if !ok || date != l.SnapshotDate {
		return l, fmt.Errorf("it names %q as the manifest of %q", l.Manifest, l.SnapshotDate)
	}
	return l, nil
}

// A publication is named by the time it began at, in milliseconds, and a random number: names sort by time.
const (
	timeDigits  = 12
	randomBytes = 5
)

// newPublication names a publication that begins now. It comes after the one before, also where a clock is wrong.
func newPublication(now time.Time, before string) string {
	ms := now.UnixMilli()
	if isPublication(before) {
		last, err := strconv.ParseInt(before[:timeDigits], 16, 64)
		if err == nil {
			ms = max(ms, last+1)
		}
	}
	var random [randomBytes]byte
	_, _ = rand.Read(random[:]) // it never fails
	return fmt.Sprintf("%0*x%x", timeDigits, ms, random)
}

func isPublication(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == timeDigits/2+randomBytes && s == hex.EncodeToString(b)
}
