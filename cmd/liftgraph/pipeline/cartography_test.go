package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/query/verify"
)

// keptRows is a sink that keeps the rows of each table: their present cells as text.
type keptRows map[string][]map[string]string

type keptTable struct {
	rows  keptRows
	table *graph.Table
}

func (k keptRows) Table(t *graph.Table) (graph.TableWriter, error) { return keptTable{k, t}, nil }
func (keptTable) Close() error                                     { return nil }
func (k keptTable) Write(row graph.Row) error {
	cells := map[string]string{}
	for i, v := range row {
		switch {
		case !v.Present:
		case k.table.Columns[i].Type.IsText():
			cells[k.table.Columns[i].Name] = strings.Clone(v.Text)
		default:
			cells[k.table.Columns[i].Name] = fmt.Sprint(v.Num)
		}
	}
	k.rows[k.table.Name] = append(k.rows[k.table.Name], cells)
	return nil
}

// cartographyConfig is that of a run over the sample account and its CloudTrail, in Cartography's model.
func cartographyConfig(t *testing.T, name string) Config {
	t.Helper()
	cfg := withTrail(t, config(t, filepath.Join(t.TempDir(), name)))
	cfg.Model, cfg.CloudTrail.IncludeFailed = graph.Cartography, true
	return cfg
}

// In one go or stage by stage, with one worker or several: the same bytes in another model too, and a whole graph. What lies
// between the stages stays in the default model.
func TestCartographyRunEqualsStages(t *testing.T) {
	one, two := cartographyConfig(t, "one"), cartographyConfig(t, "two")
	one.Keep = true
	if _, err := Run(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	two.Spacelift.Workers, two.CloudTrail.Workers = 1, 1
	if _, err := Extract(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	if _, err := Transform(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	if _, err := Emit(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"graph", "csv", "parquet"} {
		sameFiles(t, filepath.Join(one.Data, dir), filepath.Join(two.Data, dir))
		m, err := dataset.ReadManifest(filepath.Join(one.Data, dir))
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]string{"graph": ""}[dir]; dir == "graph" && m.Model != want || dir != "graph" && m.Model != "cartography" {
			t.Errorf("%s is of the model %q", dir, m.Model)
		}
		r, err := verify.Dir(t.Context(), filepath.Join(one.Data, dir), t.TempDir())
		if err != nil || r.Nodes == 0 || r.Relationships == 0 {
			t.Errorf("%s: %+v, %v", dir, r, err)
		}
	}
}

// TestErrorMessages: an event of a call that failed says so in words, too.
func TestErrorMessages(t *testing.T) {
	cfg := cartographyConfig(t, "data")
	if _, err := Run(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	rows := keptRows{}
	publishedRows(t, cfg, rows)
	failed := 0
	for _, e := range rows["SpaceliftCloudTrailEvent"] {
		if (e["error_code"] == "") != (e["error_message"] == "") {
			t.Errorf("%v", e)
		}
		if e["error_code"] != "" {
			failed++
		}
	}
	if failed == 0 {
		t.Error("no call failed")
	}
}

// cartographyQueries are of the shapes that users of Cartography write, with what the default model's rows say they give.
var cartographyQueries = []struct {
	name, query string
	want        func(rows keptRows) []string
}{
	{
		"from an instance to the commits of the runs that called for it",
		`MATCH (i:AWSEC2Instance)<-[:AFFECTED]-(e:SpaceliftCloudTrailEvent)-[:FROM_RUN]->(r:SpaceliftRun)<-[:COMMITTED]-(c:SpaceliftGitCommit)
		 RETURN i.instanceid + ' ' + e.event_name + ' ' + e.id + ' ' + r.id + ' ' + c.sha + ' ' + coalesce(c.author_login, '')`,
		func(rows keptRows) (list []string) {
			commits := keyed(rows["SpaceliftGitCommit"], "id")
			for _, e := range rows["SpaceliftRun_AFFECTED_EC2Instance"] {
				for _, c := range rows["SpaceliftGitCommit_COMMITTED_SpaceliftRun"] {
					if c["end_id"] == e["start_id"] && e["event_id"] != "" {
						list = append(list, strings.Join([]string{e["end_id"], e["event_name"], e["event_id"], e["start_id"], c["start_id"], commits[c["start_id"]]["author_login"]}, " "))
					}
				}
			}
			return list
		},
	},
	{
		"the roles that stacks assume, by the ontology's label",
		`MATCH (p:CICDPipeline {_ont_type: 'iac'})-[:ASSUMES]->(r:AWSRole) RETURN p._ont_name + ' ' + r.arn`,
		func(rows keptRows) (list []string) {
			for _, s := range rows["SpaceliftStack"] {
				if s["aws_role_arn"] != "" {
					list = append(list, s["name"]+" "+s["aws_role_arn"])
				}
			}
			return list
		},
	},
	{
		"who acts in a tenant",
		`MATCH (t:Tenant)-[:RESOURCE]->(u:UserAccount) RETURN t._ont_name + ' ' + u._ont_username + ' ' + coalesce(u._ont_email, '') + ' ' + u._ont_fullname + ' ' + coalesce(u.user_type, '')`,
		func(rows keptRows) (list []string) {
			for _, u := range rows["SpaceliftUser"] {
				kind := map[string]string{"human": "human", "machine": "system"}[u["user_type"]]
				name, _, _ := strings.Cut(cmp.Or(u["name"], u["username"]), "@")
				list = append(list, strings.Join([]string{rows["SpaceliftAccount"][0]["name"], u["username"], u["email"], name, kind}, " "))
			}
			return list
		},
	},
	{
		"instances by the list that a run holds, with the label of older versions",
		`MATCH (r:SpaceliftRun) UNWIND r.affected_instance_ids AS id MATCH (r)-[:AFFECTED]->(i:EC2Instance {instanceid: id}) RETURN r.id + ' ' + i.id`,
		func(rows keptRows) (list []string) {
			for _, e := range rows["SpaceliftRun_AFFECTED_EC2Instance"] {
				if e["event_id"] == "" {
					list = append(list, e["start_id"]+" "+e["end_id"])
				}
			}
			return list
		},
	},
	{
		"events of older versions' label by the list that they hold",
		`MATCH (:SpaceliftAccount)-[:RESOURCE]->(e:CloudTrailSpaceliftEvent) UNWIND e.instance_ids AS id RETURN e.id + ' ' + e.run_id + ' ' + id + ' ' + e.aws_account`,
		func(rows keptRows) (list []string) {
			for _, e := range rows["SpaceliftRun_AFFECTED_EC2Instance"] {
				if e["event_id"] != "" {
					list = append(list, strings.Join([]string{e["event_id"], e["start_id"], e["end_id"], e["aws_account"]}, " "))
				}
			}
			return list
		},
	},
	{
		"calls that failed",
		`MATCH (e:SpaceliftCloudTrailEvent) WHERE e.error_code IS NOT NULL UNWIND e.instance_ids AS id RETURN e.id + ' ' + id + ' ' + e.error_code + ' ' + coalesce(e.error_message, '')`,
		func(rows keptRows) (list []string) {
			for _, e := range rows["SpaceliftRun_AFFECTED_EC2Instance"] {
				if e["error_code"] != "" {
					list = append(list, strings.Join([]string{e["event_id"], e["end_id"], e["error_code"], e["error_message"]}, " "))
				}
			}
			return list
		},
	},
	{
		"commits by a time in Unix seconds",
		`MATCH (g:GitHubUser)-[:PUSHED]->(c:SpaceliftGitCommit) WHERE c.timestamp > 1793000000 RETURN g.username + ' ' + c.id + ' ' + toString(datetime({epochSeconds: c.timestamp}))`,
		func(rows keptRows) (list []string) {
			commits := keyed(rows["SpaceliftGitCommit"], "id")
			for _, p := range rows["GitHubUser_PUSHED_SpaceliftGitCommit"] {
				if at := commits[p["end_id"]]["timestamp"]; at > "2026-10-26T06:13:20Z" {
					list = append(list, p["start_id"]+" "+p["end_id"]+" "+at)
				}
			}
			return list
		},
	},
	{
		"when an account was read",
		`MATCH (m:ModuleSyncMetadata:SyncMetadata {grouptype: 'Spacelift', syncedtype: 'SpaceliftData'}) RETURN m.groupid + ' ' + toString(m.lastupdated)`,
		func(rows keptRows) []string {
			return []string{rows["SpaceliftAccount"][0]["id"] + " " + rows["SpaceliftAccount"][0]["lastupdated"]}
		},
	},
}

func keyed(rows []map[string]string, by string) map[string]map[string]string {
	m := map[string]map[string]string{}
	for _, r := range rows {
		m[r[by]] = r
	}
	return m
}

// A real Neo4j takes the files of either format without a bad row, and answers as the default model's rows do.
func TestCartographyInNeo4j(t *testing.T) {
	db := neo4jtest.NewInstance(t)
	cfg := cartographyConfig(t, "data")
	rows := keptRows{}
	cfg.Also = rows
	if _, err := Run(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"csv", "parquet"} {
		t.Run(format, func(t *testing.T) {
			cmd := exec.Command(filepath.Join(db.Home, "bin", "neo4j-admin"), "database", "import", "full", "neo4j", "--overwrite-destination", "--verbose",
				"--report-file="+filepath.Join(t.TempDir(), "report"), "@neo4j-admin.args")
			cmd.Dir, cmd.Env = filepath.Join(cfg.Data, format), db.Env()
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			stop := db.Start(t)
			defer stop()
			ask := func(query string) (list []string) {
				got, err := driver.ExecuteQuery(t.Context(), db.Driver(t), query, nil, driver.EagerResultTransformer)
				if err != nil {
					t.Fatalf("%s: %v", query, err)
				}
				for _, r := range got.Records {
					list = append(list, fmt.Sprint(r.Values[0]))
				}
				return list
			}
			for _, q := range cartographyQueries {
				got, want := ask(q.query), q.want(rows)
				slices.Sort(got)
				slices.Sort(want)
				if len(want) == 0 || !slices.Equal(got, want) {
					t.Errorf("%s:\n%q\nnot\n%q", q.name, got, want)
				}
			}
			if lists := ask("MATCH (r:SpaceliftRun) WHERE r.affected_instance_ids IS :: LIST<STRING NOT NULL> NOT NULL RETURN count(r)")[0]; lists == "0" {
				t.Error("no list is one of strings")
			}
			labels := map[string]bool{}
			for _, l := range ask("CALL db.labels()") {
				labels[l] = true
			}
			if want := neo4jLabels(rows); !maps.Equal(labels, want) {
				t.Errorf("labels %v, not %v", labels, want)
			}
			for line := range strings.Lines(graph.Cartography.Constraints()) {
				ask(strings.TrimSuffix(strings.TrimSpace(line), ";"))
			}
		})
	}
}

// neo4jLabels returns the labels of the tables that have rows.
func neo4jLabels(rows keptRows) map[string]bool {
	labels := map[string]bool{}
	for _, t := range graph.Cartography.Tables() {
		if t.Node == nil || len(rows[graph.Cartography.Derivations(t)[0].From.Name]) == 0 {
			continue
		}
		for _, l := range strings.Split(t.Node.Labels(";"), ";") {
			labels[l] = true
		}
	}
	return labels
}
