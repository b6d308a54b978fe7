package trace

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit"
	"liftgraph/emit/csvfile"
	"liftgraph/emit/parquetfile"
	"liftgraph/extract/cloudtrail"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
	"liftgraph/fixtures/sample"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kept is a sink that keeps every row.
type kept map[*graph.Table][]graph.Row

func (k kept) Table(t *graph.Table) (graph.TableWriter, error) {
	k[t] = []graph.Row{}
	return keptTable{k, t}, nil
}

type keptTable struct {
	kept  kept
	table *graph.Table
}

func (k keptTable) Write(row graph.Row) error {
	k.kept[k.table] = append(k.kept[k.table], graphtest.Clone(row))
	return nil
}
func (k keptTable) Close() error { return nil }

// pipelineRows runs the pipeline over an account and returns the rows it makes.
func pipelineRows(t testing.TB, account fakespacelift.Account, more func(*pipeline.Config)) kept {
	t.Helper()
	_, endpoint := fakespacelift.Start(t, account, sample.Options())
	data := t.TempDir()
	rows := kept{}
	cfg := pipeline.Config{
		Data: data, Temp: filepath.Join(data, ".tmp"), UpdateTag: 1700000000, Also: rows,
		Spacelift: &spacelift.Config{Endpoint: endpoint, Token: sample.Token, Workers: 2},
		Targets:   []emit.Target{{Format: emit.CSV, Dir: filepath.Join(data, "csv")}},
	}
	more(&cfg)
	if _, err := pipeline.Run(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	return rows
}

var sampleOnce struct {
	sync.Once
	rows kept
}

// sampleRows returns the rows of the sample account, with its CloudTrail.
func sampleRows(t testing.TB) kept {
	t.Helper()
	sampleOnce.Do(func() { sampleOnce.rows = makeSampleRows(t) })
	return sampleOnce.rows
}

func makeSampleRows(t testing.TB) kept {
	return pipelineRows(t, sample.Account(), func(cfg *pipeline.Config) {
		cfg.Inventory.File = filepath.Join(t.TempDir(), "inventory.csv")
		trail := t.TempDir()
		if err := errors.Join(os.WriteFile(cfg.Inventory.File, sample.Inventory(), 0o600), sample.WriteCloudTrail(trail)); err != nil {
			t.Fatal(err)
		}
		store, err := objects.Open(t.Context(), trail, objects.Options{})
		if err != nil {
			t.Fatal(err)
		}
		cfg.CloudTrail = &pipeline.CloudTrail{Config: cloudtrail.Config{Sources: []cloudtrail.Source{{URI: trail, Store: store}}, FollowRoles: true, Temp: t.TempDir()}}
	})
}

// publish publishes rows in both formats, in small blocks and parts.
func publish(t testing.TB, rows kept) map[string]string {
	t.Helper()
	csv, _ := graphtest.Publish(t, "csv", func(d *dataset.Dir) {
		s := csvfile.New(d)
		s.Limits = csvfile.Limits{PartRows: 700, PartText: 1 << 20, BlockText: 1 << 10}
		graphtest.Write(t, s, rows)
	})
	parquet, _ := graphtest.Publish(t, "parquet", func(d *dataset.Dir) {
		s := parquetfile.New(d)
		s.Limits = parquetfile.Limits{BlockRows: 20, GroupRows: 200, GroupBytes: 1 << 20, PartRows: 700}
		graphtest.Write(t, s, rows)
	})
	return map[string]string{"csv": csv, "parquet": parquet}
}

func ask(t testing.TB, dir string, q Question) *Answer {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 1 << 20
	}
	a, err := Ask(context.Background(), dir, q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return a
}

// Every id's answer holds the edges that a scan of all rows finds, in both formats, and nothing else.
func TestSameAsScan(t *testing.T) {
	generated := pipelineRows(t, generate.New(generate.Size{Stacks: 30, Runs: 1500, Entities: 600, Seed: 7}), func(*pipeline.Config) {})
	for name, rows := range map[string]kept{"sample": sampleRows(t), "generated": generated} {
		dirs := publish(t, rows)
		o := newOracle(rows)
		for _, k := range kinds {
			list := rows[graph.NodeTable(k.label)]
			for i := 0; i < len(list); i += 1 + len(list)/12 {
				id := list[i][0].Text
				csv := ask(t, dirs["csv"], Question{ID: id, Kind: k.name})
				parquet := ask(t, dirs["parquet"], Question{ID: id, Kind: k.name})
				parquet.Directory, parquet.ManifestSHA256 = csv.Directory, csv.ManifestSHA256
				if a, b := toJSON(t, csv), toJSON(t, parquet); a != b {
					t.Fatalf("%s %s %s: CSV answers\n%s\nParquet\n%s", name, k.name, id, a, b)
				}
				got, want := edges(csv.Answers), o.edges(k.name, id)
				if !maps.Equal(got, want) {
					t.Fatalf("%s %s %s:\n%v\nnot\n%v", name, k.name, id, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
				}
			}
		}
	}
}

func toJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A limit cuts every list to its newest entries and counts the others.
func TestLimit(t *testing.T) {
	rows := sampleRows(t)
	for _, dir := range publish(t, rows) {
		for _, k := range kinds {
			list := rows[graph.NodeTable(k.label)]
			for i := 0; i < len(list); i += 1 + len(list)/6 {
				row := list[i]
				all := ask(t, dir, Question{ID: row[0].Text, Kind: k.name}).Answers[0]
				for _, limit := range []int{1, 3} {
					some := ask(t, dir, Question{ID: row[0].Text, Kind: k.name, Limit: limit}).Answers[0]
					if k.name != KindRun {
						checkCut(t, "runs", limit, runIDs(all.Runs), runIDs(some.Runs), some.MoreRuns)
					}
					checkCut(t, "commits", limit, shas(all.Commits), shas(some.Commits), some.MoreCommits)
					checkCut(t, "roles", limit, make([]string, len(all.Roles)), make([]string, len(some.Roles)), some.MoreRoles)
					for i, r := range some.Runs {
						checkAffected(t, limit, all.Runs[i], r)
					}
				}
			}
		}
	}
}

func checkCut(t *testing.T, what string, limit int, all, some []string, more int64) {
	t.Helper()
	if want := all[:min(len(all), limit)]; !slices.Equal(some, want) || more != int64(len(all)-len(want)) {
		t.Fatalf("%s: %v and %d more of %v, limit %d", what, some, more, all, limit)
	}
}

func checkAffected(t *testing.T, limit int, all, some Run) {
	t.Helper()
	if len(some.Affected) != min(limit, len(all.Affected)) || some.MoreAffected != int64(len(all.Affected)-len(some.Affected)) {
		t.Fatalf("%d and %d more of %d instances", len(some.Affected), some.MoreAffected, len(all.Affected))
	}
	for i, a := range some.Affected {
		from := max(len(all.Affected[i].Calls)-limit, 0)
		if !slices.Equal(a.Calls, all.Affected[i].Calls[from:]) || a.MoreCalls != int64(from) {
			t.Fatalf("%v and %d more calls of %v", a.Calls, a.MoreCalls, all.Affected[i].Calls)
		}
	}
}

func runIDs(list []Run) (ids []string) {
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}

func shas(list []Commit) (ids []string) {
	for _, c := range list {
		ids = append(ids, c.SHA)
	}
	return ids
}

// What can't be asked is refused before anything is read, what isn't there names where it was looked for.
func TestRefused(t *testing.T) {
	dir := publish(t, kept{})["csv"]
	for want, q := range map[string]Question{
		"trace needs the id":                  {},
		`"R1" can't be an id of the kind run`: {ID: "R1", Kind: KindRun},
		"can't be an id":                      {ID: "a\x1b[2J"},
		"kind \"planet\": it is one of":       {ID: "a", Kind: "planet"},
		"a limit of -1":                       {ID: "a", Limit: -1},
	} {
		if q.Limit == 0 {
			q.Limit = 1
		}
		_, err := Ask(context.Background(), dir, q)
		if _, ok := errors.AsType[*UsageError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, not %s", q, err, want)
		}
	}
	_, err := Ask(context.Background(), dir, Question{ID: "i-0123456789abcdef0", Limit: 1})
	if _, ok := errors.AsType[*NotFoundError](err); !ok || !strings.Contains(err.Error(), `has no instance "i-0123456789abcdef0"; it holds`) {
		t.Errorf("got %v", err)
	}
}

// Ids are found as people have them.
func TestForms(t *testing.T) {
	rows := sampleRows(t)
	sha := rows[graph.NodeTable(graph.SpaceliftGitCommit)][3][0].Text
	for _, dir := range publish(t, rows) {
		for id, want := range map[string]string{
			"arn:aws:ec2:eu-west-1:123456789012:instance/i-046d87f24fb0ca530": "instance i-046d87f24fb0ca530",
			"I-046D87F24FB0CA530":                          "instance i-046d87f24fb0ca530",
			"01m7b6wrr2shtt9yby5jmatc7m":                   "run 01M7B6WRR2SHTT9YBY5JMATC7M",
			strings.ToUpper(sha):                           "commit " + sha,
			sha[:7]:                                        "commit " + sha,
			"Priya.Nair@Acme-Corp.example":                 "user priya.nair@acme-corp.example",
			"api::01JSMHTFM9TXWW1XK4AZN1SA8K::ci-deployer": "user api::01JSMHTFM9TXWW1XK4AZN1SA8K",
			"payments-prod":                                "stack payments-prod",
			"payments-p":                                   "stack payments-prod",
			`Payments "prod", blue/green`:                  "stack payments-prod",
			"saml::Priya.Nair@acme-corp.example":           "user priya.nair@acme-corp.example",
			"Tomáš Novák":                                  "github-user t-novak-acme, github-user Tomas-Novak",
			"i-046d":                                       "instance i-046d87f24fb0ca530",
			"01m7b6wrr2":                                   "run 01M7B6WRR2SHTT9YBY5JMATC7M",
			"https://acme-corp.app.spacelift.io/stack/payments-prod/run/01M7B6WRR2SHTT9YBY5JMATC7M": "run 01M7B6WRR2SHTT9YBY5JMATC7M",
			"https://acme-corp.app.spacelift.io/stack/payments-prod":                                "stack payments-prod",
			"549b70f2-4cfc-4fea-b863-11da91001199":                                                  "run 01M7B6WRR2SHTT9YBY5JMATC7M",
			"dana-reyes":                                                                            "user dana-reyes, github-user dana-reyes",
		} {
			var got []string
			for _, s := range ask(t, dir, Question{ID: id}).Answers {
				got = append(got, string(s.Kind)+" "+s.ID)
			}
			if g := strings.Join(got, ", "); g != want {
				t.Errorf("%s is %s, not %s", id, g, want)
			}
		}
	}
}

// A prefix of several hashes is no answer.
func TestAmbiguous(t *testing.T) {
	commits := graph.NodeTable(graph.SpaceliftGitCommit)
	dirs := publish(t, kept{commits: {graphtest.Row(commits, "abcdef01"), graphtest.Row(commits, "abcdef02")}})
	for _, dir := range dirs {
		_, err := Ask(context.Background(), dir, Question{ID: "abcdef0", Limit: 1})
		if err == nil || !strings.Contains(err.Error(), "abcdef0 begins several ids: commit abcdef01, commit abcdef02; give more of one") {
			t.Errorf("got %v", err)
		}
	}
}

// Only scopes that may hide a part of the answer are named.
func TestIncomplete(t *testing.T) {
	scopes := []dataset.Scope{{Scope: "runs", Stack: "web"}, {Scope: "runs", Stack: "db"}, {Scope: "api_keys"}, {Scope: "spaces"}}
	for want, s := range map[string]Subject{
		"runs web, runs db, spaces, ":           {Kind: KindInstance},
		"runs web, spaces, ":                    {Kind: KindStack, ID: "web"},
		"runs db, spaces, ":                     {Kind: KindRun, Runs: []Run{{Stack: &Stack{ID: "db"}}}},
		"runs web, runs db, api_keys, spaces, ": {Kind: KindUser},
	} {
		var got strings.Builder
		for _, scope := range hiding(scopes, []Subject{s}) {
			got.WriteString(strings.TrimSpace(scope.Scope+" "+scope.Stack) + ", ")
		}
		if got.String() != want {
			t.Errorf("%s: %s, not %s", s.Kind, &got, want)
		}
	}
}
