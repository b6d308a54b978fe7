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

	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/internal/objects"
)

// attempt publishes the second night.
func attempt(t *testing.T, place string) error {
	p, err := Begin(t.Context(), place, config(day+1))
	if err != nil {
		return err
	}
	err = fill(t, p, "second")
	if err == nil {
		err = p.Swap(t.Context())
	}
	return errors.Join(err, p.Abandon(t.Context()))
}

// server returns one with a lake of one night, whose next requests meet with the fault.
func server(t *testing.T, f fakes3.Fault) *fakes3.Server {
	t.Helper()
	s := fakes3.Start(t)
	if err := s.MakeBucket("lake"); err != nil {
		t.Fatal(err)
	}
	publish(t, "s3://lake/a/b", config(day), "first")
	s.Inject(f)
	return s
}

// Whatever request fails for good, and when: the previous night stays the latest, as a whole, or this one is.
func TestEachRequestFails(t *testing.T) {
	const place = "s3://lake/a/b"
	refused := fakes3.Refuse(http.StatusForbidden, "AccessDenied")
	for name, f := range map[string]fakes3.Fault{
		"once":                {Do: refused, Times: 1},
		"from then on":        {Do: refused, Times: 1 << 20},
		"credentials expired": {Do: fakes3.Refuse(http.StatusBadRequest, "ExpiredToken"), Times: 1 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			for n := 1; ; n++ {
				f.Nth = n
				s := server(t, f)
				err := attempt(t, place)
				s.Heal()
				if err == nil {
					if n < 15 {
						t.Errorf("only %d requests failed", n)
					}
					isLatest(t, place, "1970-01-02", "second")
					break
				}
				published := strings.Contains(err.Error(), "s3://lake/a/b is published, but what it replaces isn't removed")
				if name == "credentials expired" && !strings.Contains(err.Error(), "the AWS credentials expired: get new ones") {
					t.Errorf("request %d: %v", n, err)
				}
				if published {
					isLatest(t, place, "1970-01-02", "second")
				} else {
					isLatest(t, place, "1970-01-02", "first")
				}
				if name == "once" && !published {
					holds(t, place, snapshotFiles("1970-01-02"))
				}
				if err := attempt(t, place); err != nil {
					t.Fatalf("after request %d failed: %v", n, err)
				}
				isLatest(t, place, "1970-01-02", "second")
				holds(t, place, snapshotFiles("1970-01-02"))
				noUploads(t, place)
			}
		})
	}
}

// An answer that is lost doesn't harm: the request is sent again, and means the same.
func TestEachAnswerIsLost(t *testing.T) {
	const place = "s3://lake/a/b"
	for n, more := 1, true; more; n++ {
		more = false
		server(t, fakes3.Fault{Nth: n, Do: func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
			more = true
			next(lost{w, http.Header{}}, r)
			panic(http.ErrAbortHandler)
		}})
		if err := attempt(t, place); err != nil {
			t.Fatalf("the answer to request %d is lost: %v", n, err)
		}
		isLatest(t, place, "1970-01-02", "second")
		holds(t, place, snapshotFiles("1970-01-02"))
		noUploads(t, place)
	}
}

// lost is a ResponseWriter whose client is gone.
type lost struct {
	http.ResponseWriter
	header http.Header
}

func (l lost) Header() http.Header         { return l.header }
func (l lost) Write(b []byte) (int, error) { return len(b), nil }
func (l lost) WriteHeader(int)             {}

// A job that is interrupted at any moment leaves the previous night.
func TestInterrupted(t *testing.T) {
	places(t, func(t *testing.T, place string, _ *fakes3.Server) {
		publish(t, place, config(day), "first")
		ctx, cancel := context.WithCancel(t.Context())
		p, err := Begin(ctx, place, config(day))
		if err != nil {
			t.Fatal(err)
		}
		if err := fill(t, p, "second"); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := p.Swap(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if err := p.Abandon(ctx); err != nil {
			t.Error(err)
		}
		isLatest(t, place, "1970-01-02", "first")
		holds(t, place, snapshotFiles("1970-01-02"))
		if IsURI(place) {
			noUploads(t, place)
		} else if left, _ := os.ReadDir(place); len(left) != 4 {
			t.Errorf("left %v", left)
		}
	})
}

// What is wrong with a location is reported at once.
func TestPlaces(t *testing.T) {
	s := fakes3.Start(t)
	if err := s.MakeBucket("lake"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]string{
		"s3://nowhere/x": "NoSuchBucket",
		"gs://lake/x":    "give s3://bucket/prefix",
		file:             "not a directory",
	} {
		if _, err := Begin(t.Context(), place, config(day)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", place, err)
		}
	}
	uploads := func(r fakes3.Request) bool { return r.URL.Query().Has("uploads") && r.Method == http.MethodPost }
	for _, c := range []struct {
		fault fakes3.Fault
		want  []string
	}{
		{fakes3.Fault{Op: fakes3.List, Do: fakes3.Refuse(403, "AccessDenied")}, []string{"allow s3:ListBucket on arn:aws:s3:::lake"}},
		{fakes3.Fault{Match: func(r fakes3.Request) bool { return r.Method == http.MethodGet && r.URL.Query().Has("uploads") }, Do: fakes3.Refuse(403, "AccessDenied")}, []string{"allow s3:ListBucketMultipartUploads on arn:aws:s3:::lake"}},
		{fakes3.Fault{Match: uploads, Do: fakes3.Refuse(403, "AccessDenied")}, []string{"can't be written", "allow s3:PutObject"}},
		{fakes3.Fault{Match: func(r fakes3.Request) bool { return r.Method == http.MethodDelete }, Do: fakes3.Refuse(403, "AccessDenied")}, []string{"allow s3:AbortMultipartUpload"}},
		{fakes3.Fault{Match: func(r fakes3.Request) bool { return r.URL.Query().Has("delete") }, Do: fakes3.Refuse(403, "AccessDenied")}, []string{"can't be removed", "allow s3:DeleteObject"}},
		{fakes3.Fault{Match: uploads, Do: fakes3.Refuse(403, "RequestTimeTooSkewed")}, []string{"set this machine's clock right"}},
		{fakes3.Fault{Do: fakes3.Refuse(400, "ExpiredToken")}, []string{"the AWS credentials expired"}},
	} {
		s.Heal()
		s.Inject(c.fault)
		_, err := Begin(t.Context(), "s3://lake/x", config(day))
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, not %q", err, want)
			}
		}
		if _, ok := errors.AsType[*objects.UsageError](err); ok {
			t.Errorf("%v passes for a usage error", err)
		}
	}
}

func TestNames(t *testing.T) {
	const publication = "01a1fe830f7f893148ad18"
	for _, p := range []Part{
		{"nodes/GitHubUser", "2026-11-21", "", 0, publication},
		{"relationships/A_B_C", "2026-11-21", "1970-01-01", 123456, publication},
	} {
		if got, ok := ParsePart(p.Path()); !ok || got != p {
			t.Errorf("%s is %+v %v", p.Path(), got, ok)
		}
	}
	for _, name := range []string{
		"", "x", "nodes/A/part-00000-" + publication + ".parquet", "nodes/A/snapshot_date=2026-11-31/part-00000-" + publication + ".parquet",
		"nodes/A/snapshot_date=2026-11-21/part-0-" + publication + ".parquet", "nodes/A/snapshot_date=2026-11-21/part-00000-x.parquet",
		"things/A/snapshot_date=2026-11-21/part-00000-" + publication + ".parquet", "nodes/A/snapshot_date=2026-11-21/x=1/part-00000-" + publication + ".parquet",
	} {
		if p, ok := ParsePart(name); ok {
			t.Errorf("%q passes for %+v", name, p)
		}
	}
	var names []string
	for range 100 {
		names = append(names, newPublication(testTime, slices.Max(append(names, ""))))
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != 100 {
		t.Errorf("publications aren't in order: %q", names)
	}
}
