package spacelift

import (
	"strconv"
	"testing"
)

func TestLoop(t *testing.T) {
	for _, c := range []struct{ tail, circle int }{{0, 1}, {0, 2}, {1, 1}, {5, 1}, {3, 7}, {100, 1}, {1, 100}, {1000, 37}} {
		var l loop
		var found int
		for i := 0; ; i++ {
			at := i
			if i >= c.tail {
				at = c.tail + (i-c.tail)%c.circle
			}
			if l.closed(strconv.Itoa(at)) {
				found = i
				break
			}
			if i > 10*(c.tail+c.circle)+10 {
				t.Fatalf("tail %d, circle %d: not found", c.tail, c.circle)
			}
		}
		if first := c.tail + c.circle; found < first || found > 3*first+1 {
			t.Errorf("tail %d, circle %d: found at %d", c.tail, c.circle, found)
		}
	}
	var l loop
	for i := range 10_000 {
		if l.closed(strconv.Itoa(i)) {
			t.Fatalf("%d stood there before?", i)
		}
	}
}
