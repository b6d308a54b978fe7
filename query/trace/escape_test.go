package trace

import (
	"encoding/json"
	"strings"
	"testing"
)

// What is escaped is the same document, and holds nothing that moves a cursor or turns text around.
func TestEscapeJSON(t *testing.T) {
	const text = "\u202eevil\u2066 \u2028\u2029 \x1b[31m \u009b31m \x7f <b> é 🚀 \\ \""
	b, err := json.Marshal(map[string]string{text: text})
	if err != nil {
		t.Fatal(err)
	}
	got := EscapeJSON(string(b))
	if s := strings.ContainsAny(got, "\u202e\u2066\u2028\u2029\x1b\u009b\x7f"); s {
		t.Errorf("got %q", got)
	}
	var back map[string]string
	if err := json.Unmarshal([]byte(got), &back); err != nil || back[text] != text {
		t.Errorf("%q isn't %q (%v)", back, text, err)
	}
	if plain := `{"a":"é"}`; EscapeJSON(plain) != plain {
		t.Errorf("got %q", EscapeJSON(plain))
	}
}
