package lake

import (
	"context"
	"maps"
	"slices"
	"strings"

	"liftgraph/internal/objects"
)

// Manifests returns the path or URI of the manifest of each snapshot of a lake, the earliest first. [Open] takes them.
func Manifests(ctx context.Context, place string, opts objects.Options) ([]string, error) {
	s, err := openStore(ctx, place, opts)
	if err != nil {
		return nil, err
	}
	current, _, err := manifests(ctx, s)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, date := range slices.Sorted(maps.Keys(current)) {
		paths = append(paths, strings.TrimSuffix(place, "/")+"/"+manifestName(date, current[date]))
	}
	return paths, nil
}
