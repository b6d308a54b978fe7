// Package objects reads files and S3 objects alike: what is stored under a URI, one after the other, and the bytes of each.
//
// The bytes that a reader returns are those that were listed, to the last one: where an object is replaced, cut short or grows
// meanwhile, the reader ends with an error that wraps [ErrChanged]. What passes (a broken connection, a busy server) is asked
// for again; what doesn't is an error that names the place and says what to do.
package objects

import (
	"context"
	"errors"
	"io"
	"iter"
)

// Object is a file, or an object of S3.
type Object struct {
	URI  string // a path, or s3://bucket/key
	Key  string // its path below the root of the store, or its S3 key; with slashes
	Size int64  // bytes as stored
	ETag string // of S3; "" for files

	Modified int64 // of a file, Unix nanoseconds; 0 for S3
}

// Store is the objects under one URI. Its methods may be called from several goroutines.
type Store interface {
	// List returns the objects in the order of their keys. For each, prune (which may be nil) is asked with its key: "" keeps
	// it; else it is left out, and all after it whose keys are less than the answer. An error ends the list: it wraps one
	// of the errors below where that is the cause. That a directory can't be read comes after the files of all others. Where nothing lies under a prefix of S3, or in a directory,
	// the list is empty.
	List(ctx context.Context, prune func(key string) (upTo string)) iter.Seq2[Object, error]

	// Open returns the bytes of an object as it was listed, or an error that wraps one of those below, as those of Read do.
	// It doesn't outlive ctx. The caller closes it, also before its end.
	Open(ctx context.Context, o Object) (io.ReadCloser, error)
}

// What is wrong with an object or a store; errors wrap them.
var (
	ErrNotFound    = errors.New("not found")
	ErrRefused     = errors.New("access refused")
	ErrChanged     = errors.New("replaced while it was read")
	ErrUnreachable = errors.New("out of reach")
	ErrReplaced    = errors.New("something else is there") // of a write that was to replace what was there before
)

// failure is an error whose text is meant for users, of one of the kinds above. It doesn't wrap what caused it: where that was
// an [io.EOF] (a connection that was closed), a caller that looks for one would take it for the end of the object.
type failure struct {
	kind error
	text string
}

func (e *failure) Error() string { return e.text }

func (e *failure) Unwrap() error { return e.kind }
