package cloudtrail

import (
	"context"
	"errors"
	"sync/atomic"
)

// Stats counts what was read so far. Its zero value is ready; it may be read from any goroutine.
type Stats struct {
	Events  atomic.Int64
	Objects atomic.Int64
	Bytes   atomic.Int64 // of objects, as stored
}

// Extract reads every source and delivers [raw.APICall], [raw.Grant] and [raw.Instance] records, in an order that
// doesn't depend on the number of workers. What can't be read makes its scope incomplete in the report; an error means
// that nothing can be published: a failed output, a cancelled context.
func Extract(_ context.Context, _ Config, _ Output) (*Report, error) {
	return nil, errors.New("cloudtrail: not implemented")
}
