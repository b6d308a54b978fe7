package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"liftgraph/internal/raw"
)

// Options says what to keep of the events.
type Options struct {
	IncludeReadOnly bool   // keep calls that changed nothing
	IncludeFailed   bool   // keep calls that failed
	FollowRoles     bool   // keep what it takes to attribute the calls of roles that a run's session assumed
	AllInstances    bool   // deliver every instance that any event names, not only those of runs
	NoInstances     bool   // deliver no calls that touched instances
	AllResources    bool   // deliver which resources of any type the calls of runs touched
	Changes         bool   // deliver changes by other principals that package resource has a rule for, and how far the events reach
	AllChanges      bool   // with it: those without a rule too, and what services, agents and controllers do
	Later           bool   // hand on as text what belongs to a run only if a temporary key in it does: [Batch.Held]
	Temp            string // directory for what has to be read more than once; "": the system's

	// Only are the numbers, from 1 and in order, of the records that are delivered; what the others hold is passed over. nil: all.
	Only []int64
}

// holds reports whether records are handed on as text: where other records of temporary keys are delivered too, none are.
func (o *Options) holds() bool {
	return o.Later && o.FollowRoles && !o.AllInstances && !o.Changes && o.Only == nil
}

// concern returns which records are parsed.
func (o *Options) concern() concern {
	follow := o.FollowRoles && !o.holds()
	return concern{
		roles: follow, instances: o.AllInstances, actors: o.Changes, all: o.Changes && o.AllChanges,
		reads:  o.IncludeReadOnly,
		writes: o.Changes || o.AllResources && follow,
	}
}

// Reader reads one object after the other. Its memory serves for all of them.
type Reader struct {
	Options
	feed feed
	head []byte
}

// Outcome is how the reading of an object ended.
type Outcome struct {
	Records int64 // that were read
	Empty   bool  // there is nothing but white space in it
	Err     error // why it could not be read to its end; nil where it could
}

// Read takes the records of an object, which is named so in what is rejected, to its end or to where it can't be read. It
// calls send with what is delivered, and ends with an error of it. Content is no longer compressed.
func (r *Reader) Read(ctx context.Context, object string, content io.Reader, send func(Batch) error) Outcome {
	s := &scan{
		opts: r.Options, object: object, seen: map[raw.Instance]struct{}{}, send: send, concern: r.concern(),
		later: later{wanted: r.holds(), reads: r.IncludeReadOnly, resources: r.AllResources},
	}
	empty, err := r.read(ctx, content, s)
	s.covered()
	err = errors.Join(s.end(err), s.flush())
	return Outcome{Records: s.count, Empty: empty, Err: err}
}

func (r *Reader) read(ctx context.Context, content io.Reader, s *scan) (empty bool, err error) {
	defer func() {
		if p := recover(); p != nil { // a fault of ours costs this object, and not the night
			err = fmt.Errorf("reading it failed in a way that it never should, please report it: %v", p)
		}
	}()
	head, rest := r.begin(content)
	shape, err := shapeOf(head)
	switch {
	case err != nil:
		return false, err
	case shape == shapeEmpty:
		_, err := rest.Read(make([]byte, 1)) // no more than why there is nothing
		return true, ignoreEOF(err)
	case shape == shapeJSON:
		return false, r.feed.takeAll(ctx, head, rest, newSplitter(s))
	case shape == shapeLines:
		return false, r.feed.takeAll(ctx, head, rest, jsonLines(s))
	case shape == shapeStrings:
		return false, r.feed.takeAll(ctx, head, rest, &stringSplitter{take: s})
	case shape == shapeBehind:
		return false, r.feed.takeAll(ctx, head, rest, linesBehind(s))
	case shape == shapeCSV:
		return false, r.feed.takeAll(ctx, head, rest, csvLines(s))
	default:
		return false, readParquet(ctx, io.MultiReader(bytes.NewReader(head), rest), r.Temp, s)
	}
}

// headSize is how much of a text is looked at to tell its shape, in bytes.
const headSize = 64 << 10

var byteOrderMark = []byte("\uFEFF")

// begin reads the head of a text, which is more than white space where anything is, and returns the rest.
func (r *Reader) begin(from io.Reader) (head []byte, rest io.Reader) {
	if r.head == nil {
		r.head = make([]byte, headSize)
	}
	for {
		size := 0
		for size < headSize {
			n, err := from.Read(r.head[size:])
			if size += n; err != nil {
				from = broken{err}
				break
			}
		}
		head = bytes.TrimPrefix(r.head[:size], byteOrderMark)
		if size < headSize || len(bytes.TrimLeft(head, " \t\r\n")) > 0 {
			return head, from
		}
	}
}

// broken is what can't be read.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
