package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// CheckFile returns an error unless the directory holds the file as the manifest has it: in its full size and,
// where the content is to be checked too, with its checksum.
func CheckFile(dir string, f File, content bool) error {
	name := filepath.Join(dir, filepath.FromSlash(f.Path))
	info, err := os.Lstat(name)
	if err != nil {
		return fmt.Errorf("%s is in the manifest, but can't be read: %w", f.Path, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s isn't a regular file", f.Path)
	}
	if info.Size() != f.Bytes {
		return fmt.Errorf("%s has %d bytes, but the manifest says %d", f.Path, info.Size(), f.Bytes)
	}
	if !content {
		return nil
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != f.SHA256 {
		return fmt.Errorf("%s isn't as it was written: its SHA-256 is %s, but the manifest says %s", f.Path, got, f.SHA256)
	}
	return nil
}
