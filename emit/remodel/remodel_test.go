package remodel

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"liftgraph/graph"
	"liftgraph/graph/graphtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kept is a sink that keeps the rows of each table, held to the contract of a table.
type kept map[string][]graph.Row

type keptTable struct {
	k     kept
	t     *graph.Table
	check *graph.Checker
}

func (k kept) Table(t *graph.Table) (graph.TableWriter, error) {
	if _, ok := k[t.Name]; ok {
		return nil, fmt.Errorf("%s is begun twice", t.Name)
	}
	k[t.Name] = nil
	return keptTable{k, t, graph.NewChecker(t)}, nil
}

func (t keptTable) Write(row graph.Row) error {
	t.k[t.t.Name] = append(t.k[t.t.Name], graphtest.Clone(row))
	return t.check.Check(row)
}

func (keptTable) Close() error { return nil }

// cell returns a row's value of a property as text.
func cell(t *graph.Table, row graph.Row, name string) string {
	i := slices.IndexFunc(t.Columns, func(p graph.Property) bool { return p.Name == name })
	switch v := row[i]; {
	case !v.Present:
		return "-"
	case t.Columns[i].Type.IsText():
		return v.Text
	default:
		return fmt.Sprint(v.Num)
	}
}

// lines returns some properties of each row.
func (k kept) lines(t *testing.T, table string, names ...string) (list []string) {
	t.Helper()
	of, ok := graph.Cartography.Table(table)
	if !ok {
		t.Fatalf("there is no table %s", table)
	}
	for _, row := range k[table] {
		var cells []string
		for _, n := range names {
			cells = append(cells, cell(of, row, n))
		}
		list = append(list, strings.Join(cells, " "))
	}
	return list
}

var (
	accounts = graph.NodeTable(graph.SpaceliftAccount)
	runs     = graph.NodeTable(graph.SpaceliftRun)
	stacks   = graph.NodeTable(graph.SpaceliftStack)
	users    = graph.NodeTable(graph.SpaceliftUser)
	commits  = graph.NodeTable(graph.SpaceliftGitCommit)
	affected = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
)

func stack(id string, role any) graph.Row {
	return graphtest.Row(stacks, id, nil, nil, nil, nil, "https://github.com/acme/infra.git", nil, nil, nil, "acme", role)
}

func sample() map[*graph.Table][]graph.Row {
	row := graphtest.Row
	return map[*graph.Table][]graph.Row{
		accounts: {row(accounts, "acme", "acme", "Acme")},
		users: {
			row(users, "a", "A", "a@x", "Ann", "human"),
			row(users, "api::k", "k", nil, "Key", "machine"),
			row(users, "b", "b"),
			row(users, "c@d", "C@d"),
		},
		runs:    {row(runs, "r1", "TRACKED"), row(runs, "r2"), row(runs, "r3")},
		stacks:  {stack("s1", "role-b"), stack("s2", nil), stack("s3", "role-a"), stack("s4", "role-b")},
		commits: {row(commits, "c1", "c1", "m", "2026-11-13T23:47:05Z"), row(commits, "c2")},
		affected: {
			row(affected, "r1", "i-1", nil, nil, nil, nil, nil, "plain"),
			row(affected, "r1", "i-1", "e2", "t", "RunInstances", "1", "eu"),
			row(affected, "r1", "i-2", nil, nil, nil, nil, nil, "digest"),
			row(affected, "r1", "i-2", "e1", "t", "StopInstances", "1", "eu"),
			row(affected, "r1", "i-3", "e2", "t", "RunInstances", "1", "eu"),
			row(affected, "r2", "i-1", "e0", "t", "TerminateInstances", nil, nil, nil, "Denied"),
			row(affected, "r2", "i-1", "e2", "t", "RunInstances", "1", "eu"), // which is in no trail, and breaks nothing
		},
	}
}

func remodel(t *testing.T, rows map[*graph.Table][]graph.Row) kept {
	t.Helper()
	k := kept{}
	s := New(graph.Cartography, k, t.TempDir(), func() error { return nil })
	graphtest.Write(t, s, rows)
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return k
}

func TestCartography(t *testing.T) {
	k := remodel(t, sample())
	for _, want := range []struct {
		table string
		names string
		lines []string
	}{
		{"SpaceliftAccount", "id _ont_name _ont_source _module_name", []string{"acme Acme spacelift liftgraph:spacelift"}},
		{"SpaceliftUser", "id user_type email name _ont_email _ont_username _ont_fullname", []string{"a human a@x Ann a@x A Ann", "api::k system - Key - k Key", "b - - b - b b", "c@d human C@d C C@d C@d C"}},
		{"SpaceliftRun", "id run_type affected_instance_ids _module_version lastupdated", []string{"r1 TRACKED i-1;i-2 0.143.0 1700000000", "r2 - - 0.143.0 1700000000", "r3 - - 0.143.0 1700000000"}},
		{"SpaceliftGitCommit", "id timestamp", []string{"c1 1794613625", "c2 -"}},
		{"SpaceliftCloudTrailEvent", "id run_id instance_ids event_name aws_account error_code", []string{"e0 r2 i-1 TerminateInstances - Denied", "e1 r1 i-2 StopInstances 1 -", "e2 r1 i-1;i-3 RunInstances 1 -"}},
		{"AWSRole", "arn id", []string{"role-a role-a", "role-b role-b"}},
		{"ModuleSyncMetadata", "id groupid lastupdated", []string{"Spacelift_acme_SpaceliftData acme 1700000000"}},
		{"SpaceliftStack", "id repository _ont_type aws_role_arn", []string{"s1 infra iac role-b", "s2 infra iac -", "s3 infra iac role-a", "s4 infra iac role-b"}},
		{"SpaceliftRun_AFFECTED_AWSEC2Instance", "start_id end_id resolved_by", []string{"r1 i-1 plain", "r1 i-2 digest"}},
		{"SpaceliftAccount_RESOURCE_SpaceliftCloudTrailEvent", "start_id end_id", []string{"acme e0", "acme e1", "acme e2"}},
		{"SpaceliftCloudTrailEvent_FROM_RUN_SpaceliftRun", "start_id end_id _module_name", []string{"e0 r2 liftgraph:spacelift", "e1 r1 liftgraph:spacelift", "e2 r1 liftgraph:spacelift", "e2 r2 liftgraph:spacelift"}},
		{"SpaceliftCloudTrailEvent_AFFECTED_AWSEC2Instance", "start_id end_id", []string{"e0 i-1", "e1 i-2", "e2 i-1", "e2 i-3"}},
		{"SpaceliftStack_ASSUMES_AWSRole", "start_id end_id", []string{"s1 role-b", "s3 role-a", "s4 role-b"}},
	} {
		if got := k.lines(t, want.table, strings.Fields(want.names)...); !slices.Equal(got, want.lines) {
			t.Errorf("%s:\n%q\nnot\n%q", want.table, got, want.lines)
		}
	}
}

// Nothing of the default model is left out: every column of every table is a column of some table.
func TestNothingIsLeftOut(t *testing.T) {
	used := map[string]bool{}
	for _, t := range graph.Cartography.Tables() {
		for _, d := range graph.Cartography.Derivations(t) {
			for _, c := range d.Cells {
				if c.Column >= 0 {
					used[d.From.Name+"."+d.From.Columns[c.Column].Name] = true
				}
			}
		}
	}
	for _, t2 := range graph.Tables() {
		for _, c := range t2.Columns {
			if !used[t2.Name+"."+c.Name] {
				t.Errorf("%s.%s is nowhere", t2.Name, c.Name)
			}
		}
	}
}

// What passes in tables that are open at once, and through files on disk, comes out the same.
func TestSpills(t *testing.T) {
	const n = 60_000
	k := kept{}
	s := New(graph.Cartography, k, t.TempDir(), func() error { return nil })
	runRows, err := s.Table(runs)
	if err != nil {
		t.Fatal(err)
	}
	edges, err := s.Table(affected)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		id := fmt.Sprintf("%08d", i)
		err := errors.Join(
			runRows.Write(graphtest.Row(runs, id, strings.Repeat("x", i%100))),
			edges.Write(graphtest.Row(affected, id, "i-1", nil, nil, nil, nil, nil, "plain")),
			edges.Write(graphtest.Row(affected, id, "i-1", fmt.Sprintf("e%08d", n-i), "t", "RunInstances")),
			edges.Write(graphtest.Row(affected, id, "i-2", fmt.Sprintf("e%08d", n-i), "t", "RunInstances")),
		)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(runRows.Close(), edges.Close()); err != nil {
		t.Fatal(err)
	}
	accountRows, err := s.Table(accounts)
	if err == nil {
		err = errors.Join(accountRows.Write(graphtest.Row(accounts, "acme")), accountRows.Close(), s.Finish(), s.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	events := k.lines(t, "SpaceliftCloudTrailEvent", "id", "run_id", "instance_ids")
	if len(events) != n || events[0] != "e00000001 00059999 i-1;i-2" || events[n-1] != "e00060000 00000000 i-1;i-2" {
		t.Errorf("%d events, from %q to %q", len(events), events[0], events[len(events)-1])
	}
	if got := k.lines(t, "SpaceliftRun", "id", "affected_instance_ids"); len(got) != n || got[n-1] != "00059999 i-1" {
		t.Errorf("%d runs, the last %q", len(got), got[len(got)-1])
	}
	if got := len(k["SpaceliftCloudTrailEvent_AFFECTED_AWSEC2Instance"]); got != 2*n {
		t.Errorf("%d AFFECTED of events", got)
	}
}

func TestFailures(t *testing.T) {
	write := func(table *graph.Table, rows ...graph.Row) error {
		s := New(graph.Cartography, kept{}, t.TempDir(), func() error { return nil })
		w, err := s.Table(table)
		for _, r := range rows {
			err = errors.Join(err, w.Write(r))
		}
		return errors.Join(err, w.Close(), s.Close())
	}
	if err := write(accounts, graphtest.Row(accounts, "a"), graphtest.Row(accounts, "b")); err == nil || !strings.Contains(err.Error(), `two accounts, "a" and "b"`) {
		t.Errorf("two accounts: %v", err)
	}
	if err := write(commits, graphtest.Row(commits, "c", nil, nil, "yesterday")); err == nil || !strings.Contains(err.Error(), `SpaceliftGitCommit "c": timestamp`) {
		t.Errorf("a time that is none: %v", err)
	}
	stopped := errors.New("stopped")
	s := New(graph.Cartography, kept{}, t.TempDir(), func() error { return stopped })
	graphtest.Write(t, s, sample())
	if err := errors.Join(s.Finish(), s.Close()); !errors.Is(err, stopped) {
		t.Errorf("a stop: %v", err)
	}
}
