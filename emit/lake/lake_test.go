package lake

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	fakes3 "liftgraph/fixtures/s3"
	versitygwtest "liftgraph/fixtures/s3/versitygw"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const day = 24 * 60 * 60

var (
	users    = graph.NodeTable(graph.GitHubUser)
	affected = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
)

// places runs a test on a lake in a directory and on one in S3, which is nil for the first.
func places(t *testing.T, test func(t *testing.T, place string, s3 *fakes3.Server)) {
	t.Run("directory", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "lake"), nil) })
	t.Run("s3", func(t *testing.T) {
		s := fakes3.Start(t)
		if err := s.MakeBucket("lake"); err != nil {
			t.Fatal(err)
		}
		test(t, "s3://lake/a/b", s)
	})
}

func config(tag int64) Config {
	return Config{UpdateTag: tag, S3: objects.Options{AWS: &objects.AWS{PathStyle: true}, Attempts: 2}}
}

func begin(t *testing.T, place string, cfg Config) *Publication {
	t.Helper()
	p, err := Begin(t.Context(), place, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Abandon(context.Background()) })
	return p
}

// fill writes two files and seals the publication.
func fill(t *testing.T, p *Publication, content string) error {
	t.Helper()
	for _, f := range []struct {
		t     *graph.Table
		event string
	}{{users, ""}, {affected, "2026-11-13"}} {
		w, err := p.Create(t.Context(), f.t, f.event, 0)
		if err != nil {
			return err
		}
		w.AddRows(1)
		_, err = w.Write([]byte(content))
		if err := errors.Join(err, w.Close()); err != nil {
			return err
		}
	}
	return p.Seal(t.Context(), &dataset.Manifest{UpdateTag: p.cfg.UpdateTag})
}

// publish publishes as a whole and lets go.
func publish(t *testing.T, place string, cfg Config, content string) {
	t.Helper()
	p := begin(t, place, cfg)
	if err := errors.Join(fill(t, p, content), p.Swap(t.Context()), p.Abandon(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// files returns what a lake holds, as it is seen, with the publications left out.
func files(t *testing.T, place string) (list []string) {
	t.Helper()
	s, err := openStore(t.Context(), place, config(0).S3)
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range s.list(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		name := e.path
		if p, ok := ParsePart(name); ok {
			name = strings.Replace(name, "-"+p.Publication, "", 1)
		} else if date, _, ok := parseManifestName(name); ok {
			name = date
		}
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// snapshotFiles returns what a whole lake holds with snapshots of these dates.
func snapshotFiles(dates ...string) (list []string) {
	list = append(list, LatestName)
	for _, d := range dates {
		list = append(list, d, "nodes/GitHubUser/snapshot_date="+d+"/part-00000.parquet",
			"relationships/SpaceliftRun_AFFECTED_EC2Instance/snapshot_date="+d+"/event_date=2026-11-13/part-00000.parquet")
	}
	slices.Sort(list)
	return list
}

func holds(t *testing.T, place string, want []string) {
	t.Helper()
	if got := files(t, place); !slices.Equal(got, want) {
		t.Errorf("%s holds\n%s\nnot\n%s", place, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// isLatest makes sure that a reader sees a snapshot as a whole.
func isLatest(t *testing.T, place, date, content string) {
	t.Helper()
	s, err := Open(t.Context(), place, "", config(0).S3)
	if err != nil {
		t.Fatal(err)
	}
	if s.Date != date || len(s.Manifest.Files) != 2 {
		t.Errorf("the latest snapshot is of %s with %d files, not of %s", s.Date, len(s.Manifest.Files), date)
	}
	for _, f := range s.Manifest.Files {
		dir := t.TempDir()
		if err := s.Fetch(t.Context(), f, dir); err != nil {
			t.Fatal(err)
		}
		if err := dataset.CheckFile(dir, f, true); err != nil {
			t.Error(err)
		}
		if b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path))); err != nil || string(b) != content {
			t.Errorf("%s is %.20q %v", f.Path, b, err)
		}
	}
}

func TestPublish(t *testing.T) {
	places(t, publishes)
	t.Run("real S3", func(t *testing.T) { // which looks at checksums
		server := versitygwtest.New(t)
		if err := os.Mkdir(filepath.Join(server.Dir, "lake"), 0o700); err != nil {
			t.Fatal(err)
		}
		publishes(t, "s3://lake/a/b", nil)
		noUploads(t, "s3://lake/a/b")
	})
}

func publishes(t *testing.T, place string, _ *fakes3.Server) {
	large := strings.Repeat("0123456789abcdef", (partSize*2+partSize/2)/16) // an upload of three parts
	t.Helper()
	if _, err := Open(t.Context(), place, "", config(0).S3); !errors.Is(err, dataset.ErrNotPublished) {
		t.Errorf("nothing: %v", err)
	}
	publish(t, place, config(day), "first")
	isLatest(t, place, "1970-01-02", "first")
	publish(t, place, config(2*day), large)
	isLatest(t, place, "1970-01-03", large)
	holds(t, place, snapshotFiles("1970-01-02", "1970-01-03"))

	// The same date again replaces it; an earlier date is filled in, and the newest stays the latest.
	publish(t, place, config(2*day+1), "second")
	isLatest(t, place, "1970-01-03", "second")
	publish(t, place, config(day+1), "earlier")
	isLatest(t, place, "1970-01-03", "second")
	holds(t, place, snapshotFiles("1970-01-02", "1970-01-03"))
	s, err := Open(t.Context(), place, "1970-01-02", config(0).S3)
	if err != nil || s.Manifest.UpdateTag != day+1 || len(s.Manifest.Notes) != 1 || !strings.Contains(s.Manifest.Notes[0], "older than those published last") {
		t.Errorf("the previous snapshot: %+v %v", s, err)
	}
	if _, err := Open(t.Context(), place, "1970-01-09", config(0).S3); !errors.Is(err, dataset.ErrNotPublished) || !strings.Contains(err.Error(), "1970-01-02") {
		t.Errorf("a date without: %v", err)
	}
}

func TestKeepSnapshots(t *testing.T) {
	places(t, func(t *testing.T, place string, _ *fakes3.Server) {
		cfg := config(day)
		for cfg.UpdateTag = day; cfg.UpdateTag <= 4*day; cfg.UpdateTag += day {
			publish(t, place, cfg, "x")
		}
		cfg.Keep, cfg.UpdateTag = 2, 5*day
		publish(t, place, cfg, "x")
		holds(t, place, snapshotFiles("1970-01-05", "1970-01-06"))
		cfg.Keep, cfg.UpdateTag = 1, day // what was just published isn't removed at once, nor the latest
		publish(t, place, cfg, "x")
		holds(t, place, snapshotFiles("1970-01-02", "1970-01-06"))
	})
}

// What is no lake isn't made one, and isn't touched.
func TestForeign(t *testing.T) {
	places(t, func(t *testing.T, place string, s3 *fakes3.Server) {
		put := func(name, content string) {
			if s3 != nil {
				if err := s3.Put("lake", "a/b/"+name, []byte(content), nil); err != nil {
					t.Fatal(err)
				}
				return
			}
			full := filepath.Join(place, filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o700), os.WriteFile(full, []byte(content), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		put("nodes/thesis.txt", "x")
		before := files(t, place)
		_, err := Begin(t.Context(), place, config(day))
		if err == nil || !strings.Contains(err.Error(), "holds something else than a lake, e.g. nodes/thesis.txt") {
			t.Errorf("a thesis: %v", err)
		}
		for _, content := range []string{"<html>", `{"name":"x"}`, `{"manifest":"../../x.json","snapshot_date":"1970-01-02"}`} {
			put(LatestName, content)
			_, err = Begin(t.Context(), place, config(day))
			if err == nil || !strings.Contains(err.Error(), "holds a latest.json that isn't a lake's") {
				t.Errorf("%s: %v", content, err)
			}
		}
		if now := files(t, place); !slices.Equal(now, append([]string{LatestName}, before...)) {
			t.Errorf("it holds %q", now)
		}
	})
}

// Of two that publish at the same time the second is refused, and leaves no trace.
func TestTwoWriters(t *testing.T) {
	places(t, func(t *testing.T, place string, s3 *fakes3.Server) {
		publish(t, place, config(day), "first")
		slow := begin(t, place, config(3*day))
		if s3 == nil {
			if _, err := Begin(t.Context(), place, config(2*day)); err == nil || !strings.Contains(err.Error(), "another liftgraph") {
				t.Errorf("two at once: %v", err)
			}
			return
		}
		if err := fill(t, slow, "slow"); err != nil {
			t.Fatal(err)
		}
		publish(t, place, config(2*day), "quick")
		if err := slow.Swap(t.Context()); err == nil || !strings.Contains(err.Error(), "another liftgraph published into s3://lake/a/b meanwhile") {
			t.Errorf("%v", err)
		}
		if err := slow.Abandon(t.Context()); err != nil {
			t.Error(err)
		}
		isLatest(t, place, "1970-01-03", "quick")
		holds(t, place, snapshotFiles("1970-01-02", "1970-01-03"))
		noUploads(t, place)

		// The other was quicker only after this one had looked.
		slow = begin(t, place, config(4*day))
		if err := fill(t, slow, "slow"); err != nil {
			t.Fatal(err)
		}
		s3.Inject(fakes3.Fault{Key: "a/b/latest.json", Match: func(r fakes3.Request) bool { return r.Method == http.MethodPut }, Nth: 1, Do: fakes3.Before(func() {
			publish(t, place, config(3*day), "quicker")
		})})
		if err := slow.Swap(t.Context()); err == nil || !strings.Contains(err.Error(), "another liftgraph published into") {
			t.Errorf("%v", err)
		}
		isLatest(t, place, "1970-01-04", "quicker")
		holds(t, place, snapshotFiles("1970-01-02", "1970-01-03", "1970-01-04"))
	})
}

func noUploads(t *testing.T, place string) {
	t.Helper()
	f, err := objects.OpenFolder(t.Context(), place, config(0).S3)
	if err != nil {
		t.Fatal(err)
	}
	for u, err := range f.Uploads(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		t.Errorf("an upload of %s is left", u.Path())
	}
}

// What a killed publication leaves is removed by the next one, whatever it had come to.
func TestLeftovers(t *testing.T) {
	places(t, func(t *testing.T, place string, s3 *fakes3.Server) {
		publish(t, place, config(day), "first")
		for _, stage := range []func(p *Publication) error{
			func(*Publication) error { return nil }, // before its files are seen
			func(p *Publication) error { return p.store.reveal(t.Context()) },
			func(p *Publication) error {
				return errors.Join(p.store.reveal(t.Context()), p.store.put(t.Context(), manifestName(p.date, p.name), p.manifest, ""))
			},
		} {
			killed := begin(t, place, config(day))
			if err := errors.Join(fill(t, killed, "killed"), stage(killed), killed.release()); err != nil {
				t.Fatal(err)
			}
			isLatest(t, place, "1970-01-02", "first")
			publish(t, place, config(day), "first")
			isLatest(t, place, "1970-01-02", "first")
			holds(t, place, snapshotFiles("1970-01-02"))
			if s3 != nil {
				noUploads(t, place)
			} else if left, _ := os.ReadDir(place); len(left) != 4 {
				t.Errorf("left %v", left)
			}
		}
	})
}

var testTime = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
