package sourcetest

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Nasty is what a user can type, and what has been seen to break readers of CSV.
var Nasty = []string{
	"", " ", "  both ends  ", "a,b", `a"b`, `"`, `""`, `a\"b`, `a\\"b`, `back\`, `back\\`, `\n\t`, "a\nb", "a\r\nb", "a\rb", "cr\r", "lf\n", "\n", "\r\n", "\r\n\r\n",
	"a\tb", "\vb\f", "=1+1", "+1", "-1", "@x", "it's", "a;b", "null", "NULL", "true", "1", "#x", "//", "🚀é漢", "\u00a0a\u2028b\u0085", "\ufeffbom", "nul\x00", "\x01\x1f\x7f",
	"\",\"\n\"x\",\"y\"\n", "x\",1,Thing\n\"i-1\",\"", strings.Repeat("ü\"\n", 1<<20),
}

// RandomStrings returns strings over what matters to a reader of CSV, enough to fill more than one of the tool's buffers of 4 MiB.
func RandomStrings(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	tokens := []string{`"`, ",", "\n", "\r", "\r\n", `\`, " ", "a", `","`, "\"\n\"", ",Thing\n", strings.Repeat("b", 50)}
	list := make([]string, n)
	for i := range list {
		var b strings.Builder
		for range r.IntN(60) {
			b.WriteString(tokens[r.IntN(len(tokens))])
		}
		list[i] = b.String()
	}
	return list
}

// CheckTexts compares what a query for ids and texts returns.
func CheckTexts(t testing.TB, d neo4j.DriverWithContext, query string, want map[string]string) {
	t.Helper()
	r, err := neo4j.ExecuteQuery(context.Background(), d, query, nil, neo4j.EagerResultTransformer)
	must(t, err)
	if len(r.Records) != len(want) {
		t.Errorf("%s returns %d records, want %d", query, len(r.Records), len(want))
	}
	for _, record := range r.Records {
		id, text := record.Values[0].(string), record.Values[1]
		if expected, known := want[id]; !known || text != expected {
			t.Errorf("%s: %.80q came back as %.80q", query, expected, text)
		}
	}
}
