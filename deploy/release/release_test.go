package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

var linux = Platform{"linux", runtime.GOARCH}

// build makes a release for this machine's architecture.
func build(out, cache string) (string, error) {
	r := Release{Source: "../..", Out: out, Version: "v9.8.7", Commit: "0123456789abcdef", Time: time.Unix(1_700_000_000, 0).UTC(),
		Only: []Platform{linux}, GoCache: cache}
	return r.Out, r.Build(context.Background())
}

// built is a release that the tests share: a build takes long.
var built = sync.OnceValues(func() (string, error) { return build(filepath.Join(work, "dist"), "") })

var work string // of all tests

func TestMain(m *testing.M) {
	var err error
	if work, err = os.MkdirTemp("", "liftgraph-release-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(work)
	os.Exit(code)
}

// release returns the directory of the shared release.
func release(t *testing.T) string {
	t.Helper()
	dist, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return dist
}

// Two builds are equal in every byte, with -short=false the second one without anything that the first one compiled.
func TestBuildsAreEqual(t *testing.T) {
	cache := ""
	if !testing.Short() {
		cache = t.TempDir()
	}
	second, err := build(filepath.Join(t.TempDir(), "dist"), cache)
	if err != nil {
		t.Fatal(err)
	}
	a, b := sums(t, release(t)), sums(t, second)
	if len(a) != 5 || len(b) != len(a) {
		t.Fatalf("got %v and %v, want an archive, components, a chart, an image and checksums", a, b)
	}
	for name, sum := range a {
		if b[name] != sum {
			t.Errorf("%s differs between two builds", name)
		}
	}
}

// The archive holds what README says; its program is static and knows its version; the checksums are right.
func TestRelease(t *testing.T) {
	dist := release(t)
	for _, line := range strings.Split(strings.TrimSpace(string(read(t, filepath.Join(dist, "SHA256SUMS")))), "\n") {
		sum, name, _ := strings.Cut(line, "  ")
		if got := fmt.Sprintf("%x", sha256.Sum256(read(t, filepath.Join(dist, name)))); got != sum {
			t.Errorf("%s: checksum %s, want %s", name, got, sum)
		}
	}
	name := "liftgraph_v9.8.7_linux_" + runtime.GOARCH
	z, err := gzip.NewReader(bytes.NewReader(read(t, filepath.Join(dist, name+".tar.gz"))))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	unpack(t, z, root)
	for _, want := range []string{"liftgraph", "LICENSE", "README.md", "nightly.yaml", "completions/liftgraph.bash", "completions/_liftgraph", "completions/liftgraph.fish", "CHANGELOG.md", "SECURITY.md", "prometheus/alerts.yaml", "man/man1/liftgraph-forget.1",
		"man/man1/liftgraph.1", "man/man1/liftgraph-run.1", "systemd/liftgraph.service", "systemd/liftgraph.timer"} {
		if info, err := os.Stat(filepath.Join(root, name, want)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", want, err)
		}
	}
	binary := filepath.Join(root, name, "liftgraph")
	f, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if libs, err := f.ImportedLibraries(); err != nil || len(libs) > 0 {
		t.Errorf("it needs %v, %v; want a static program", libs, err)
	}
	if f.Section(".debug_info") != nil || f.Section(".symtab") != nil {
		t.Error("it isn't stripped")
	}
	out, err := exec.Command(binary, "version", "--json").Output()
	if err != nil || !strings.Contains(string(out), `"version": "v9.8.7"`) || !strings.Contains(string(out), `"commit": "0123456789abcdef"`) {
		t.Errorf("version: %v: %s", err, out)
	}
	var b bom
	if err := json.Unmarshal(read(t, filepath.Join(dist, name+".cdx.json")), &b); err != nil || len(b.Components) < 20 || b.Spec != "1.6" {
		t.Errorf("components: %v, %d of them", err, len(b.Components))
	}
}

// The image, unpacked, runs the demo as its user, in a root where it can write nothing but its volume.
func TestImageRuns(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("chroot needs root")
	}
	dist := release(t)
	dir := t.TempDir()
	unpack(t, bytes.NewReader(read(t, filepath.Join(dist, "liftgraph_v9.8.7_image.tar"))), dir)
	path, err := layout.FromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	index, err := path.ImageIndex()
	if err != nil {
		t.Fatal(err)
	}
	list, err := index.IndexManifest()
	if err != nil || len(list.Manifests) != 1 || !list.Manifests[0].Platform.Equals(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}) {
		t.Fatalf("index: %+v, %v", list, err)
	}
	img, err := path.Image(list.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if c := config.Config; c.User != "65532:65532" || len(c.Entrypoint) != 1 {
		t.Fatalf("config: %+v", c)
	}
	root, err := os.MkdirTemp("", "image-root-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	files := mutate.Extract(img)
	defer files.Close()
	unpack(t, files, root)
	for _, dir := range []string{root} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(config.Config.Entrypoint[0], "demo", "--data", data+"/demo", "--quiet")
	c.Dir, c.Env = data, config.Config.Env
	c.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: user, Gid: user}}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !strings.Contains(string(out), "i-046d87f24fb0ca530") {
		t.Errorf("the demo says: %s", out)
	}
	if entries, err := os.ReadDir(filepath.Join(root, data, "demo/csv")); err != nil || len(entries) == 0 {
		t.Errorf("the demo's files: %v, %d entries", err, len(entries))
	}
}

// The chart has the version of the release, and every file of the repository's.
func TestChart(t *testing.T) {
	z, err := gzip.NewReader(bytes.NewReader(read(t, filepath.Join(release(t), "liftgraph-9.8.7.tgz"))))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	unpack(t, z, dir)
	if got := string(read(t, filepath.Join(dir, "liftgraph/Chart.yaml"))); !strings.Contains(got, "\nversion: 9.8.7\nappVersion: v9.8.7\n") {
		t.Errorf("Chart.yaml:\n%s", got)
	}
	for _, name := range []string{"values.yaml", "values.schema.json", "templates/cronjob.yaml", "templates/_helpers.tpl"} {
		if !bytes.Equal(read(t, filepath.Join(dir, "liftgraph", name)), read(t, filepath.Join("../helm/liftgraph", name))) {
			t.Errorf("%s is another one", name)
		}
	}
	for version, want := range map[string]string{"v1.2.3": "1.2.3", "v1.2.3-4-gabcdef0": "1.2.3-4-gabcdef0", "abcdef0-dirty": "0.0.0-gabcdef0-dirty"} {
		if got := chartVersion(version); got != want {
			t.Errorf("%s: got %s, want %s", version, got, want)
		}
	}
}

// A directory with something in it is left alone.
func TestOutMustBeEmpty(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&Release{Source: "../..", Out: dir}).Build(t.Context()); err == nil {
		t.Error("it was written into")
	}
}

// unpack writes the files of a tar archive, with their owners where this is root.
func unpack(t *testing.T, r io.Reader, to string) {
	t.Helper()
	for a := tar.NewReader(r); ; {
		h, err := a.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(to, h.Name)
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(name, os.FileMode(h.Mode))
		} else if err = os.MkdirAll(filepath.Dir(name), 0o755); err == nil {
			var body []byte
			if body, err = io.ReadAll(a); err == nil {
				err = os.WriteFile(name, body, os.FileMode(h.Mode))
			}
		}
		if err == nil && os.Getuid() == 0 {
			err = os.Lchown(name, h.Uid, h.Gid)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func sums(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		all[e.Name()] = fmt.Sprintf("%x", sha256.Sum256(read(t, filepath.Join(dir, e.Name()))))
	}
	return all
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
