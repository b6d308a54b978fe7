package main

import (
	"bytes"
	"crypto/sha256"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/sample"
	"liftgraph/internal/dataset"
)

// dataDir is a data directory whose first state is kept beside it.
type dataDir struct {
	path  string
	first string
}

// newDataDir makes one with the nights of a command.
func (k *killer) newDataDir(t *testing.T, nights ...[]string) *dataDir {
	t.Helper()
	temp := t.TempDir()
	d := &dataDir{filepath.Join(temp, "data"), filepath.Join(temp, "first")}
	for _, args := range nights {
		k.whole(t, append(args, "--data", d.path)...)
	}
	if err := os.CopyFS(d.first, os.DirFS(d.path)); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *dataDir) reset(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll(d.path); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(d.path, os.DirFS(d.first)); err != nil {
		t.Fatal(err)
	}
}

// state is that of each directory with a manifest, whose files are as the manifest has them.
func (d *dataDir) state(t *testing.T) map[string]string {
	t.Helper()
	parts := map[string]string{}
	for _, pattern := range []string{"csv", "parquet", "graph", "raw/*", "quarantine/*"} {
		dirs, err := filepath.Glob(filepath.Join(d.path, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range dirs {
			if filepath.Base(dir)[0] == '.' { // what isn't published yet
				continue
			}
			parts[dir] = fingerprint(d.files(t, dir))
		}
	}
	return parts
}

// files returns the checksums of the files of a published directory.
func (d *dataDir) files(t *testing.T, dir string) map[string][sha256.Size]byte {
	t.Helper()
	m, err := dataset.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Files {
		if err := dataset.CheckFile(dir, f, true); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
	}
	return sums(t, dir)
}

// evidence writes what the logs of the sample account recorded, and returns the flags that read it.
func evidence(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	trail, audit := filepath.Join(dir, "trail"), filepath.Join(dir, "deliveries.ndjson")
	if err := sample.WriteCloudTrail(trail); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(audit, append(bytes.Join(sample.Deliveries(), []byte("\n")), '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--cloudtrail", trail, "--audit-trail", audit}
}

// serve points the program at the sample account.
func (k *killer) serve(t *testing.T) {
	t.Helper()
	h, err := fakespacelift.New(sample.Account(), sample.Options())
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	k.env = []string{"SPACELIFT_API_KEY_ENDPOINT=" + s.URL, "SPACELIFT_API_TOKEN=" + sample.Token}
}

// A night without logs, over one with them, whose evidence must be in both states.
func (k *killer) ofRun(t *testing.T) {
	k.serve(t)
	run := []string{"run", "--keep", "--format", "csv,parquet"}
	d := k.newDataDir(t, append(append(run, "--update-tag", "1795000000"), evidence(t)...))
	k.rewrites(t, d, append(run, "--update-tag", "1795086400", "--data", d.path)...)
}

func (k *killer) ofExtract(t *testing.T) {
	k.serve(t)
	logs := evidence(t)
	d := k.newDataDir(t, []string{"extract", "--update-tag", "1795000000"})
	k.rewrites(t, d, append(append([]string{"extract"}, logs...), "--data", d.path, "--update-tag", "1795086400")...)
}

// sums returns the checksum of every file but manifests, which hold times.
func sums(t *testing.T, dir string) map[string][sha256.Size]byte {
	t.Helper()
	m := map[string][sha256.Size]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == dataset.ManifestName {
			return err
		}
		b, err := os.ReadFile(path)
		m[path] = sha256.Sum256(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}
