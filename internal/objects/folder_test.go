package objects

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	fakes3 "liftgraph/fixtures/s3"
)

// On a server that looks at checksums, and on one that doesn't.
func TestFolder(t *testing.T) {
	for name, start := range map[string]func(t *testing.T){
		"real": func(t *testing.T) { realBucket(t) },
		"fake": func(t *testing.T) {
			if err := fakes3.Start(t).MakeBucket("logs"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			start(t)
			f := quickFolder(t, "s3://logs/a")
			smallObjects(t, f)
			uploads(t, f)
			var got []string
			for o, err := range f.List(t.Context(), "") {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, o.Key)
			}
			if want := []string{"dir/large", "small"}; !slices.Equal(got, want) {
				t.Errorf("it holds %q", got)
			}
			for o, err := range f.List(t.Context(), "dir") {
				if err != nil || o.Key != "dir/large" || o.URI != "s3://logs/a/dir/large" {
					t.Errorf("%+v %v", o, err)
				}
			}
			for range 2 { // the second time they aren't there
				if err := f.Remove(t.Context(), []string{"small", "dir/large"}); err != nil {
					t.Error(err)
				}
			}
			if content, tag, err := f.Read(t.Context(), "small"); content != nil || tag != "" || err != nil {
				t.Errorf("removed: %q %q %v", content, tag, err)
			}
		})
	}
}

func smallObjects(t *testing.T, f *Folder) {
	t.Helper()
	if content, tag, err := f.Read(t.Context(), "small"); content != nil || tag != "" || err != nil {
		t.Errorf("nothing yet: %q %q %v", content, tag, err)
	}
	if err := f.Write(t.Context(), "small", []byte("x"), `"d41d8cd98f00b204e9800998ecf8427e"`); !errors.Is(err, ErrReplaced) {
		t.Errorf("in place of what isn't there: %v", err)
	}
	if err := f.Write(t.Context(), "small", []byte("one"), ""); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(t.Context(), "small", []byte("two"), ""); !errors.Is(err, ErrReplaced) {
		t.Errorf("where something is: %v", err)
	}
	content, tag, err := f.Read(t.Context(), "small")
	if err != nil || string(content) != "one" {
		t.Fatalf("%q %v", content, err)
	}
	if err := f.Write(t.Context(), "small", []byte("two"), tag); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(t.Context(), "small", []byte("three"), tag); !errors.Is(err, ErrReplaced) {
		t.Errorf("in place of what was replaced: %v", err)
	}
	if content, _, err = f.Read(t.Context(), "small"); err != nil || string(content) != "two" {
		t.Errorf("%q %v", content, err)
	}
}

func uploads(t *testing.T, f *Folder) {
	t.Helper()
	pending := func() (paths []string) {
		for u, err := range f.Uploads(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			paths = append(paths, u.Path())
		}
		return paths
	}
	if got := pending(); len(got) > 0 {
		t.Errorf("uploads: %q", got)
	}
	whole := randomBytes(5<<20 + 1000)
	u, err := f.Upload(t.Context(), "dir/large")
	if err != nil {
		t.Fatal(err)
	}
	dropped, err := f.Upload(t.Context(), "dir/dropped")
	if err != nil {
		t.Fatal(err)
	}
	// In any order.
	if err := errors.Join(u.Part(t.Context(), 2, whole[5<<20:]), u.Part(t.Context(), 1, whole[:5<<20]), dropped.Part(t.Context(), 1, whole[:1000])); err != nil {
		t.Fatal(err)
	}
	if got := pending(); !slices.Equal(got, []string{"dir/dropped", "dir/large"}) {
		t.Errorf("uploads: %q", got)
	}
	for range 2 { // the second time it is done
		if err := errors.Join(u.Complete(t.Context()), dropped.Abort(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	if got := pending(); len(got) > 0 {
		t.Errorf("uploads: %q", got)
	}
	r, err := f.Open(t.Context(), "dir/large", int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("%d bytes %v", len(got), err)
	}
	if err := dropped.Complete(t.Context()); !errors.Is(err, ErrNotFound) {
		t.Errorf("completed after it was dropped: %v", err)
	}
}
