package objects

import (
	"context"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
)

// Options says how a store is read.
type Options struct {
	Exact    bool          // an S3 URI names one object, and not all those whose keys begin like that; nothing is listed for it
	AWS      *AWS          // how S3 is reached; nil: as the environment says
	Attempts int           // how often a request is sent at most; 0: 8
	Retried  *atomic.Int64 // counts requests that were sent again, for a progress display; may be nil
	Log      *slog.Logger  // receives retries and their reasons; nil: silent
}

// UsageError says that a URI or a setting is wrong: nothing was asked of any server.
type UsageError struct{ Problem string }

// Error implements error.
func (e *UsageError) Error() string { return e.Problem }

var (
	scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)
	// Buckets of today have 3 to 63 lower-case characters; older ones and those of other stores aren't as strict.
	bucketName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$`)
)

// Open returns the store at a URI, which is one of
//
//   - s3://bucket/prefix: all objects of the bucket whose keys begin with the prefix, as S3 takes it: dir finds dir/x and
//     dirty/x. It is taken as it stands: % and ? mean nothing. With Exact it is one key.
//   - a path, or file:///path: that file, or all files below that directory, see [Store]. Symbolic links are followed. Names that
//     begin with a dot are left out, and what is neither a file nor a directory.
//
// A URI that is none of these, a path where nothing is, and AWS settings that can't be used are a [UsageError]. No server is asked.
func Open(ctx context.Context, uri string, opts Options) (Store, error) {
	kind := strings.ToLower(scheme.FindString(uri))
	switch kind {
	case "":
		return openPath(uri)
	case "file://":
		u, err := url.Parse(uri)
		if err != nil || u.Host != "" && u.Host != "localhost" || u.Path == "" || u.RawQuery != "" || u.Fragment != "" {
			return nil, &UsageError{uri + " is no file of this machine: give its path, or file:///path"}
		}
		return openPath(u.Path)
	case "s3://":
		bucket, key, _ := strings.Cut(uri[len(kind):], "/")
		switch {
		case strings.HasPrefix(bucket, "arn:"):
			return nil, &UsageError{uri + " names a bucket by an ARN: give its name, or the alias of the access point (s3://alias/prefix)"}
		case !bucketName.MatchString(bucket):
			return nil, &UsageError{uri + " names no bucket: give s3://bucket/prefix"}
		case opts.Exact && key == "":
			return nil, &UsageError{uri + " names no object: give s3://bucket/key"}
		}
		return openS3(ctx, bucket, key, opts, usual)
	}
	return nil, &UsageError{uri + " can't be read: give a path, or s3://bucket/prefix"}
}
