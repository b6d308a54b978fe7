package cloudtrail

import (
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"liftgraph/extract/cloudtrail/scan"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// maxScopes is how many objects a report names.
const maxScopes = 1000

// scope gathers how the reading of a source went.
type scope struct {
	uri  string
	room int // how many objects may still be named

	objects, records, bytes int64
	empty, broken           int64
	known                   int64 // objects that were taken over
	named                   []dataset.Scope
}

// add enters an object.
func (s *scope) add(t *task) {
	s.objects++
	s.records += t.records
	s.bytes += t.bytes
	if t.empty {
		s.empty++
	}
	if t.err == nil {
		return
	}
	s.broken++
	if len(s.named) < s.room {
		reason := explain(t.err)
		if t.kept {
			reason += "; what the last extraction had of it was kept"
		}
		s.named = append(s.named, dataset.Scope{Scope: scan.SourceName, Object: t.object.URI, Reason: reason, Records: t.records})
	}
}

// take enters an object that was taken over.
func (s *scope) take(o *raw.Object) {
	s.known++
	s.records += o.Gave.Records
}

// scopes returns that of the source, and those of the objects that could not be read to their ends.
func (s *scope) scopes(list error) []dataset.Scope {
	reason := ""
	switch {
	case list != nil && s.objects+s.known == 0:
		reason = explain(list)
	case list != nil:
		reason = fmt.Sprintf("the list of objects broke off after %d: %s", s.objects+s.known, explain(list))
	case s.objects+s.known == 0:
		reason = "nothing to read was found: check the path, and the dates if any were given"
	}
	if s.broken > 0 {
		if reason != "" {
			reason += "; "
		}
		reason += fmt.Sprintf("%d of %d objects could not be read to the end: ", s.broken, s.objects)
		if int64(len(s.named)) < s.broken {
			reason += fmt.Sprintf("the first %d are named", len(s.named))
		} else {
			reason += "each is named"
		}
	}
	source := dataset.Scope{Scope: scan.SourceName, Object: s.uri, Complete: reason == "", Reason: reason, Records: s.records}
	return append([]dataset.Scope{source}, s.named...)
}

// explain says in words why something could not be read, and what to do.
func explain(err error) string {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, objects.ErrNotFound), errors.Is(err, objects.ErrRefused), errors.Is(err, objects.ErrChanged), errors.Is(err, objects.ErrUnreachable):
		return err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, scan.ErrCut):
		return "it ends in the middle, as if its copy was cut short: copy it again"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.As(err, &corrupt), errors.Is(err, zstd.ErrCRCMismatch):
		return fmt.Sprintf("its compressed data is damaged (%v): copy it again", err)
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return fmt.Sprintf("its compression needs more than %d MiB of memory: compress it again without --long or --ultra", objects.MaxZstdWindow>>20)
	case errors.Is(err, scan.ErrParquet):
		return err.Error() + ": copy or export it again"
	case errors.Is(err, scan.ErrMalformed):
		return err.Error() + ": what stands before was read, what follows was not; copy or export it again"
	default:
		return err.Error()
	}
}
