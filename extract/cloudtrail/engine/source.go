package engine

import (
	"context"
	"fmt"
	"iter"

	"liftgraph/extract/cloudtrail"
	"liftgraph/internal/objects"
)

// Source returns the result to be read by [cloudtrail.Extract], with the same switches as the search. It returns false where
// nothing was found: then there are no objects to read, which is no fault.
func (r *Result) Source(ctx context.Context, opts objects.Options) (cloudtrail.Source, bool, error) {
	none := cloudtrail.Source{}
	store, err := objects.Open(ctx, r.Location, opts)
	if err != nil {
		return none, false, err
	}
	for _, err := range store.List(ctx, nil) {
		if err != nil {
			return none, false, advise(fmt.Errorf("the engine's result %s: %w", r.Location, err))
		}
		return cloudtrail.Source{URI: r.Location, Store: whole{store}}, true, nil
	}
	if r.Rows > 0 {
		return none, false, fmt.Errorf("the engine wrote %d events to %s, but nothing is there: do both use the same S3 endpoint?", r.Rows, r.Location)
	}
	return none, false, nil
}

// whole is a store of which everything is read: the dates that were asked for aren't those in the name of the output.
type whole struct{ objects.Store }

func (w whole) List(ctx context.Context, _ func(string) string) iter.Seq2[objects.Object, error] {
	return w.Store.List(ctx, nil)
}
