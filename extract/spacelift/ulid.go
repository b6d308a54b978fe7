package spacelift

import (
	"strings"
	"time"
)

// timeLength is how many of a ULID's characters hold the time it was made: Unix milliseconds, five bits each, the highest
// first, so that ids sort by time.
const timeLength = 10

// began returns the time of a ULID, to compare.
func began(id string) string { return id[:timeLength] }

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ulidAt returns the least ULID of a time.
func ulidAt(t time.Time) string {
	id := []byte("00000000000000000000000000")
	ms := uint64(max(t.UnixMilli(), 0))
	for i := timeLength - 1; i >= 0; i-- {
		id[i] = crockford[ms&31]
		ms >>= 5
	}
	return string(id)
}

// timeOf returns the time of a ULID. A letter that isn't one of its digits counts as the next less one.
func timeOf(id string) time.Time {
	var ms int64
	for _, c := range []byte(began(id)) {
		digit := strings.IndexFunc(crockford, func(d rune) bool { return d > rune(c) }) - 1
		if digit < 0 {
			digit = len(crockford) - 1
		}
		ms = ms<<5 | int64(digit)
	}
	return time.UnixMilli(ms)
}
