package objects

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	fakes3 "liftgraph/fixtures/s3"
)

func quickFolder(t *testing.T, uri string) *Folder {
	t.Helper()
	f, err := OpenFolder(t.Context(), uri, Options{Attempts: 3})
	if err != nil {
		t.Fatal(err)
	}
	f.b.tuning = quick
	f.b.stall = time.Second
	return f
}

func tempFile(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// isStored makes sure that there is one object, the one wanted.
func isStored(t *testing.T, key string, want []byte) {
	t.Helper()
	b := openQuick(t, "logs", "", Options{})
	o := one(t, b)
	if got, err := content(t.Context(), b, o); o.Key != key || err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes, %v", o.Key, len(got), err)
	}
}

// On a server that looks at checksums, and on one that doesn't.
func TestPut(t *testing.T) {
	for name, start := range map[string]func(t *testing.T){
		"real": func(t *testing.T) { realBucket(t) },
		"fake": func(t *testing.T) {
			if err := fakes3.Start(t).MakeBucket("logs"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			start(t)
			body := randomBytes(4000) // read in one part: the fake server returns the whole object's checksum with each
			f, file := quickFolder(t, "s3://logs/a/prefix"), tempFile(t, body)
			for range 2 { // the second time it is there
				if err := f.Put(t.Context(), "year=2026/x", file); err != nil {
					t.Fatal(err)
				}
			}
			isStored(t, "a/prefix/year=2026/x", body)
			for _, other := range [][]byte{randomBytes(3999), append(bytes.Clone(body[1:]), 'x'), nil} {
				err := f.Put(t.Context(), "year=2026/x", tempFile(t, other))
				isOf(t, "another content", err, nil, "s3://logs/a/prefix/year=2026/x is there already with another content")
			}
			isStored(t, "a/prefix/year=2026/x", body)
		})
	}
}

func TestPutFails(t *testing.T) {
	s := fakes3.Start(t)
	if err := s.MakeBucket("logs"); err != nil {
		t.Fatal(err)
	}
	f, file := quickFolder(t, "s3://logs/"), tempFile(t, []byte("body"))
	putting := func(r fakes3.Request) bool { return r.Method == http.MethodPut }
	s.Inject(fakes3.Fault{Match: putting, Times: 1, Do: fakes3.Refuse(503, "SlowDown")})
	if err := f.Put(t.Context(), "busy", file); err != nil {
		t.Error(err)
	}
	s.Inject(fakes3.Fault{Match: putting, Times: 1, Do: fakes3.Refuse(501, "NotImplemented")})
	if err := f.Put(t.Context(), "no conditions", file); err != nil {
		t.Error(err)
	}
	s.Inject(fakes3.Fault{Match: putting, Times: 1, Do: func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		_, _ = io.Copy(io.Discard, r.Body) // until it is read, the server doesn't see the client go
		fakes3.Hang(-1)(w, r, next)
	}})
	if err := f.Put(t.Context(), "stalled", file); err != nil {
		t.Error(err)
	}
	// The object is there, but the answer is lost.
	s.Inject(fakes3.Fault{Match: putting, Times: 1, Do: func(_ http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		next(discard{http.Header{}}, r)
		panic(http.ErrAbortHandler)
	}})
	if err := f.Put(t.Context(), "lost answer", file); err != nil {
		t.Error(err)
	}
	// The server says that it is kept, but something else is.
	s.Inject(fakes3.Fault{Match: putting, Times: 1, Do: func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		_ = s.Put("logs", "other", []byte("BODY"), nil)
		w.WriteHeader(http.StatusOK)
	}})
	isOf(t, "not kept", f.Put(t.Context(), "other", file), nil, "isn't what was sent")
	s.Inject(fakes3.Fault{Match: putting, Times: 1, Do: func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) { w.WriteHeader(http.StatusOK) }})
	isOf(t, "not there", f.Put(t.Context(), "nothing", file), ErrNotFound, "s3://logs/nothing can't be written")

	s.Inject(fakes3.Fault{Match: putting, Times: 1, Do: fakes3.Refuse(403, "AccessDenied")})
	isOf(t, "refused", f.Put(t.Context(), "k", file), ErrRefused, "s3://logs/k can't be written", "allow s3:PutObject and s3:GetObject on arn:aws:s3:::logs/*")
	isOf(t, "no bucket", quickFolder(t, "s3://nowhere/a").Put(t.Context(), "k", file), ErrNotFound, "check the name of the bucket nowhere")
	if err := f.Put(t.Context(), "k", filepath.Join(t.TempDir(), "nothing")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// discard is a response that no client gets.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// What rots on its way is refused by a server that looks at checksums.
func TestPutRots(t *testing.T) {
	_, client := realBucket(t)
	f := quickFolder(t, "s3://logs")
	u := upload{b: f.b, key: "k", size: 4, sum: "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="} // of abc
	file, err := os.Open(tempFile(t, []byte("abcd")))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	u.file = file
	if _, err := u.send(t.Context()); err == nil {
		t.Error("it is taken")
	}
	if _, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("logs"), Key: aws.String("k")}); err == nil {
		t.Error("it is there")
	}
}

func TestOpenFolder(t *testing.T) {
	for _, uri := range []string{"", "dir", "/dir", "file:///dir", "http://bucket/x", "s3://", "s3://arn:aws:s3:x/y"} {
		_, err := OpenFolder(t.Context(), uri, Options{})
		if _, ok := errors.AsType[*UsageError](err); !ok {
			t.Errorf("%q: %v", uri, err)
		}
	}
	for uri, want := range map[string]string{"s3://logs": "", "s3://logs/": "", "S3://logs/a": "a/", "s3://logs//a/b//": "a/b/"} {
		if f, err := OpenFolder(t.Context(), uri, Options{}); err != nil || f.b.prefix != want || strings.Contains(f.b.name, "/") {
			t.Errorf("%q: %+v %v", uri, f, err)
		}
	}
}
