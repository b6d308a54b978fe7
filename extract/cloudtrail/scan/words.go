package scan

import (
	"bytes"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// isNone reports whether a value is one of the words by which exporters write that there is none.
func isNone(text []byte) bool {
	if len(text) > maxNone {
		return false
	}
	var buf [maxNone]byte
	word := buf[:0]
	for _, c := range bytes.Trim(text, `<>()[]{}"' `) {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		word = append(word, c)
	}
	switch string(word) {
	case "", "-", "--", "null", "none", "nil", "nan", "nat", "na", "n/a", "#n/a", "undefined":
		return true
	}
	return string(text) == `\N`
}

// maxNone is the length of the longest such word, in bytes.
const maxNone = 12

// boolOf returns what a value says; known is false where it says neither.
func boolOf(text []byte) (value, known bool) {
	switch string(bytes.ToLower(bytes.Trim(text, ` "'`))) {
	case "true", "t", "1", "1.0", "yes", "y":
		return true, true
	case "false", "f", "0", "0.0", "no", "n":
		return false, true
	}
	return false, false
}

// accountOf returns an account as AWS writes it, twelve digits, from a number too, which loses leading zeros. Where
// digits were lost it is none.
func accountOf(text []byte) string {
	s := strings.Trim(string(text), ` "'=`)
	if strings.ContainsAny(s, ".eE+") {
		r, ok := rational(s)
		mantissa, _, _ := strings.Cut(strings.ToLower(s), "e")
		if !ok || !r.IsInt() || r.Num().BitLen() > 64 || strings.ContainsAny(s, "eE") && len(strings.ReplaceAll(strings.Trim(mantissa, "+"), ".", "")) < 10 {
			return ""
		}
		s = r.Num().String()
	}
	if n := len(s); (n == 10 || n == 11) && isNumber(s) {
		return strings.Repeat("0", 12-n) + s
	}
	return s
}

// rational reads a number with a fraction or an exponent, which must be small: a large one takes that much memory.
func rational(s string) (*big.Rat, bool) {
	_, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	if len(s) > 40 || len(strings.Trim(exponent, "+-")) > 2 {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func isNumber(s string) bool {
	for _, c := range []byte(s) {
		if !isDigit(c) {
			return false
		}
	}
	return s != ""
}

// timeForms are the ways in which CloudTrail (the first one) and exporters write times. A fraction may follow the seconds.
var timeForms = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05 UTC", "2006-01-02 15:04:05",
	"2006-01-02 15:04:05Z07", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05Z0700", // DuckDB, Postgres, Spark
	"2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -07", "2006-01-02 15:04:05 -0700 UTC", "2006-01-02 15:04:05 GMT", // Trino, Go
	"20060102T150405Z0700", "2006/01/02 15:04:05", "Jan 2, 2006, 3:04:05 PM", "Jan 2, 2006 3:04:05 PM", "Jan 2, 2006 @ 15:04:05", // Java, Kibana
	"1/2/2006, 3:04:05 PM", "1/2/2006 3:04:05 PM", "2006-01-02, 03:04:05 PM", // Azure, the consoles
	time.RFC1123, time.RFC1123Z, time.ANSIC,
}

// timeOf reads a time in any form; a number is seconds since 1970, or their thousandth, or the thousandth of that.
func timeOf(text string) (time.Time, bool) {
	text = strings.Trim(text, ` "'`)
	if text == "" {
		return time.Time{}, false
	}
	for _, form := range timeForms {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), true
		}
	}
	if i := strings.LastIndexByte(text, ' '); i > 0 && strings.ContainsRune(text[i:], '/') { // Trino: … Europe/Berlin
		if zone, err := time.LoadLocation(text[i+1:]); err == nil {
			t, err := time.ParseInLocation("2006-01-02 15:04:05", text[:i], zone)
			return t.UTC(), err == nil
		}
	}
	return epochOf(text)
}

// epochOf reads a number, which may have a fraction or an exponent. CloudTrail began in 2013: nothing before 2001 is a time.
func epochOf(text string) (time.Time, bool) {
	if len(text) > 40 || !isDigit(text[0]) || strings.IndexFunc(text, func(c rune) bool { return !strings.ContainsRune("0123456789.eE+", c) }) >= 0 {
		return time.Time{}, false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return sinceEpoch(n), n >= 1e9
	}
	r, ok := rational(text)
	if !ok || r.Cmp(big.NewRat(1e9, 1)) < 0 || r.Cmp(new(big.Rat).SetInt64(1<<62)) > 0 {
		return time.Time{}, false
	}
	unit := int64(1)
	for n := new(big.Int).Quo(r.Num(), r.Denom()).Int64(); n >= 1e10 && unit < 1e9; n /= 1000 {
		unit *= 1000
	}
	r.Mul(r, big.NewRat(1e9/unit, 1))
	return time.Unix(0, new(big.Int).Quo(r.Num(), r.Denom()).Int64()).UTC(), true
}

// sinceEpoch returns the time of a number since 1970. Its size shows the unit: from 1971 to the year 2200, no second looks
// like a millisecond, and so on.
func sinceEpoch(n int64) time.Time {
	switch {
	case n < 1e10:
		return time.Unix(n, 0).UTC()
	case n < 1e13:
		return time.UnixMilli(n).UTC()
	case n < 1e16:
		return time.UnixMicro(n).UTC()
	default:
		return time.Unix(0, n).UTC()
	}
}
