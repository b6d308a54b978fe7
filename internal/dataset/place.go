package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// ErrOccupied is wrapped by [Create] where the place holds something else.
var ErrOccupied = errors.New("it holds files that liftgraph did not write")

// replaceable refuses a place that holds any file that no manifest of ours lists.
func replaceable(final string) error {
	entries, err := os.ReadDir(final)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	occupied := fmt.Errorf("%s would be replaced, but %w: name another directory, or empty it", final, ErrOccupied)
	m, err := ReadManifest(final)
	switch {
	case errors.Is(err, ErrNotPublished):
		return fmt.Errorf("%w (it has no %s; if that was removed, remove the rest too)", occupied, ManifestName)
	case err != nil:
		return fmt.Errorf("%s would be replaced, but its manifest can't be read: remove the directory, or name another one: %w", final, err)
	case m.Stage == "":
		return occupied
	}
	ours := map[string]bool{ManifestName: true}
	for _, f := range m.Files {
		top, _, _ := strings.Cut(f.Path, "/")
		ours[top] = true
	}
	for _, e := range entries {
		if !ours[e.Name()] {
			return occupied
		}
	}
	return nil
}
