package audittrail

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// FuzzValues writes events one behind the other, in arrays, a line each or on several lines, and finds each of them again.
func FuzzValues(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 4))
		var want []string
		text := ""
		if r.IntN(3) == 0 {
			text = "\uFEFF"
		}
		between := []string{"", " ", "\n", "\r\n", "\n\n"}[r.IntN(5)]
		array := r.IntN(3) == 0
		for i := range 1 + r.IntN(6) {
			event := map[string]any{"action": fmt.Sprint("a", i), "x": []string{"}", "{", `"`, `\`, "[]", "a,b", "\u00e9"}[r.IntN(7)], "list": []any{map[string]any{}, "]", []any{}}}
			b, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, string(b))
			if r.IntN(2) == 0 {
				var pretty bytes.Buffer
				if err := json.Indent(&pretty, b, "", []string{"  ", "\t", ""}[r.IntN(3)]); err != nil {
					t.Fatal(err)
				}
				b = pretty.Bytes()
			}
			switch {
			case array && i == 0:
				text += "[" + between
			case array:
				text += "," + between
			}
			text += string(b) + between
		}
		if array {
			text += "]\n"
		}
		var got []string
		v := values{take: func(_ int64, value []byte) error {
			var b bytes.Buffer
			if len(bytes.TrimSpace(value)) == 0 {
				return nil
			}
			if err := json.Compact(&b, value); err != nil {
				return fmt.Errorf("%q: %w", value, err)
			}
			got = append(got, b.String())
			return nil
		}}
		n := int64(0)
		for line := range strings.SplitSeq(text, "\n") {
			n++
			if err := v.line(n, []byte(strings.TrimSuffix(line, "\r"))); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		if err := v.end(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s\ngot  %q\nwant %q, %v", text, got, want, err)
		}
	})
}
