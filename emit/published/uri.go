package published

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"liftgraph/emit/lake"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// ErrNothing is wrapped, beside [dataset.ErrNotPublished], by the error of [OpenURI] for a place where nothing is:
// none of whose parents need be there, or an empty directory, or a prefix of S3 without objects.
var ErrNothing = errors.New("nothing is there")

// Options says how a place is read.
type Options struct {
	S3   objects.Options
	Temp string // directory for files of S3 while they are read, and for rows of a lake that must be sorted; it must be there
}

// OpenURI reads the manifest of a place, whose parts are compared with it (size and SHA-256) before their rows are given. The place is
//
//   - a published directory, or s3://bucket/prefix of one;
//   - a lake, or s3://bucket/prefix of one: the snapshot that its latest.json names;
//   - one snapshot of a lake: the path or URI of its manifest, LAKE/manifests/NAME.json.
//
// The reading ends with ctx.
func OpenURI(ctx context.Context, uri string, opts Options) (*Dir, error) {
	uri = Root(uri)
	p, err := find(ctx, uri, opts)
	if err != nil {
		return nil, err
	}
	m, err := p.manifest(ctx)
	if errors.Is(err, dataset.ErrNotPublished) && !isSnapshot(filepath.ToSlash(uri)) {
		return nil, fmt.Errorf("%s of %s names a snapshot that isn't there: %v", lake.LatestName, uri, err) //nolint:errorlint // something was published
	}
	if err != nil {
		return nil, err
	}
	d := &Dir{Path: uri, Manifest: m, ctx: ctx, place: p, check: true, temp: opts.Temp}
	return d, d.enter()
}

// find returns what lies at a place.
func find(ctx context.Context, uri string, opts Options) (place, error) {
	if strings.Contains(uri, "://") {
		return findRemote(ctx, uri, opts)
	}
	if dir, file := filepath.Split(filepath.Clean(uri)); isSnapshot(filepath.ToSlash(uri)) {
		return localLake{root: filepath.Dir(filepath.Clean(dir)), name: path.Join(lake.ManifestsFolder, file)}, nil
	}
	_, err := dataset.ReadManifest(uri)
	if !errors.Is(err, dataset.ErrNotPublished) {
		return folder{uri}, err
	}
	l := localLake{root: uri}
	if l.name, err = l.latest(); err == nil {
		return l, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	entries, err := os.ReadDir(uri)
	visible := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !strings.HasPrefix(e.Name(), ".") }) // a lake in the making has only hidden ones
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !visible:
		return nil, nothing(uri)
	case err != nil:
		return nil, err
	}
	return nil, unpublished(uri)
}

func nothing(uri string) error {
	return fmt.Errorf("%s: %w (%w)", uri, ErrNothing, dataset.ErrNotPublished)
}

func unpublished(uri string) error {
	return fmt.Errorf("%s is neither a published directory nor a lake: %w, and no %s", uri, dataset.ErrNotPublished, lake.LatestName)
}

// Root returns the path or URI of a published directory or of a lake, of which the path of its manifest.json or latest.json may
// be named too. The manifest of one snapshot of a lake is returned as it is.
func Root(uri string) string {
	for _, name := range []string{dataset.ManifestName, lake.LatestName} {
		if uri == name {
			return "."
		}
		uri = strings.TrimSuffix(uri, "/"+name)
	}
	return uri
}
