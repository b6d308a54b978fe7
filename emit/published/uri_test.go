package published

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"liftgraph/emit"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	users    = graph.NodeTable(graph.GitHubUser)
	affected = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
	events   = graph.NodeTable(graph.SpaceliftAuditEvent)
)

// sample has a table that lies in one folder wherever it is published, and two that lie in a folder for each day of a lake.
var sample = map[*graph.Table][]graph.Row{
	users: {graphtest.Row(users, "a"), graphtest.Row(users, "b\x00"), graphtest.Row(users, "c")},
	affected: {
		graphtest.Row(affected, "r1", "i", nil, nil), graphtest.Row(affected, "r1", "i", "", "2026-11-14T00:00:00Z"), graphtest.Row(affected, "r1", "i", "e", "2026-11-13T10:00:00Z"),
		graphtest.Row(affected, "r2", "i", "e", "2026-11-12T10:00:00Z", "RunInstances"), graphtest.Row(affected, "r2", "j", "f", "2026-11-13T10:00:00Z"),
	},
	events: {graphtest.Row(events, "1", "acme", "stack.create"), graphtest.Row(events, "2", "acme")},
}

// publish publishes rows of the sample, as CSV, Parquet or a lake.
func publish(t testing.TB, format, dir string, tag int64) {
	t.Helper()
	target := emit.Target{Format: emit.Format(format), Dir: dir}
	if format == "lake" {
		target = emit.Target{Format: emit.Parquet, Dir: dir, Lake: &emit.Lake{S3: pathStyle}}
	}
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default, UpdateTag: tag, Temp: t.TempDir()}, target)
	if err != nil {
		t.Fatal(err)
	}
	graphtest.Write(t, e, sample)
	if err := errors.Join(e.Publish(dataset.Manifest{UpdateTag: tag}), e.Abandon()); err != nil {
		t.Fatal(err)
	}
}

var pathStyle = objects.Options{AWS: &objects.AWS{PathStyle: true}, Attempts: 2}

func openURI(t testing.TB, uri string) (*Dir, error) {
	t.Helper()
	return OpenURI(t.Context(), uri, Options{S3: pathStyle, Temp: t.TempDir()})
}

// same compares what lies at a URI with the sample.
func same(t *testing.T, uri string) {
	t.Helper()
	d, err := openURI(t, uri)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range graph.Tables() {
		var got []graph.Row
		c := d.Cursor(table)
		for {
			if err := c.Next(); err != nil {
				t.Fatal(err)
			}
			if c.Row == nil {
				break
			}
			got = append(got, graphtest.Clone(c.Row))
		}
		c.Close()
		if !slices.EqualFunc(got, sample[table], slices.Equal) || d.Count(table) != int64(len(got)) {
			t.Errorf("%s: %s is\n%v\nnot\n%v", uri, table.Name, got, sample[table])
		}
	}
	for range d.Rows(users) { // not to the end
		break
	}
	for range d.Rows(affected) {
		break
	}
}

// upload puts a directory's files below a prefix.
func upload(t *testing.T, s *fakes3.Server, dir, bucket, prefix string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		return errors.Join(err, s.Put(bucket, path.Join(prefix, filepath.ToSlash(rel)), b, nil))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The same rows, wherever they lie and in whatever form.
func TestEverywhere(t *testing.T) {
	s := fakes3.Start(t)
	for _, format := range []string{"csv", "parquet", "lake"} {
		dir := filepath.Join(t.TempDir(), format)
		publish(t, format, dir, 1_700_000_000)
		same(t, dir)
		same(t, dir+"/")
		same(t, dir+map[string]string{"csv": "/manifest.json", "parquet": "/manifest.json", "lake": "/latest.json"}[format])
		upload(t, s, dir, "data", "deep/"+format)
		upload(t, s, dir, format, "")
		same(t, "s3://data/deep/"+format)
		same(t, "s3://data/deep/"+format+"/")
		same(t, "s3://"+format)
		if format == "lake" {
			snapshots, err := filepath.Glob(filepath.Join(dir, "manifests", "*.json"))
			if err != nil || len(snapshots) != 1 {
				t.Fatal(snapshots, err)
			}
			same(t, snapshots[0])
			same(t, "s3://data/deep/lake/manifests/"+filepath.Base(snapshots[0]))
			t.Chdir(filepath.Dir(dir))
			same(t, "lake/manifests/"+filepath.Base(snapshots[0]))
			t.Chdir("lake")
			same(t, ".")
			same(t, "manifests/"+filepath.Base(snapshots[0]))
		}
	}
}

// A snapshot is that of its day, latest.json's the newest.
func TestSnapshots(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lake")
	publish(t, "lake", dir, 1_700_000_000)
	publish(t, "lake", dir, 1_700_100_000)
	snapshots, _ := filepath.Glob(filepath.Join(dir, "manifests", "*.json"))
	for i, uri := range append(snapshots, dir) {
		same(t, uri)
		d, err := openURI(t, uri)
		if want := []int64{1_700_000_000, 1_700_100_000, 1_700_100_000}[i]; err != nil || d.Manifest.UpdateTag != want {
			t.Errorf("%s is of %d, not %d (%v)", uri, d.Manifest.UpdateTag, want, err)
		}
	}
}

func TestNothingThere(t *testing.T) {
	s := fakes3.Start(t)
	if err := errors.Join(s.MakeBucket("empty"), s.Put("data", "dirty/x", nil, nil), s.Put("data", "other/x", []byte("x"), nil), s.Put("data", "bad/latest.json", []byte(`{"manifest": "../../etc/passwd"}`), nil)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "thesis.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]string{
		dir:                              "nothing",
		filepath.Join(dir, "a", "b"):     "nothing",
		"s3://empty":                     "nothing",
		"s3://empty/prefix":              "nothing",
		"s3://data/dir":                  "nothing", // not dirty/x
		other:                            "is neither a published directory nor a lake",
		"s3://data/other":                "is neither a published directory nor a lake",
		"s3://data/bad":                  `the manifest "../../etc/passwd" that it names is none of a snapshot`,
		"s3://nosuchbucket/x":            "nosuchbucket",
		"gs://b/x":                       "give a directory, or s3://bucket/prefix",
		dir + "/manifests/x.json":        "there is no snapshot",
		"s3://data/dir/manifests/x.json": "manifests/x.json",
	} {
		_, err := openURI(t, uri)
		if nothing := errors.Is(err, ErrNothing); nothing != (want == "nothing") || err == nil || !nothing && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, not %s", uri, err, want)
		}
	}
}

// A part that differs from the manifest returns no rows at all.
func TestDamagedPart(t *testing.T) {
	s := fakes3.Start(t)
	for _, format := range []string{"csv", "parquet", "lake"} {
		dir := filepath.Join(t.TempDir(), format)
		publish(t, format, dir, 1_700_000_000)
		d, err := openURI(t, dir)
		if err != nil {
			t.Fatal(err)
		}
		part := d.Parts(users)[0].Path
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(part)))
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(part)), b, 0o600); err != nil {
			t.Fatal(err)
		}
		upload(t, s, dir, "data", format)
		for _, uri := range []string{dir, "s3://data/" + format} {
			d, err := openURI(t, uri)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, err = range d.Rows(users) {
				n++
			}
			if n != 1 || err == nil || !strings.Contains(err.Error(), "isn't as it was written") {
				t.Errorf("%s: %d rows, %v", uri, n, err)
			}
		}
		if err := s.Delete("data", format+"/"+part); err != nil {
			t.Fatal(err)
		}
		d, err = openURI(t, "s3://data/"+format)
		if err != nil {
			t.Fatal(err)
		}
		for _, err = range d.Rows(users) {
			if err == nil || !strings.Contains(err.Error(), "is in the manifest, but can't be read") {
				t.Errorf("%s: %v", format, err)
			}
		}
	}
}

// Who replaces what is read is named as the cause.
func TestReplacedMeanwhile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "csv")
	publish(t, "csv", dir, 1)
	d, err := openURI(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	publish(t, "parquet", dir, 2)
	for _, err := range d.Rows(users) {
		if err == nil || !strings.Contains(err.Error(), "was replaced while it was read: try again") {
			t.Error(err)
		}
	}
}

// The reading ends with its context.
func TestInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "csv")
	publish(t, "csv", dir, 1)
	ctx, cancel := context.WithCancel(t.Context())
	d, err := OpenURI(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	for _, err := range d.Rows(users) {
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

// A manifest can't lead out of its directory.
func TestElsewhere(t *testing.T) {
	dir := t.TempDir()
	manifest := fmt.Sprintf(`{"stage": "csv", "files": [{"path": "nodes/GitHubUser/../../../%s/part-00000.csv.gz"}]}`, filepath.Base(dir))
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "which is outside the directory") {
		t.Error(err)
	}
}
