package published

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"liftgraph/emit/lake"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// remote is a directory or a snapshot in S3.
type remote struct {
	root  string // s3://bucket/prefix without a slash at the end
	name  string // of the manifest, relative to root
	opts  Options
	store objects.Store // of root
}

// findRemote returns what lies at a URI.
func findRemote(ctx context.Context, uri string, opts Options) (place, error) {
	r := &remote{root: strings.TrimRight(uri, "/"), name: dataset.ManifestName, opts: opts}
	if isSnapshot(r.root) {
		r.name = path.Join(lake.ManifestsFolder, path.Base(r.root))
		r.root = strings.TrimSuffix(r.root, "/"+r.name)
	}
	switch scheme, rest, _ := strings.Cut(uri, "://"); {
	case !strings.EqualFold(scheme, "s3"):
		return nil, &objects.UsageError{Problem: uri + " can't be read: give a directory, or s3://bucket/prefix"}
	case strings.Trim(rest, "/") == "":
		return nil, &objects.UsageError{Problem: uri + " names no bucket: give s3://bucket/prefix"}
	}
	var err error
	if r.store, err = objects.Open(ctx, r.root+"/", opts.S3); err != nil {
		return nil, err
	}
	if r.name != dataset.ManifestName {
		return r, nil
	}
	if _, err = r.object(ctx, dataset.ManifestName); !errors.Is(err, objects.ErrNotFound) {
		return r, err
	}
	b, err := r.small(ctx, lake.LatestName)
	if errors.Is(err, objects.ErrNotFound) {
		return nil, r.nothing(ctx)
	}
	if err != nil {
		return nil, err
	}
	if r.name, err = latestSnapshot(b); err != nil {
		return nil, fmt.Errorf("%s/%s: %w", r.root, lake.LatestName, err)
	}
	return r, nil
}

// nothing says what is there instead of a manifest.
func (r *remote) nothing(ctx context.Context) error {
	for _, err := range r.store.List(ctx, nil) {
		if err != nil {
			return err
		}
		return unpublished(r.root)
	}
	return nothing(r.root)
}

func (r *remote) manifest(ctx context.Context) (*dataset.Manifest, error) {
	b, err := r.small(ctx, r.name)
	if errors.Is(err, objects.ErrNotFound) {
		return nil, fmt.Errorf("%w (%w)", err, dataset.ErrNotPublished)
	}
	if err != nil {
		return nil, err
	}
	return decodeManifest(b, r.root+"/"+r.name)
}

// maxManifest bounds what is taken for a manifest, in bytes: it is read into memory.
const maxManifest = 256 << 20

// object finds an object, without its bytes.
func (r *remote) object(ctx context.Context, name string) (o objects.Object, err error) {
	opts := r.opts.S3
	opts.Exact = true
	store, err := objects.Open(ctx, r.root+"/"+name, opts)
	if err != nil {
		return o, err
	}
	for o, err = range store.List(ctx, nil) {
		return o, err
	}
	return o, fmt.Errorf("%s/%s: %w", r.root, name, objects.ErrNotFound)
}

// small reads a small object.
func (r *remote) small(ctx context.Context, name string) ([]byte, error) {
	o, err := r.object(ctx, name)
	if err != nil {
		return nil, err
	}
	if o.Size > maxManifest {
		return nil, fmt.Errorf("%s has %d bytes: it is none of liftgraph's", o.URI, o.Size)
	}
	body, err := r.store.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(body)
	return b, errors.Join(err, body.Close())
}

// open copies a file of the manifest to the local disk, where no other process sees it and nothing is left of it. It is always compared
// with the manifest.
func (r *remote) open(ctx context.Context, file dataset.File, _ bool) (f *os.File, err error) {
	uri := r.root + "/" + file.Path
	_, rest, _ := strings.Cut(uri, "://")
	_, key, _ := strings.Cut(rest, "/")
	body, err := r.store.Open(ctx, objects.Object{URI: uri, Key: key, Size: file.Bytes})
	if errors.Is(err, objects.ErrNotFound) {
		return nil, fmt.Errorf("%s is in the manifest, but can't be read: %w", file.Path, err)
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	f, err = os.CreateTemp(r.opts.Temp, ".liftgraph-part-*")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	if err := os.Remove(f.Name()); err != nil {
		return nil, err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, sum), body); err != nil {
		return nil, fmt.Errorf("copy %s to %s: %w", uri, r.opts.Temp, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != file.SHA256 {
		return nil, fmt.Errorf("%s isn't as it was written: its SHA-256 is %s, but the manifest says %s", uri, got, file.SHA256)
	}
	_, err = f.Seek(0, io.SeekStart)
	return f, err
}
