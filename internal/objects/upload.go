package objects

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Upload is an object that is sent in parts, each with its SHA-256, which S3 compares. It is invisible before Complete. Parts may be
// sent at once from several goroutines.
type Upload struct {
	b       *bucket
	key, id string

	mu    sync.Mutex
	parts []types.CompletedPart
	size  int64
}

// Upload begins one.
func (f *Folder) Upload(ctx context.Context, path string) (*Upload, error) {
	u := &Upload{b: f.b, key: f.b.prefix + path}
	err := u.ask(ctx, keep, func(ctx context.Context) error {
		answer, err := f.b.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
			Bucket: &f.b.name, Key: &u.key, ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
		}, f.b.inRegion)
		if err == nil && aws.ToString(answer.UploadId) == "" {
			err = errForeign
		}
		if err == nil {
			u.id = *answer.UploadId
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

// ask sends a request that has no long body.
func (u *Upload) ask(ctx context.Context, what action, send func(context.Context) error) error {
	return u.b.ask(ctx, request{what, u.key}, func(ctx context.Context, limit time.Duration) error {
		ctx, w := newWatch(ctx, limit)
		defer w.end()
		return w.because(send(ctx))
	})
}

func checksum(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Part sends the n-th part, from 1. All but the last have the same size, 5 MiB at least.
func (u *Upload) Part(ctx context.Context, n int32, content []byte) error {
	sum := checksum(content)
	ask := s3.UploadPartInput{
		Bucket: &u.b.name, Key: &u.key, UploadId: &u.id, PartNumber: &n, ContentLength: aws.Int64(int64(len(content))), ChecksumSHA256: &sum,
	}
	var answer *s3.UploadPartOutput
	err := u.b.ask(ctx, request{keep, u.key}, func(ctx context.Context, limit time.Duration) (err error) {
		ctx, w := newWatch(ctx, limit)
		defer w.end()
		ask.Body = watchedBytes{bytes.NewReader(content), w}
		answer, err = u.b.client.UploadPart(ctx, &ask, u.b.inRegion)
		return w.because(err)
	})
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.parts = append(u.parts, types.CompletedPart{PartNumber: &n, ETag: answer.ETag, ChecksumSHA256: &sum})
	u.size += int64(len(content))
	return nil
}

// watchedBytes are bytes whose reading shows that a request gets on.
type watchedBytes struct {
	*bytes.Reader
	watch *watch
}

// Read implements [io.Reader].
func (w watchedBytes) Read(p []byte) (int, error) {
	w.watch.resume()
	return w.Reader.Read(p)
}

// Complete lets the object be seen, in place of any other.
func (u *Upload) Complete(ctx context.Context) error {
	slices.SortFunc(u.parts, func(a, b types.CompletedPart) int { return cmp.Compare(*a.PartNumber, *b.PartNumber) })
	return u.ask(ctx, keep, func(ctx context.Context) error {
		_, err := u.b.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket: &u.b.name, Key: &u.key, UploadId: &u.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: u.parts},
		}, u.b.inRegion)
		if r, ok := refusalIn(err); ok && r.code == "NoSuchUpload" && u.complete(ctx) {
			return nil // it was completed before, and the answer was lost
		}
		return err
	})
}

// complete reports whether the object is there in its full size.
func (u *Upload) complete(ctx context.Context) bool {
	head, err := u.b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &u.b.name, Key: &u.key}, u.b.inRegion)
	return err == nil && aws.ToInt64(head.ContentLength) == u.size
}

// Abort drops what was sent. It is no error that nothing is there.
func (u *Upload) Abort(ctx context.Context) error {
	return u.ask(ctx, abort, func(ctx context.Context) error {
		_, err := u.b.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &u.b.name, Key: &u.key, UploadId: &u.id}, u.b.inRegion)
		if r, ok := refusalIn(err); ok && r.status == http.StatusNotFound && r.code != "NoSuchBucket" {
			return nil
		}
		return err
	})
}

// Uploads returns those below the folder that were begun, and neither completed nor aborted, with their paths.
func (f *Folder) Uploads(ctx context.Context) iter.Seq2[*Upload, error] {
	return func(yield func(*Upload, error) bool) {
		ask := s3.ListMultipartUploadsInput{Bucket: &f.b.name, Prefix: &f.b.prefix}
		for {
			var page *s3.ListMultipartUploadsOutput
			err := f.b.ask(ctx, request{listUploads, f.b.prefix}, func(ctx context.Context, limit time.Duration) (err error) {
				ctx, w := newWatch(ctx, limit)
				defer w.end()
				page, err = f.b.client.ListMultipartUploads(ctx, &ask, f.b.inRegion)
				return w.because(err)
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, found := range page.Uploads {
				u := &Upload{b: f.b, key: aws.ToString(found.Key), id: aws.ToString(found.UploadId)}
				if strings.HasPrefix(u.key, f.b.prefix) && !yield(u, nil) {
					return
				}
			}
			if !aws.ToBool(page.IsTruncated) {
				return
			}
			if aws.ToString(page.NextKeyMarker) == "" {
				yield(nil, fmt.Errorf("the list of uploads of %s breaks off: %w", f.b.uri(f.b.prefix), errors.New("its server isn't fit for this")))
				return
			}
			ask.KeyMarker, ask.UploadIdMarker = page.NextKeyMarker, page.NextUploadIdMarker
		}
	}
}

// Path returns the path of the object below the folder.
func (u *Upload) Path() string { return strings.TrimPrefix(u.key, u.b.prefix) }
