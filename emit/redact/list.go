package redact

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// ListName is the name of the list of the forgotten in a data directory.
const ListName = "forgotten.json"

// list is the form of the file.
type list struct {
	Forgotten []string `json:"forgotten"` // hashes, sorted
}

// ReadList returns the hashes that a data directory remembers; none where there is no list.
func ReadList(data string) (map[string]bool, error) {
	name := filepath.Join(data, ListName)
	body, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var l list
	if err := json.Unmarshal(body, &l); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w; restore it from a backup: without it the next run would bring back what was forgotten", name, err)
	}
	hashes := map[string]bool{}
	for _, h := range l.Forgotten {
		hashes[h] = true
	}
	return hashes, nil
}

// Remember adds hashes to the list of a data directory. The list is replaced as a whole.
func Remember(data string, hashes map[string]bool) error {
	all, err := ReadList(data)
	if err != nil {
		return err
	}
	if all == nil {
		all = map[string]bool{}
	}
	maps.Copy(all, hashes)
	body, err := json.MarshalIndent(list{slices.Sorted(maps.Keys(all))}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(data, ".forgotten-")
	if err != nil {
		return err
	}
	_, err = f.Write(append(body, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(data, ListName))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
