package block

import (
	"regexp"
	"strings"
	"testing"
)

// FuzzBlocks compares the assembly with the Go that it stands for, and both with regular expressions.
func FuzzBlocks(f *testing.F) {
	const run = "01K6DZ7S8Q1CN6YW2VW82JCYYX"
	f.Add([]byte(strings.Repeat(`{"Records":[{"a":"\u0041\\\""}]}`, 9)), uint8(2))
	f.Add([]byte(strings.Repeat(`{"a{\\":{"b}":"`+run+`"}},`, 20)), uint8(3))
	f.Add([]byte(strings.Repeat("A", 70)+run+"@x"), uint8(9))
	f.Add([]byte(strings.Repeat("x", 50)+"i-sts."+strings.Repeat("ts", 40)+".i-"), uint8(1))
	id := regexp.MustCompile(`(?s)01[0-9A-Z]{24}(?:[^0-9A-Z]|$)`)
	f.Fuzz(func(t *testing.T, text []byte, depth uint8) {
		for i := range min(len(text), 40) {
			fast := State{Depth: int(depth), Floor: i % 4, escaped: uint64(i) >> 2 & 1, slash: uint64(i)>>2&1 | uint64(i)>>3&1}
			slow := fast
			n := slow.skip(text[i:])
			if got := Skip(&fast, text[i:]); got != n || fast != slow {
				t.Fatalf("%d blocks, %+v, not %d, %+v", got, fast, n, slow)
			}
			if got, want := FindMark(text[i:]), findMark(text[i:]); got != want {
				t.Fatalf("%q: a mark at %d, not %d", text[i:], got, want)
			}
			want := id.Match(text[i:])
			if findRun(text[i:]) != want || MentionsRun(text[i:]) != want {
				t.Fatalf("%q: %v and %v, not %v", text[i:], findRun(text[i:]), MentionsRun(text[i:]), want)
			}
		}
	})
}
