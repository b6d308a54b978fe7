package pipeline

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"liftgraph/emit"
	"liftgraph/extract/audittrail"
	"liftgraph/fixtures/sample"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

var update = flag.Bool("update", false, "write the pinned checksums anew")

// TestPinnedBytes compares every output file of the sample account, but for manifests, with a checksum in testdata: a
// change of layout, order or encoding shows up as a change of that file.
func TestPinnedBytes(t *testing.T) {
	data := t.TempDir()
	runPinned(t, filepath.Join(data, "default"), graph.Default)
	runPinned(t, filepath.Join(data, "cartography"), graph.Cartography)

	var got bytes.Buffer
	sums := checksums(t, data)
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&got, "%s  %s\n", sums[name], name)
	}
	golden := filepath.Join("testdata", "sample.sha256")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(want)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if sums[name] != sum {
			t.Errorf("%s: got sha256 %q, want %q", name, sums[name], sum)
		}
		delete(sums, name)
	}
	for name := range sums {
		t.Errorf("%s is not pinned", name)
	}
}

// runPinned runs the pipeline over every source of the sample into CSV, Parquet, a lake and the files between the stages.
func runPinned(t *testing.T, data string, model *graph.Model) {
	t.Helper()
	cfg := withTrail(t, config(t, data))
	cfg.Model, cfg.Keep = model, true
	cfg.Targets = append(cfg.Targets, emit.Target{Format: emit.Parquet, Dir: filepath.Join(data, "lake"), Lake: &emit.Lake{}})

	deliveries := t.TempDir()
	if err := os.WriteFile(filepath.Join(deliveries, "deliveries.ndjson"), bytes.Join(sample.Deliveries(), []byte("\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := objects.Open(t.Context(), deliveries, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cfg.AuditTrail = &AuditTrail{Files: audittrail.Config{Sources: []audittrail.Source{{URI: deliveries, Store: store}}}, API: cfg.Spacelift}
	if _, err := Run(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
}

// publicationID is what a lake's parts and indexes are named after besides their number: it holds the time of publication.
var publicationID = regexp.MustCompile(`-[0-9a-f]{22}\.(parquet|idx)$`)

// checksums returns the sha256 of every file below dir, in hex, by its path with slashes. Manifests hold times and are left
// out, as are locks.
func checksums(t *testing.T, dir string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "manifests":
			return fs.SkipDir
		case e.IsDir(), e.Name() == dataset.ManifestName, e.Name() == "latest.json", filepath.Ext(path) == ".lock":
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		sums[publicationID.ReplaceAllString(filepath.ToSlash(rel), ".$1")] = fmt.Sprintf("%x", sha256.Sum256(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}
