package admin

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/parquet-go/parquet-go"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/ingest/source"
	"liftgraph/ingest/source/sourcetest"
	"liftgraph/internal/dataset"
)

// quote is the whole of the encoding that the import tool wants for a string.
func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// Every string survives the real import tool as it is, as property of a node, as id and as property of a relationship;
// an unquoted empty field is an absent property.
func TestStringsSurviveTheImport(t *testing.T) {
	t.Parallel()
	i := neo4jtest.NewInstance(t)
	things := sourcetest.Table{Folder: "nodes/Thing", Header: "id:ID(Thing),text:string,n:long,flag:boolean,:LABEL"}
	likes := sourcetest.Table{Folder: "relationships/Thing_LIKES_Thing", Header: ":START_ID(Thing),:END_ID(Thing),text:string,n:long,:TYPE"}
	texts := append(append([]string{}, sourcetest.Nasty...), sourcetest.RandomStrings(30_000)...)
	want := map[string]string{}
	for n, text := range texts {
		id := fmt.Sprint(n, " ", text[:min(len(text), 40)])
		want[id] = text
		things.Rows = append(things.Rows, fmt.Sprintf("%s,%s,%d,%t,Thing", quote(id), quote(text), n, n%2 == 0))
		likes.Rows = append(likes.Rows, fmt.Sprintf("%s,%s,%s,,LIKES", quote(id), quote(id), quote(text)))
	}
	things.Rows = append(things.Rows, `absent,,,,Thing`)
	dir := sourcetest.Publish(t, `--bad-tolerance=0
--multiline-fields-format=v1
--multiline-fields=true
--read-buffer-size=16777216
--nodes=./nodes/Thing/header.csv,./nodes/Thing/part-00000.csv.gz
--relationships=./relationships/Thing_LIKES_Thing/header.csv,./relationships/Thing_LIKES_Thing/part-00000.csv.gz
`, "", things, likes)
	_, err := Import(t.Context(), Config{Dir: dir, Neo4jHome: i.Home, Temp: t.TempDir()})
	must(t, err)
	i.Start(t)
	sourcetest.CheckTexts(t, i.Driver(t), "MATCH (n:Thing) WHERE n.text IS NOT NULL RETURN n.id, n.text", want)
	sourcetest.CheckTexts(t, i.Driver(t), "MATCH (n:Thing)-[r:LIKES]->() RETURN n.id, r.text", want)
	r, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), "MATCH (n:Thing {id: 'absent'}) RETURN keys(n)", nil, neo4j.EagerResultTransformer)
	must(t, err)
	if keys := r.Records[0].Values[0]; fmt.Sprint(keys) != "[id]" {
		t.Errorf("the node without properties has %v", keys)
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
	for k, text := range sourcetest.Nasty {
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
	must(t, d.WriteFile(source.ArgsName, []byte("--input-type=parquet\n--bad-tolerance=0\n--nodes=Thing=./nodes/Thing/header.csv,./nodes/Thing/part-00000.parquet\n")))
	must(t, d.WriteFile(source.ConstraintsName, nil))
	must(t, d.Publish(&dataset.Manifest{Stage: "parquet"}))

	_, err = Import(t.Context(), Config{Dir: dir, Neo4jHome: i.Home, Temp: t.TempDir()})
	must(t, err)
	i.Start(t)
	sourcetest.CheckTexts(t, i.Driver(t), fmt.Sprintf("MATCH (t:Thing) WHERE t.flag AND t.n = %d RETURN t.id, t.text", n), want)
	sourcetest.CheckTexts(t, i.Driver(t), "MATCH (t:Thing) WHERE keys(t) = ['id'] RETURN t.id AS id, t.id AS text", map[string]string{"absent": "absent", "empty": "empty"})
}
