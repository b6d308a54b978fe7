package objects

import (
	"context"
	"fmt"
)

// Range reads len(p) bytes of an object of S3 from an offset, by one request. The object's size is compared with what S3 says.
func Range(ctx context.Context, s Store, o Object, p []byte, off int64) error {
	b, ok := s.(*bucket)
	if !ok {
		return fmt.Errorf("%s isn't in S3: it can't be read by ranges", o.URI)
	}
	if off < 0 || off+int64(len(p)) > o.Size {
		return fmt.Errorf("%s has no bytes %d to %d: it has %d", o.URI, off, off+int64(len(p)), o.Size)
	}
	r := &part{b: b, ctx: ctx, o: o, at: off, end: off + int64(len(p))}
	err := r.fill(p)
	_ = r.Close() // which says nothing more
	return err
}
