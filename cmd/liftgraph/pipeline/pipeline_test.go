package pipeline

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"liftgraph/emit"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/sample"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// config is that of a run over the sample account.
func config(t *testing.T, data string) Config {
	t.Helper()
	_, endpoint := fakespacelift.Start(t, sample.Account(), sample.Options())
	inventory := filepath.Join(t.TempDir(), "inventory.csv")
	if err := os.WriteFile(inventory, sample.Inventory(), 0o600); err != nil {
		t.Fatal(err)
	}
	return Config{
		Version: "test", Data: data, Temp: filepath.Join(data, ".tmp"), UpdateTag: 1700000000, Inventory: Inventory{File: inventory},
		Spacelift: &spacelift.Config{Endpoint: endpoint, Token: sample.Token, Workers: 3},
		Targets:   []emit.Target{{Format: emit.CSV, Dir: filepath.Join(data, "csv")}, {Format: emit.Parquet, Dir: filepath.Join(data, "parquet")}},
	}
}

// files returns what lies below dir but for manifests, which hold times.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	m := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == dataset.ManifestName {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		m[rel] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func sameFiles(t *testing.T, a, b string) {
	t.Helper()
	in, other := files(t, a), files(t, b)
	if len(in) == 0 || len(in) != len(other) {
		t.Errorf("%s has %d files, %s has %d", a, len(in), b, len(other))
	}
	for name, content := range in {
		if content != other[name] {
			t.Errorf("%s differs", name)
		}
	}
}

// In one go or stage by stage, with few workers or many: the same bytes.
func TestRunEqualsStages(t *testing.T) {
	ctx := context.Background()
	one := config(t, filepath.Join(t.TempDir(), "one"))
	one.Keep = true
	if _, err := Run(ctx, one); err != nil {
		t.Fatal(err)
	}
	two := config(t, filepath.Join(t.TempDir(), "two"))
	two.Spacelift.Workers = 1
	extractOnly := func(ctx context.Context, cfg Config) (*dataset.Manifest, error) {
		all, err := Extract(ctx, cfg)
		return all[0], err
	}
	for _, stage := range []func(context.Context, Config) (*dataset.Manifest, error){extractOnly, Transform, Emit} {
		m, err := stage(ctx, two)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Files) == 0 || len(m.Incomplete()) != 0 {
			t.Errorf("%s: %d files, incomplete: %v", m.Stage, len(m.Files), m.Incomplete())
		}
	}
	for _, dir := range []string{"raw/spacelift", "graph", "csv", "parquet", "quarantine/transform"} {
		sameFiles(t, filepath.Join(one.Data, dir), filepath.Join(two.Data, dir))
	}
}

// A data directory holds nothing but what was published.
func TestNothingElseIsLeft(t *testing.T) {
	cfg := config(t, filepath.Join(t.TempDir(), "data"))
	if _, err := Run(context.Background(), cfg); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(cfg.Data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch e.Name() {
		case "csv", "parquet", "quarantine", ".lock", ".csv.lock", ".parquet.lock":
		case ".tmp":
			if left, _ := os.ReadDir(filepath.Join(cfg.Data, ".tmp")); len(left) != 0 {
				t.Errorf("spill files left: %v", left)
			}
		default:
			t.Errorf("left %s", e.Name())
		}
	}
}

// breaking is a sink that fails after some rows.
type breaking struct {
	after  int
	fail   func()
	closed int
}

func (b *breaking) Table(*graph.Table) (graph.TableWriter, error) { return b, nil }
func (b *breaking) Close() error                                  { b.closed++; return nil }
func (b *breaking) Write(graph.Row) error {
	if b.after--; b.after == 0 {
		b.fail()
		return errBroken
	}
	return nil
}

var errBroken = errors.New("broken")

// Whatever fails, and when, what was published before stays as it was.
func TestFailureKeepsTheLastOutput(t *testing.T) {
	cfg := config(t, filepath.Join(t.TempDir(), "data"))
	if _, err := Run(context.Background(), cfg); err != nil {
		t.Fatal(err)
	}
	before := files(t, filepath.Join(cfg.Data, "csv"))
	cfg.UpdateTag++
	for _, after := range []int{1, 50, 200} {
		ctx, cancel := context.WithCancel(context.Background())
		broken := cfg
		broken.Also = &breaking{after: after, fail: func() {}}
		if _, err := Run(ctx, broken); !errors.Is(err, errBroken) {
			t.Errorf("after %d rows: %v", after, err)
		}
		interrupted := cfg
		interrupted.Also = &breaking{after: after, fail: cancel}
		if _, err := Run(ctx, interrupted); err == nil {
			t.Errorf("an interrupted run published")
		}
		cancel()
	}
	after := files(t, filepath.Join(cfg.Data, "csv"))
	for name, content := range before {
		if after[name] != content {
			t.Errorf("%s changed", name)
		}
	}
	for _, dir := range []string{cfg.Data, filepath.Join(cfg.Data, "quarantine")} {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".new") {
				t.Errorf("left %s", e.Name())
			}
		}
	}
}
