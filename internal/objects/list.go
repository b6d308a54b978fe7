package objects

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// List lists page by page. A page that prune leaves nothing of isn't asked for. Keys that end in a slash and have no bytes are left
// out: consoles make such for folders.
func (b *bucket) List(ctx context.Context, prune func(string) string) iter.Seq2[Object, error] {
	if prune == nil {
		prune = func(string) string { return "" }
	}
	if b.exact {
		return b.listOne(ctx, prune)
	}
	return func(yield func(Object, error) bool) {
		ask := s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &b.prefix}
		if b.page > 0 {
			ask.MaxKeys = &b.page
		}
		upTo, last := "", ""
		for {
			page, err := b.pageOf(ctx, ask)
			if err != nil {
				yield(Object{}, err)
				return
			}
			for _, c := range page.Contents {
				o := Object{Key: aws.ToString(c.Key), Size: aws.ToInt64(c.Size), ETag: aws.ToString(c.ETag)}
				o.URI = b.uri(o.Key)
				if o.Key <= last {
					yield(Object{}, fmt.Errorf("s3://%s is listed out of order (%s after %s), so that objects might be missed: its server isn't fit for this", b.name, o.Key, last))
					return
				}
				last = o.Key
				if o.Key < upTo || o.Size == 0 && strings.HasSuffix(o.Key, "/") {
					continue
				}
				if to := prune(o.Key); to != "" {
					upTo = max(upTo, to)
				} else if !yield(o, nil) {
					return
				}
			}
			beyond := upTo > b.prefix && !strings.HasPrefix(upTo, b.prefix) // whatever begins with the prefix is less
			switch start := before(upTo); {
			case !aws.ToBool(page.IsTruncated) || beyond:
				return
			case start > last:
				ask.ContinuationToken, ask.StartAfter, last = nil, &start, start
			default:
				ask.ContinuationToken, ask.StartAfter = page.NextContinuationToken, nil
			}
		}
	}
}

// pageOf asks for one page.
func (b *bucket) pageOf(ctx context.Context, ask s3.ListObjectsV2Input) (*s3.ListObjectsV2Output, error) {
	var page *s3.ListObjectsV2Output
	err := b.ask(ctx, request{list, b.prefix}, func(ctx context.Context, limit time.Duration) (err error) {
		ctx, w := newWatch(ctx, limit)
		defer w.end()
		page, err = b.client.ListObjectsV2(ctx, &ask, b.inRegion)
		if err == nil && page.Name == nil { // any other XML, and HTML, is an empty page to the SDK
			err = errForeign
		}
		return w.because(err)
	})
	if err == nil && aws.ToBool(page.IsTruncated) && page.NextContinuationToken == nil {
		return nil, fmt.Errorf("the list of %s breaks off without saying how to go on: its server isn't fit for this", b.uri(b.prefix))
	}
	return page, err
}

// listOne returns the one object, by a GET whose body isn't read: a HEAD needs the same permission, but its errors say nothing.
func (b *bucket) listOne(ctx context.Context, prune func(string) string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		if prune(b.prefix) != "" {
			return
		}
		o := Object{URI: b.uri(b.prefix), Key: b.prefix}
		err := b.ask(ctx, request{get, o.Key}, func(ctx context.Context, limit time.Duration) error {
			ctx, w := newWatch(ctx, limit)
			defer w.end()
			answer, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &o.Key}, b.inRegion)
			if err != nil {
				return w.because(err)
			}
			_ = answer.Body.Close()
			if answer.ContentLength == nil {
				return errForeign
			}
			o.Size, o.ETag = *answer.ContentLength, aws.ToString(answer.ETag)
			return nil
		})
		if err != nil {
			o = Object{}
		}
		yield(o, err)
	}
}

// before returns a key to start a list after: less than the given one, and not less than most others that are. It has no characters
// that it mightn't have in XML, since servers repeat it.
func before(key string) string {
	r, n := utf8.DecodeLastRuneInString(key)
	key = key[:len(key)-n]
	if r <= ' ' || r > '~' {
		return key
	}
	return key + string(r-1) + "~"
}
