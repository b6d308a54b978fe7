package ingest

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/parquet-go/parquet-go"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/internal/dataset"
)

// nasty is what a user can type, and what has been seen to break readers of CSV.
var nasty = []string{
	"", " ", "  both ends  ", "a,b", `a"b`, `"`, `""`, `a\"b`, `a\\"b`, `back\`, `back\\`, `\n\t`, "a\nb", "a\r\nb", "a\rb", "cr\r", "lf\n", "\n", "\r\n", "\r\n\r\n",
	"a\tb", "\vb\f", "=1+1", "+1", "-1", "@x", "it's", "a;b", "null", "NULL", "true", "1", "#x", "//", "🚀é漢", "\u00a0a\u2028b\u0085", "\ufeffbom", "nul\x00", "\x01\x1f\x7f",
	"\",\"\n\"x\",\"y\"\n", "x\",1,Thing\n\"i-1\",\"", strings.Repeat("ü\"\n", 1<<20),
}

// random strings over what matters to a reader of CSV, enough to fill more than one of the tool's buffers of 4 MiB.
func randomStrings(n int) []string {
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

// quote is the whole of the encoding that the import tool wants for a string.
func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// Every string survives the real import tool as it is, as property of a node, as id and as property of a relationship;
// an unquoted empty field is an absent property.
func TestStringsSurviveTheImport(t *testing.T) {
	t.Parallel()
	i := neo4jtest.NewInstance(t)
	things := table{folder: "nodes/Thing", header: "id:ID(Thing),text:string,n:long,flag:boolean,:LABEL"}
	likes := table{folder: "relationships/Thing_LIKES_Thing", header: ":START_ID(Thing),:END_ID(Thing),text:string,n:long,:TYPE"}
	texts := append(append([]string{}, nasty...), randomStrings(30_000)...)
	want := map[string]string{}
	for n, text := range texts {
		id := fmt.Sprint(n, " ", text[:min(len(text), 40)])
		want[id] = text
		things.rows = append(things.rows, fmt.Sprintf("%s,%s,%d,%t,Thing", quote(id), quote(text), n, n%2 == 0))
		likes.rows = append(likes.rows, fmt.Sprintf("%s,%s,%s,,LIKES", quote(id), quote(id), quote(text)))
	}
	things.rows = append(things.rows, `absent,,,,Thing`)
	dir := publish(t, `--bad-tolerance=0
--multiline-fields-format=v1
--multiline-fields=true
--read-buffer-size=16777216
--nodes=./nodes/Thing/header.csv,./nodes/Thing/part-00000.csv.gz
--relationships=./relationships/Thing_LIKES_Thing/header.csv,./relationships/Thing_LIKES_Thing/part-00000.csv.gz
`, "", things, likes)
	_, err := Admin(t.Context(), AdminConfig{Dir: dir, Neo4jHome: i.Home, Temp: t.TempDir()})
	must(t, err)
	i.Start(t)
	checkTexts(t, i, "MATCH (n:Thing) WHERE n.text IS NOT NULL RETURN n.id, n.text", want)
	checkTexts(t, i, "MATCH (n:Thing)-[r:LIKES]->() RETURN n.id, r.text", want)
	r, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), "MATCH (n:Thing {id: 'absent'}) RETURN keys(n)", nil, neo4j.EagerResultTransformer)
	must(t, err)
	if keys := r.Records[0].Values[0]; fmt.Sprint(keys) != "[id]" {
		t.Errorf("the node without properties has %v", keys)
	}
}

// checkTexts compares what a query for ids and texts gives.
func checkTexts(t *testing.T, i *neo4jtest.Instance, query string, want map[string]string) {
	t.Helper()
	r, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), query, nil, neo4j.EagerResultTransformer)
	must(t, err)
	if len(r.Records) != len(want) {
		t.Errorf("%s gives %d records, not %d", query, len(r.Records), len(want))
	}
	for _, record := range r.Records {
		id, text := record.Values[0].(string), record.Values[1]
		if expected, known := want[id]; !known || text != expected {
			t.Errorf("%s: %.80q came back as %.80q", query, expected, text)
		}
	}
}

// The same from Parquet, by plain column names and a header file of two rows; but the empty string becomes absent.
func TestStringsSurviveTheImportOfParquet(t *testing.T) {
	t.Parallel()
	i := neo4jtest.NewInstance(t)
	type thing struct {
		ID   string  `parquet:"id"`
		Text *string `parquet:"text,optional"`
		N    *int64  `parquet:"n,optional"`
		Flag *bool   `parquet:"flag,optional"`
	}
	want := map[string]string{}
	flag, n := true, int64(-1)<<63
	rows := []thing{{ID: "absent"}, {ID: "empty", Text: new(string)}}
	for k, text := range nasty {
		if text != "" {
			id := fmt.Sprint(k, " ", text[:min(len(text), 40)])
			want[id] = text
			rows = append(rows, thing{id, &text, &n, &flag})
		}
	}
	dir := filepath.Join(t.TempDir(), "parquet")
	d, err := dataset.Create(dir)
	must(t, err)
	f, err := d.File("nodes/Thing/part-00000.parquet")
	must(t, err)
	w := parquet.NewGenericWriter[thing](f, parquet.Compression(&parquet.Zstd))
	_, err = w.Write(rows)
	must(t, err)
	must(t, w.Close())
	f.AddRows(int64(len(rows)))
	must(t, f.Close())
	must(t, d.WriteFile("nodes/Thing/header.csv", []byte("id:ID(Thing),text:string,n:long,flag:boolean\nid,text,n,flag\n")))
	must(t, d.WriteFile(argsName, []byte("--input-type=parquet\n--bad-tolerance=0\n--nodes=Thing=./nodes/Thing/header.csv,./nodes/Thing/part-00000.parquet\n")))
	must(t, d.WriteFile(constraintsName, nil))
	must(t, d.Publish(&dataset.Manifest{Stage: "parquet"}))

	_, err = Admin(t.Context(), AdminConfig{Dir: dir, Neo4jHome: i.Home, Temp: t.TempDir()})
	must(t, err)
	i.Start(t)
	checkTexts(t, i, fmt.Sprintf("MATCH (t:Thing) WHERE t.flag AND t.n = %d RETURN t.id, t.text", n), want)
	checkTexts(t, i, "MATCH (t:Thing) WHERE keys(t) = ['id'] RETURN t.id AS id, t.id AS text", map[string]string{"absent": "absent", "empty": "empty"})
}
