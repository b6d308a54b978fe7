package objects

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Presign returns a URL by which anyone can read an object of the folder for so long, or for as long as the credentials are
// valid, if that is less. An object that isn't there, or has another size, is an error.
func (f *Folder) Presign(ctx context.Context, path string, size int64, valid time.Duration) (string, error) {
	key := f.b.prefix + path
	var head *s3.HeadObjectOutput
	// It also finds out the bucket's region, which is part of what is signed.
	err := f.b.ask(ctx, request{get, key}, func(ctx context.Context, limit time.Duration) error {
		ctx, w := newWatch(ctx, limit)
		defer w.end()
		var err error
		head, err = f.b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &f.b.name, Key: &key}, f.b.inRegion)
		return w.because(err)
	})
	if err != nil {
		return "", err
	}
	if got := aws.ToInt64(head.ContentLength); got != size {
		return "", fmt.Errorf("%s has %d bytes, not %d: it isn't the file that was meant", f.b.uri(key), got, size)
	}
	signed, err := s3.NewPresignClient(f.b.client, s3.WithPresignClientFromClientOptions(f.b.inRegion), s3.WithPresignExpires(valid)).
		PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &f.b.name, Key: &key})
	if err != nil {
		return "", err
	}
	return signed.URL, nil
}
