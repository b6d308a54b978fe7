package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"liftgraph/emit/lake"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/query/verify"
)

// readLake is a lake, as its readers see it.
type readLake struct {
	uri   string
	opts  objects.Options
	again func(t *testing.T)
}

func (l *readLake) reset(t *testing.T) { l.again(t) }

// state is the content of the snapshot that latest.json names; all its files are there.
func (l *readLake) state(t *testing.T) map[string]string {
	t.Helper()
	s, err := lake.Open(t.Context(), l.uri, "", l.opts)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	files := map[string][sha256.Size]byte{}
	for i, f := range s.Manifest.Files {
		if err := s.Fetch(t.Context(), f, dir); err != nil {
			t.Error(err)
		} else if err := dataset.CheckFile(dir, f, true); err != nil {
			t.Error(err)
		}
		sum, err := hex.DecodeString(f.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		files[fmt.Sprint(i)] = [sha256.Size]byte(sum)
	}
	return map[string]string{"snapshot": fingerprint(files)}
}

// nights are two graphs: one of a night with logs, and one of the night after, without them.
func (k *killer) nights(t *testing.T) (first, then string) {
	k.serve(t)
	first, then = filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "then")
	k.whole(t, append(append([]string{"run"}, evidence(t)...), "--keep", "--update-tag", "1795000000", "--data", first)...)
	k.whole(t, "run", "--keep", "--update-tag", "1795086400", "--data", then)
	return first, then
}

func toLake(uri, data string, more ...string) []string {
	return append([]string{"emit", "--format", "parquet", "--layout", "lake", "--out", uri, "--s3-path-style", "--data", data}, more...)
}

func (k *killer) ofLake(t *testing.T) {
	first, then := k.nights(t)
	temp := t.TempDir()
	l := &readLake{uri: filepath.Join(temp, "lake")}
	d := &dataDir{l.uri, filepath.Join(temp, "first")}
	l.again = d.reset
	k.whole(t, toLake(l.uri, first)...)
	if err := os.CopyFS(d.first, os.DirFS(d.path)); err != nil {
		t.Fatal(err)
	}
	k.rewrites(t, l, toLake(l.uri, then)...)
	k.verify(t, l)
}

func (k *killer) ofS3(t *testing.T) {
	s3 := fakes3.Start(t)
	if err := s3.MakeBucket("lake"); err != nil {
		t.Fatal(err)
	}
	first, then := k.nights(t)
	l := &readLake{uri: "s3://lake/a", opts: objects.Options{AWS: &objects.AWS{PathStyle: true}}}
	k.whole(t, toLake(l.uri, first)...)
	saved := objectsBelow(t, l)
	l.again = func(t *testing.T) {
		for key := range objectsBelow(t, l) {
			if err := s3.Delete("lake", key); err != nil {
				t.Fatal(err)
			}
		}
		for key, body := range saved {
			if err := s3.Put("lake", key, body, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	k.rewrites(t, l, toLake(l.uri, then)...)
	k.verify(t, l)
}

func (k *killer) verify(t *testing.T, l *readLake) {
	t.Helper()
	if _, err := verify.Lake(t.Context(), l.uri, t.TempDir(), l.opts); err != nil {
		t.Error(err)
	}
}

// objectsBelow returns all objects of a lake.
func objectsBelow(t *testing.T, l *readLake) map[string][]byte {
	t.Helper()
	store, err := objects.Open(t.Context(), l.uri+"/", l.opts)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for o, err := range store.List(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		r, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		all[o.Key] = body
	}
	return all
}
