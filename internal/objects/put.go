package objects

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Folder is a prefix of S3 that files are put below. Its methods may be called from several goroutines.
type Folder struct{ b *bucket }

// OpenFolder returns the folder at s3://bucket/prefix. What is wrong with the URI or the AWS settings is a [UsageError]. No server is asked.
func OpenFolder(ctx context.Context, uri string, opts Options) (*Folder, error) {
	if !strings.EqualFold(scheme.FindString(uri), "s3://") {
		return nil, &UsageError{uri + " is no place in S3: give s3://bucket/prefix"}
	}
	store, err := Open(ctx, uri, opts)
	if err != nil {
		return nil, err
	}
	b, ok := store.(*bucket)
	if !ok {
		return nil, &UsageError{uri + " is no place in S3: give s3://bucket/prefix"}
	}
	if b.prefix = strings.Trim(b.prefix, "/"); b.prefix != "" {
		b.prefix += "/"
	}
	return &Folder{b}, nil
}

// Put makes a file an object below the folder. When it returns nil, the object was read back, and is the same.
// An object that is there already with the same content is no error, another one is: nothing is replaced.
func (f *Folder) Put(ctx context.Context, key, path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, in)
	if err != nil {
		return err
	}
	u := upload{b: f.b, key: f.b.prefix + key, file: in, size: size, sum: base64.StdEncoding.EncodeToString(sum.Sum(nil))}
	there, err := u.send(ctx)
	if err != nil {
		return err
	}
	same, err := u.same(ctx)
	switch {
	case err != nil || same:
		return err
	case there:
		return fmt.Errorf("%s is there already with another content: see what it is, and move it away", f.b.uri(u.key))
	}
	return fmt.Errorf("what was kept as %s isn't what was sent: it will have to be sent again once it is moved away", f.b.uri(u.key))
}

// upload is a file on its way.
type upload struct {
	b    *bucket
	key  string
	file *os.File
	size int64
	sum  string // SHA-256 in base64
}

// send sends the file, unless an object is there.
func (u *upload) send(ctx context.Context) (there bool, err error) {
	ask := s3.PutObjectInput{
		Bucket: &u.b.name, Key: &u.key, ContentLength: &u.size, ChecksumSHA256: &u.sum, IfNoneMatch: aws.String("*"),
	}
	err = u.b.ask(ctx, request{keep, u.key}, func(ctx context.Context, limit time.Duration) error {
		err := u.once(ctx, limit, &ask)
		if r, ok := refusalIn(err); ok && r.status == http.StatusNotImplemented && ask.IfNoneMatch != nil {
			ask.IfNoneMatch = nil // a server that knows no conditions
			err = u.once(ctx, limit, &ask)
		}
		if r, ok := refusalIn(err); ok && r.status == http.StatusPreconditionFailed {
			there, err = true, nil
		}
		return err
	})
	return there, err
}

func (u *upload) once(ctx context.Context, limit time.Duration, ask *s3.PutObjectInput) error {
	ctx, w := newWatch(ctx, limit)
	defer w.end()
	if _, err := u.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	ask.Body = watched{u.file, w}
	_, err := u.b.client.PutObject(ctx, ask, u.b.inRegion)
	return w.because(err)
}

// same reports whether what S3 holds under the key is the file, by reading it: not every server that keeps a checksum looks at it.
func (u *upload) same(ctx context.Context) (bool, error) {
	ask := s3.HeadObjectInput{Bucket: &u.b.name, Key: &u.key}
	var head *s3.HeadObjectOutput
	err := u.b.ask(ctx, request{keep, u.key}, func(ctx context.Context, limit time.Duration) error {
		ctx, w := newWatch(ctx, limit)
		defer w.end()
		var err error
		head, err = u.b.client.HeadObject(ctx, &ask, u.b.inRegion)
		return w.because(err)
	})
	if err != nil || aws.ToInt64(head.ContentLength) != u.size {
		return false, err
	}
	body, err := u.b.Open(ctx, Object{URI: u.b.uri(u.key), Key: u.key, Size: u.size, ETag: aws.ToString(head.ETag)})
	if err != nil {
		return false, err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, body)
	if err := errors.Join(err, body.Close()); err != nil {
		return false, err
	}
	return base64.StdEncoding.EncodeToString(sum.Sum(nil)) == u.sum, nil
}

// watched is a file whose reading shows that a request gets on.
type watched struct {
	file  *os.File
	watch *watch
}

// Read implements [io.Reader].
func (w watched) Read(p []byte) (int, error) {
	w.watch.resume()
	return w.file.Read(p)
}

// Seek implements [io.Seeker].
func (w watched) Seek(offset int64, whence int) (int64, error) { return w.file.Seek(offset, whence) }
