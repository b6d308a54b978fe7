package published

import (
	"context"
	"errors"
	"path"
	"strings"

	"liftgraph/emit/lake"
	"liftgraph/internal/dataset"
)

// Snapshots returns the paths or URIs of the manifests of a lake's snapshots, the earliest first: of the lake at a URI, or of the one in a
// data directory. There are none where another publication is stored there.
func Snapshots(ctx context.Context, uri string, opts Options) ([]string, error) {
	uri = strings.TrimSuffix(strings.TrimRight(uri, "/"), "/"+lake.LatestName)
	for _, place := range []string{uri, uri + "/lake"} {
		p, err := find(ctx, place, opts)
		if err != nil {
			if errors.Is(err, dataset.ErrNotPublished) {
				continue
			}
			return nil, err
		}
		l := Location{at: p}
		if err := l.take(ctx, ""); err != nil {
			return nil, err
		}
		if path.Dir(l.Name) != lake.ManifestsFolder {
			return nil, nil
		}
		return lake.Manifests(ctx, l.Root, opts.S3)
	}
	return nil, nil
}
