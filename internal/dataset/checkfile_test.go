package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"whole": "abc", "other": "abd", "short": "ab"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("whole", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	for _, c := range []struct {
		name    string
		content bool
		want    string // in the error; none for ""
	}{
		{"whole", true, ""},
		{"whole", false, ""},
		{"other", false, ""}, // only the size is looked at
		{"other", true, "other isn't as it was written: its SHA-256 is "},
		{"short", false, "short has 2 bytes, but the manifest says 3"},
		{"link", false, "link isn't a regular file"},
		{"none", false, "none is in the manifest, but can't be read"},
	} {
		err := CheckFile(dir, File{Path: c.name, Bytes: 3, SHA256: abc}, c.content)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s, content %v: %v, not %q", c.name, c.content, err, c.want)
		}
	}
}
