package published

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"

	"liftgraph/emit/lake"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/extsort"
)

// isSnapshot reports whether a path is that of a snapshot's manifest.
func isSnapshot(uri string) bool {
	return path.Ext(uri) == ".json" && path.Base(path.Dir(uri)) == lake.ManifestsFolder
}

// latestSnapshot returns the path of the manifest that a latest.json names.
func latestSnapshot(b []byte) (string, error) {
	var latest lake.Latest
	if err := json.Unmarshal(b, &latest); err != nil {
		return "", err
	}
	if !filepath.IsLocal(filepath.FromSlash(latest.Manifest)) || !isSnapshot(latest.Manifest) {
		return "", fmt.Errorf("the manifest %q that it names is none of a snapshot", latest.Manifest)
	}
	return latest.Manifest, nil
}

// decodeManifest reads a manifest that lies at uri.
func decodeManifest(b []byte, uri string) (*dataset.Manifest, error) {
	m := new(dataset.Manifest)
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("%s: %w", uri, err)
	}
	return m, nil
}

// localLake is a snapshot of a lake in a directory.
type localLake struct {
	root string
	name string // of the manifest, relative to root
}

// latest returns the name of the manifest of the newest snapshot.
func (l localLake) latest() (string, error) {
	file := filepath.Join(l.root, lake.LatestName)
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	name, err := latestSnapshot(b)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return name, nil
}

func (l localLake) manifest(context.Context) (*dataset.Manifest, error) {
	file := filepath.Join(l.root, filepath.FromSlash(l.name))
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no snapshot %s: %w", file, dataset.ErrNotPublished)
	}
	if err != nil {
		return nil, err
	}
	return decodeManifest(b, file)
}

func (l localLake) open(ctx context.Context, file dataset.File, check bool) (*os.File, error) {
	return folder{l.root}.open(ctx, file, check)
}

// scattered reports whether a table lies in several folders, each with an order of its own.
func (d *Dir) scattered(t *graph.Table) bool {
	parts := d.Parts(t)
	for _, p := range parts {
		if path.Dir(p.Path) != path.Dir(parts[0].Path) {
			return true
		}
	}
	return false
}

// sorted returns the rows of a table by their key, whatever the order they lie in.
func (d *Dir) sorted(t *graph.Table) iter.Seq2[graph.Row, error] {
	return func(yield func(graph.Row, error) bool) {
		s := extsort.New(extsort.Config{Dir: d.temp, Stop: d.stopped})
		var key, value []byte
		for row, err := range d.rows(t) {
			if err == nil {
				key, value = t.AppendKey(key[:0], row), graph.AppendRow(value[:0], row, t.Columns)
				err = s.Add(key, value)
			}
			if err != nil {
				yield(nil, errors.Join(err, s.Close()))
				return
			}
		}
		it, err := s.Sort()
		if err != nil {
			yield(nil, err)
			return
		}
		row := make(graph.Row, len(t.Columns))
		more := true
		for more && err == nil && it.Next() {
			if err = graph.DecodeRow(row, it.Value()); err == nil {
				more = yield(row, nil)
			}
		}
		if err = errors.Join(err, it.Err(), it.Close()); more && err != nil {
			yield(nil, fmt.Errorf("sort %s of %s: %w", strings.TrimSuffix(t.Folder(), "/"), d.Path, err))
		}
	}
}
