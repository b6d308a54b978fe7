package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// URI returns the location of a path below the folder.
func (f *Folder) URI(path string) string { return f.b.uri(f.b.prefix + path) }

// List returns the objects below a folder of this one, or all below this one for "". Their keys are relative to this one.
func (f *Folder) List(ctx context.Context, below string) iter.Seq2[Object, error] {
	b := f.b
	if below != "" {
		b = f.b.at(f.b.prefix + below + "/")
	}
	return func(yield func(Object, error) bool) {
		for o, err := range b.List(ctx, nil) {
			o.Key = strings.TrimPrefix(o.Key, f.b.prefix)
			if !yield(o, err) {
				return
			}
		}
	}
}

// at returns the same bucket with another prefix.
func (b *bucket) at(prefix string) *bucket {
	other := &bucket{
		name: b.name, prefix: prefix, client: b.client, credentials: b.credentials, endpoint: b.endpoint,
		tuning: b.tuning, buffers: b.buffers, attempts: b.attempts, retried: b.retried, log: b.log,
	}
	other.region.Store(b.region.Load())
	other.reached.Store(b.reached.Load())
	return other
}

// Open returns the bytes of an object of so many.
func (f *Folder) Open(ctx context.Context, path string, size int64) (io.ReadCloser, error) {
	key := f.b.prefix + path
	return f.b.Open(ctx, Object{URI: f.b.uri(key), Key: key, Size: size})
}

// Read returns a small object as a whole, with its ETag. Nothing and "" are given where there is none.
func (f *Folder) Read(ctx context.Context, path string) (content []byte, tag string, err error) {
	key := f.b.prefix + path
	err = f.b.ask(ctx, request{get, key}, func(ctx context.Context, limit time.Duration) error {
		content, tag = nil, ""
		ctx, w := newWatch(ctx, limit)
		defer w.end()
		answer, err := f.b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &f.b.name, Key: &key}, f.b.inRegion)
		if r, ok := refusalIn(err); ok && r.code == "NoSuchKey" {
			return nil
		}
		if err != nil {
			return w.because(err)
		}
		defer func() { _ = answer.Body.Close() }()
		if content, err = io.ReadAll(answer.Body); err != nil {
			return w.because(err)
		}
		if tag = aws.ToString(answer.ETag); tag == "" || answer.ContentLength != nil && *answer.ContentLength != int64(len(content)) {
			return errForeign
		}
		return nil
	})
	return content, tag, err
}

// Write stores a small object as a whole, in place of the one with the ETag, or where none is for "". An error wraps [ErrReplaced]
// where something else is there: that may be what an attempt wrote whose answer was lost.
func (f *Folder) Write(ctx context.Context, path string, content []byte, tag string) error {
	key := f.b.prefix + path
	sum := checksum(content)
	ask := s3.PutObjectInput{Bucket: &f.b.name, Key: &key, ContentLength: aws.Int64(int64(len(content))), ChecksumSHA256: &sum}
	if ask.IfMatch = &tag; tag == "" {
		ask.IfMatch, ask.IfNoneMatch = nil, aws.String("*")
	}
	return f.b.ask(ctx, request{keep, key}, func(ctx context.Context, limit time.Duration) error {
		send := func() error {
			ctx, w := newWatch(ctx, limit)
			defer w.end()
			ask.Body = bytes.NewReader(content)
			_, err := f.b.client.PutObject(ctx, &ask, f.b.inRegion)
			return w.because(err)
		}
		err := send()
		if r, ok := refusalIn(err); ok && r.status == http.StatusNotImplemented { // a server that knows no conditions
			ask.IfMatch, ask.IfNoneMatch = nil, nil
			err = send()
		}
		if r, ok := refusalIn(err); ok && (r.status == http.StatusPreconditionFailed || r.status == http.StatusConflict || r.code == "NoSuchKey") {
			return &failure{ErrReplaced, f.b.uri(key) + " was written by another process meanwhile"}
		}
		return err
	})
}

// removeAtOnce is how many objects a request can name.
const removeAtOnce = 1000

// Remove removes objects. It is no error that one isn't there.
func (f *Folder) Remove(ctx context.Context, paths []string) error {
	for len(paths) > 0 {
		n := min(len(paths), removeAtOnce)
		if err := f.remove(ctx, paths[:n]); err != nil {
			return err
		}
		paths = paths[n:]
	}
	return nil
}

func (f *Folder) remove(ctx context.Context, paths []string) error {
	list := &types.Delete{Quiet: aws.Bool(true)}
	for _, p := range paths {
		list.Objects = append(list.Objects, types.ObjectIdentifier{Key: aws.String(f.b.prefix + p)})
	}
	what := request{removal, f.b.prefix + paths[0]}
	return f.b.ask(ctx, what, func(ctx context.Context, limit time.Duration) error {
		ctx, w := newWatch(ctx, limit)
		defer w.end()
		answer, err := f.b.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &f.b.name, Delete: list}, f.b.inRegion)
		if err != nil {
			return w.because(err)
		}
		if len(answer.Errors) > 0 {
			e := answer.Errors[0]
			code := aws.ToString(e.Code)
			text := fmt.Sprintf("%s can't be removed: %s: %s", f.b.uri(aws.ToString(e.Key)), code, aws.ToString(e.Message))
			switch code {
			case "AccessDenied":
				return &failure{ErrRefused, text + ": " + f.b.permission(what)}
			case "InternalError", "SlowDown", "ServiceUnavailable":
				return errors.New(text) // which is asked again
			}
			return &failure{ErrRefused, text}
		}
		return nil
	})
}
