package lake

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"

	"liftgraph/internal/objects"
)

// store is where a lake lies. Paths are relative to it, with slashes.
type store interface {
	// read returns a small file, and a tag that changes with its content. It wraps errNone where there is none.
	read(ctx context.Context, path string) (content []byte, tag string, err error)
	// open returns the bytes of a file of so many.
	open(ctx context.Context, path string, size int64) (io.ReadCloser, error)
	// list returns the files below a folder, or all for "", in any order, without those that were created and aren't revealed.
	list(ctx context.Context, folder string) iter.Seq2[entry, error]

	// probe returns an error unless the lake can be written, and files be removed.
	probe(ctx context.Context, publication string) error
	// create begins a file that isn't seen before reveal.
	create(ctx context.Context, path string) (io.WriteCloser, error)
	// finish waits until every file that was created is stored.
	finish(ctx context.Context) error
	// reveal lets every file be seen. After an error, some of them may be.
	reveal(ctx context.Context) error
	// drop ends what was created and not revealed.
	drop(ctx context.Context) error

	// put stores a small file as a whole, in place of the one that has the tag, or where none is for "". It wraps errReplaced
	// where something else is there.
	put(ctx context.Context, path string, content []byte, tag string) error
	// remove removes files. It is no error that one isn't there.
	remove(ctx context.Context, paths []string) error
	// sweep drops what earlier publications created and didn't reveal: those whose name stale is true for.
	sweep(ctx context.Context, stale func(publication string) bool) error

	// hold keeps every other process on this machine from publishing here, until release.
	hold() (release func() error, err error)
}

// entry is a file of a store.
type entry struct {
	path string
	size int64
}

var (
	errNone     = errors.New("it isn't there")
	errReplaced = errors.New("something else is there")
)

// IsURI reports whether a place is no directory of this machine.
func IsURI(place string) bool { return strings.Contains(place, "://") }

// openStore returns the store at a place: a directory or s3://bucket/prefix. No server is asked.
func openStore(ctx context.Context, place string, opts objects.Options) (store, error) {
	if IsURI(place) {
		return openBucket(ctx, place, opts)
	}
	return openDirectory(place)
}
