package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// manifestOf splits the path or URI of a snapshot's manifest into that of the lake and the name in it.
func manifestOf(place string) (root, name string, ok bool) {
	slashed := filepath.ToSlash(place)
	at := strings.LastIndex(slashed, ManifestsFolder+"/")
	if at < 0 {
		return place, "", false
	}
	root, name = strings.TrimSuffix(slashed[:at], "/"), slashed[at:]
	if _, _, ok = parseManifestName(name); !ok {
		return place, "", false
	}
	if root == "" {
		root = "."
	}
	return root, name, true
}

// Is reports whether a place is a lake or the manifest of a snapshot of one: s3://bucket/prefix, or a directory with a latest.json.
func Is(place string) bool {
	if _, _, isManifest := manifestOf(place); isManifest || IsURI(place) {
		return true
	}
	_, err := os.Stat(filepath.Join(place, LatestName))
	return err == nil
}

// Snapshot is a published one.
type Snapshot struct {
	Place    string
	Date     string
	Manifest *dataset.Manifest

	publication string
	store       store
}

// Open returns the snapshot that latest.json names, or with a date the one of that date. The place may also be the manifest of a
// snapshot, LAKE/manifests/NAME.json. It wraps [dataset.ErrNotPublished] where there is none.
func Open(ctx context.Context, place, date string, opts objects.Options) (*Snapshot, error) {
	root, named, isManifest := manifestOf(place)
	if isManifest {
		place = root
	}
	s, err := openStore(ctx, place, opts)
	if err != nil {
		return nil, err
	}
	latest, _, err := readLatest(ctx, place, s)
	if err != nil {
		return nil, err
	}
	if latest == nil {
		return nil, fmt.Errorf("%s is not a published lake, it has no %s: %w", place, LatestName, dataset.ErrNotPublished)
	}
	name := latest.Manifest
	if date != "" && date != latest.SnapshotDate {
		current, _, err := manifests(ctx, s)
		if err != nil {
			return nil, err
		}
		publication, ok := current[date]
		if !ok {
			return nil, fmt.Errorf("%s has no snapshot of %s, but of %v: %w", place, date, slices.Sorted(maps.Keys(current)), dataset.ErrNotPublished)
		}
		name = manifestName(date, publication)
	}
	if isManifest {
		name = named
	}
	snapshot := &Snapshot{Place: place, store: s, Manifest: new(dataset.Manifest)}
	snapshot.Date, snapshot.publication, _ = parseManifestName(name)
	content, _, err := s.read(ctx, name)
	if errors.Is(err, errNone) && isManifest {
		return nil, fmt.Errorf("%s has no snapshot %s: %w", place, name, dataset.ErrNotPublished)
	}
	if errors.Is(err, errNone) {
		return nil, fmt.Errorf("%s names %s, which isn't there: the lake is damaged; publish again", LatestName, name)
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(content, snapshot.Manifest); err != nil {
		return nil, fmt.Errorf("%s of %s: %w", name, place, err)
	}
	if snapshot.Manifest.Stage != Stage {
		return nil, fmt.Errorf("%s of %s is a manifest of the stage %q, not of a lake", name, place, snapshot.Manifest.Stage)
	}
	return snapshot, nil
}

// Local returns the directory of a lake that is one, to which the manifest's paths are relative; false for one in S3.
func (s *Snapshot) Local() (string, bool) {
	d, ok := s.store.(*directory)
	if !ok {
		return "", false
	}
	return d.root, true
}

// Fetch copies a file of the snapshot into a directory, under the file's path.
func (s *Snapshot) Fetch(ctx context.Context, f dataset.File, dir string) (err error) {
	body, err := s.store.open(ctx, f.Path, f.Bytes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	to := filepath.Join(dir, filepath.FromSlash(f.Path))
	if err := os.MkdirAll(filepath.Dir(to), dirMode); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, body)
	return errors.Join(err, out.Close())
}

// Strays returns the files that are among the snapshot's, where engines read them, but that its manifest doesn't name.
func (s *Snapshot) Strays(ctx context.Context) iter.Seq2[string, error] {
	listed := map[string]bool{}
	for _, f := range s.Manifest.Files {
		listed[f.Path] = true
	}
	return func(yield func(string, error) bool) {
		for _, folder := range snapshotFolders {
			for e, err := range s.store.list(ctx, folder) {
				if err != nil {
					yield("", err)
					return
				}
				if of(e.path, s.Date) && !listed[e.path] && !yield(e.path, nil) {
					return
				}
			}
		}
	}
}
