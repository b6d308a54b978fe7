package importdir

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"liftgraph/internal/dataset"
)

func urlOf(t *testing.T, p *Place, path string) string {
	t.Helper()
	url, err := p.URL(t.Context(), dataset.File{Path: path})
	must(t, err)
	return url
}

// Files are linked where the server is ours, and lie in a directory of their own that is removed with all in it.
func TestPlace(t *testing.T) {
	dir, imports := filepath.Join(t.TempDir(), "csv"), t.TempDir()
	paths := []string{"nodes/SpaceliftRun/part-00000.csv.gz", "load/nodes/SpaceliftRun/part-00000.csv.gz"}
	for _, path := range paths {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o700))
		must(t, os.WriteFile(filepath.Join(dir, path), []byte(path), 0o600))
	}
	stray := filepath.Join(imports, placeName(dir), "nodes/SpaceliftRun")
	must(t, os.MkdirAll(stray, 0o700))
	must(t, os.WriteFile(filepath.Join(stray, "part-00000.csv.gz"), nil, 0o600)) // of a load that was killed
	p, err := Put(t.Context(), imports, dir, paths)
	must(t, err)
	for _, path := range paths {
		rel := strings.TrimPrefix(urlOf(t, p, path), "file:///")
		there, err := os.Stat(filepath.Join(imports, rel))
		must(t, err)
		here, err := os.Stat(filepath.Join(dir, path))
		must(t, err)
		if !os.SameFile(here, there) {
			t.Errorf("%s isn't linked", path)
		}
	}
	if _, err := Put(t.Context(), imports, dir, paths); err == nil || !strings.Contains(err.Error(), "another liftgraph is at work") {
		t.Errorf("a second load beside it: %v", err)
	}
	must(t, p.Remove())
	if entries, _ := os.ReadDir(imports); len(entries) != 0 {
		t.Errorf("left in the import directory: %v", entries)
	}
	if os.Getuid() == 0 { // where the server is another's, its owner can read copies
		must(t, os.Chown(imports, 12345, 12345))
		p, err := Put(t.Context(), imports, dir, paths)
		must(t, err)
		for _, name := range []string{p.made, filepath.Join(p.made, "nodes"), filepath.Join(p.made, paths[0])} {
			info, err := os.Stat(name)
			must(t, err)
			if stat := info.Sys().(*syscall.Stat_t); stat.Uid != 12345 || info.Mode().Perm()&0o007 != 0 {
				t.Errorf("%s: %s of %d", name, info.Mode(), stat.Uid)
			}
		}
		must(t, p.Remove())
	}
	imports = filepath.Dir(dir)
	p, err = Put(t.Context(), imports, dir, paths)
	must(t, err)
	if got := urlOf(t, p, "x"); got != "file:///csv/x" || p.made != "" {
		t.Errorf("within the import directory: %s, %+v", got, p)
	}
	if got := fileURL("a b/c#d"); got != "file:///a%20b/c%23d/" {
		t.Error(got)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
