//go:build cgo

package duckdbtest

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"

	"liftgraph/emit"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

var (
	commits = graph.NodeTable(graph.SpaceliftGitCommit)
	spaces  = graph.NodeTable(graph.SpaceliftSpace)
	roles   = graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)
)

// rows are enough for several row groups and for dictionaries that are given up, with every kind of value.
func rows() map[*graph.Table][]graph.Row {
	row := graphtest.ExtremeRow
	all := map[*graph.Table][]graph.Row{
		spaces: {
			row(spaces, "a", "", nil, false),
			row(spaces, "b", "\x00\r\n\"é🚀", strings.Repeat("long", 1<<20), true),
			row(spaces, "c"),
		},
		roles: {row(roles, "u", "a", "READ"), row(roles, "u", "b")},
	}
	for i := range 150_000 {
		id := fmt.Sprintf("%040d", i)
		c := row(commits, id, id, "message "+id, fmt.Sprint(i%7), "https://example.com/"+id, nil, "")
		c[7] = graph.Num(int64(i))
		all[commits] = append(all[commits], c)
	}
	return all
}

func writeParquet(t *testing.T, all map[*graph.Table][]graph.Row) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "parquet")
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.Parquet, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	graphtest.Write(t, e, all)
	if err := e.Publish(dataset.Manifest{}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDuckDB(t *testing.T) {
	all := rows()
	dir := writeParquet(t, all)
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range graph.Tables() {
		files := filepath.Join(dir, table.Folder(), "*.parquet")
		checkColumns(t, db, table, files)
		checkRows(t, db, table, files, all[table])
	}

	one := func(query string, want string) {
		t.Helper()
		var got any
		if err := db.QueryRow(query).Scan(&got); err != nil {
			t.Errorf("%s: %v", query, err)
		} else if fmt.Sprint(got) != want {
			t.Errorf("%s returns %v, want %s", query, got, want)
		}
	}
	commitFiles := "'" + filepath.Join(dir, commits.Folder(), "*.parquet") + "'"
	one("SELECT sum(firstseen)::BIGINT FROM "+commitFiles, fmt.Sprint(150_000/2*149_999))
	one("SELECT count(*) FROM "+commitFiles+" WHERE author_login IS NULL AND author_name = ''", "150000")
	one("SELECT firstseen FROM "+commitFiles+" WHERE id = '"+fmt.Sprintf("%040d", 70_000)+"'", "70000")
	// Bounds that tell the row groups apart are what lets a look-up skip the others.
	metadata := "FROM parquet_metadata(" + commitFiles + ") WHERE path_in_schema = 'id'"
	one("SELECT count(DISTINCT row_group_id) "+metadata, "3")
	one("SELECT count(*) "+metadata+" AND stats_min_value <= '"+fmt.Sprintf("%040d", 70_000)+"' AND stats_max_value >= '"+fmt.Sprintf("%040d", 70_000)+"'", "1")
	one("SELECT DISTINCT compression FROM parquet_metadata("+commitFiles+")", "ZSTD")
}

func checkColumns(t *testing.T, db *sql.DB, table *graph.Table, files string) {
	t.Helper()
	types := map[graph.Type]string{graph.String: "VARCHAR", graph.Int: "BIGINT", graph.Bool: "BOOLEAN", graph.List: "VARCHAR"}
	r, err := db.Query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '" + files + "')")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got, want []string
	for r.Next() {
		var name, typ string
		if err := r.Scan(&name, &typ); err != nil {
			t.Fatal(err)
		}
		got = append(got, name+" "+typ)
	}
	for _, c := range table.Columns {
		want = append(want, c.Name+" "+types[c.Type])
	}
	if r.Err() != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s has %v, not %v (%v)", table.Name, got, want, r.Err())
	}
}

func checkRows(t *testing.T, db *sql.DB, table *graph.Table, files string, want []graph.Row) {
	t.Helper()
	r, err := db.Query("SELECT * FROM '" + files + "' ORDER BY ALL")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cells := make([]any, len(table.Columns))
	into := make([]any, len(cells))
	for i := range cells {
		into[i] = &cells[i]
	}
	n := 0
	for ; r.Next(); n++ {
		if err := r.Scan(into...); err != nil {
			t.Fatal(err)
		}
		if n >= len(want) {
			continue
		}
		for i, v := range want[n] {
			var expected any
			switch c := table.Columns[i]; {
			case !v.Present:
			case c.Type == graph.String:
				expected = v.Text
			case c.Type == graph.Bool:
				expected = v.Num != 0
			default:
				expected = v.Num
			}
			if cells[i] != expected {
				t.Fatalf("%s row %d: %s is %.100q, not %.100q", table.Name, n+1, table.Columns[i].Name, fmt.Sprint(cells[i]), fmt.Sprint(expected))
			}
		}
	}
	if r.Err() != nil || n != len(want) {
		t.Errorf("%s: %d rows, not %d (%v)", table.Name, n, len(want), r.Err())
	}
}
