package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func publish(t *testing.T, final, content string) {
	t.Helper()
	d, err := Create(final)
	if err != nil {
		t.Fatal(err)
	}
	f, err := d.File("nodes/A/part-00000")
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte(content))
	f.AddRows(3)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.Publish(&Manifest{Stage: "csv", UpdateTag: 7}); err != nil {
		t.Fatal(err)
	}
	if err := d.Abandon(); err != nil {
		t.Fatal(err)
	}
}

func TestPublishReplacesWhole(t *testing.T) {
	final := filepath.Join(t.TempDir(), "csv")
	for _, content := range []string{"first", "second"} {
		publish(t, final, content)
		b, err := os.ReadFile(filepath.Join(final, "nodes/A/part-00000"))
		if err != nil || string(b) != content {
			t.Fatalf("read %q, %v", b, err)
		}
		m, err := ReadManifest(final)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(content))
		want := File{Path: "nodes/A/part-00000", Rows: 3, Bytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
		if len(m.Files) != 1 || m.Files[0] != want {
			t.Errorf("files %+v, not %+v", m.Files, want)
		}
	}
	entries, _ := os.ReadDir(filepath.Dir(final))
	if len(entries) != 2 { // and the lock
		t.Errorf("left beside it: %v", entries)
	}
	if info, _ := os.Stat(filepath.Join(final, "nodes/A/part-00000")); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestAbandonLeavesTheOldOne(t *testing.T) {
	final := filepath.Join(t.TempDir(), "csv")
	publish(t, final, "first")
	d, err := Create(final)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.WriteFile("x", []byte("y")); err != nil {
		t.Fatal(err)
	}
	if err := d.Abandon(); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(filepath.Join(final, "nodes/A/part-00000")); string(b) != "first" {
		t.Errorf("the old directory now says %q", b)
	}
}

func TestUnbalancedLedgerIsNotPublished(t *testing.T) {
	final := filepath.Join(t.TempDir(), "csv")
	d, err := Create(final)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Abandon()
	l := NewLedger("transform", "spacelift", "records")
	l.In, l.Out, l.Filtered["module_run"] = 3, 1, 1
	if err := d.Publish(&Manifest{Ledger: []Ledger{l}}); err == nil || !strings.Contains(err.Error(), "balance") {
		t.Errorf("published: %v", err)
	}
	if _, err := ReadManifest(final); !errors.Is(err, ErrNotPublished) {
		t.Errorf("manifest: %v", err)
	}
}

func TestOpenFileIsNotPublished(t *testing.T) {
	d, err := Create(filepath.Join(t.TempDir(), "csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Abandon()
	f, err := d.File("a")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := d.Publish(&Manifest{}); err == nil {
		t.Error("published with an open file")
	}
}

// A web application has a manifest.json too, and a published directory may have got a file that isn't ours.
func TestForeignDirectoryIsRefused(t *testing.T) {
	for name, prepare := range map[string]func(dir string){
		"files": func(string) {},
		"web": func(dir string) {
			os.WriteFile(filepath.Join(dir, ManifestName), []byte(`{"name":"my web application"}`), 0o600)
		},
		"ours": func(dir string) { os.Remove(filepath.Join(dir, "thesis.txt")); os.Remove(dir); publish(t, dir, "x") },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "dir")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			prepare(dir)
			if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Create(dir); !errors.Is(err, ErrOccupied) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Two jobs can't write one directory, nor one replace what another reads.
func TestOneWriter(t *testing.T) {
	final := filepath.Join(t.TempDir(), "csv")
	d, err := Create(final)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(final); err == nil {
		t.Error("a second writer began")
	}
	if _, err := Hold(final); err == nil {
		t.Error("held while it is written")
	}
	if err := d.Abandon(); err != nil {
		t.Fatal(err)
	}
	release, err := Hold(final)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Hold(final)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(final); err == nil {
		t.Error("replaced while it is read")
	}
	release()
	second()
	publish(t, final, "x")
}

func TestLock(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	release, err := Lock(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(data); err == nil || !strings.Contains(err.Error(), "another liftgraph") {
		t.Errorf("second lock: %v", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	again, err := Lock(data)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// On a file system without exchange a kill between the two renames leaves the directory under its old name.
func TestSwapInTwoSteps(t *testing.T) {
	final := filepath.Join(t.TempDir(), "csv")
	publish(t, final, "first")
	if err := os.Rename(final, oldName(final)); err != nil {
		t.Fatal(err)
	}
	if m, err := ReadManifest(final); err != nil || m.UpdateTag != 7 {
		t.Fatalf("the old directory isn't put back: %v", err)
	}
	staging := stagingName(final)
	if err := os.Mkdir(staging, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := swapInTwoSteps(staging, final); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(final); len(entries) != 0 {
		t.Errorf("holds %v", entries)
	}
	if entries, _ := os.ReadDir(filepath.Dir(final)); len(entries) != 2 { // and the lock
		t.Errorf("left %v", entries)
	}
}

// Who links the place to another disk finds the files there.
func TestLinkStaysALink(t *testing.T) {
	target, link := filepath.Join(t.TempDir(), "disk"), filepath.Join(t.TempDir(), "csv")
	if err := errors.Join(os.Mkdir(target, 0o700), os.Symlink(target, link)); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"first", "second"} {
		publish(t, link, content)
		if b, _ := os.ReadFile(filepath.Join(target, "nodes/A/part-00000")); string(b) != content {
			t.Errorf("the link's target holds %q", b)
		}
	}
	if info, _ := os.Lstat(link); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is none any more")
	}
}
