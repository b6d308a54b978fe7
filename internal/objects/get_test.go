package objects

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	fakes3 "liftgraph/fixtures/s3"
)

func TestReadEverySize(t *testing.T) {
	s := fakes3.Start(t)
	p := int(quick.part)
	for _, size := range []int{0, 1, p - 1, p, p + 1, 2*p - 1, 2 * p, 2*p + 1, 5 * p, 13*p + 7, 40 * p} {
		key := fmt.Sprint(size)
		put(t, s, key, randomBytes(size))
		b := openQuick(t, "logs", key, Options{Exact: true})
		o := one(t, b)
		asked := s.Count(fakes3.Get)
		r, err := b.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, randomBytes(size)); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		if err := errors.Join(r.Close(), r.Close()); err != nil {
			t.Error(err)
		}
		if n, want := s.Count(fakes3.Get)-asked, max(1, (size+p-1)/p); n != want {
			t.Errorf("%d bytes: %d requests, not %d", size, n, want)
		}
		if len(b.buffers) != b.tuning.buffers {
			t.Errorf("%d bytes: %d buffers are back", size, len(b.buffers))
		}
	}
}

func TestReadWhereAnswersBreakOff(t *testing.T) {
	s := fakes3.Start(t)
	for _, size := range []int{3000, 60_000} { // one part, and many
		for name, do := range map[string]fakes3.Action{
			"cut": fakes3.Cut(700), "cut at once": fakes3.Cut(0), "cut before": fakes3.Cut(-1), "hangs": fakes3.Hang(700), "hangs at once": fakes3.Hang(-1),
			"busy": fakes3.Refuse(503, "SlowDown"), "internal error": fakes3.Refuse(500, "InternalError"), "too many": fakes3.Refuse(429, "TooManyRequests"),
		} {
			key := fmt.Sprintf("%s %d", name, size)
			put(t, s, key, randomBytes(size))
			var retried atomic.Int64
			patience := func(*tuning) {}
			if strings.HasPrefix(name, "hangs") {
				patience = impatient
			}
			b := openQuick(t, "logs", key, Options{Retried: &retried}, patience)
			o := one(t, b)
			s.Inject(fakes3.Fault{Op: fakes3.Get, Key: key, Times: 3, Do: do})
			got, err := content(t.Context(), b, o)
			if err != nil || !bytes.Equal(got, randomBytes(size)) {
				t.Errorf("%s: %d bytes, %v", key, len(got), err)
			}
			exactly := !strings.HasPrefix(name, "hangs") && name != "cut before" // which net/http asks for again itself, once
			if n := retried.Load(); exactly && n != 3 || n < 2 {
				t.Errorf("%s: asked again %d times", key, retried.Load())
			}
		}
	}
}

// An answer that always breaks off is no endless loop, nor the end of the object, and what came of it was right.
func TestReadWhatNeverEnds(t *testing.T) {
	s := fakes3.Start(t)
	for _, size := range []int{3000, 60_000} {
		for _, cut := range []int{10, 0, -1} {
			key := fmt.Sprint(size, cut)
			put(t, s, key, randomBytes(size))
			s.Inject(fakes3.Fault{Op: fakes3.Get, Key: key, Nth: 2, Times: 1 << 30, Do: fakes3.Cut(cut)})
			b := openQuick(t, "logs", key, Options{Attempts: 3, Exact: true})
			got, err := content(t.Context(), b, one(t, b))
			if !bytes.HasPrefix(randomBytes(size), got) || len(got) != 3*max(cut, 0) || errors.Is(err, io.EOF) {
				t.Errorf("%d bytes of %s, %v", len(got), key, err)
			}
			isOf(t, key, err, ErrUnreachable, "EOF")
		}
	}
}

func TestReadWhatIsReplaced(t *testing.T) {
	s := fakes3.Start(t)
	for _, size := range []int{3000, 60_000} {
		for name, replace := range map[string]func(key string){
			"by as many bytes": func(key string) { put(t, s, key, randomBytes(size + 256)[:size]) },
			"by fewer":         func(key string) { put(t, s, key, randomBytes(size)[:size/2]) },
			"by more":          func(key string) { put(t, s, key, append(randomBytes(size), 'x')) },
		} {
			key := fmt.Sprintf("%s %d", name, size)
			put(t, s, key, randomBytes(size))
			b := openQuick(t, "logs", key, Options{})
			o := one(t, b)
			s.Inject(fakes3.Fault{Op: fakes3.Get, Key: key, Nth: 2, Do: fakes3.Before(func() { replace(key) })})
			s.Inject(fakes3.Fault{Op: fakes3.Get, Key: key, Nth: 1, Do: fakes3.Cut(1000)})
			got, err := content(t.Context(), b, o)
			if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), o.URI) || !bytes.HasPrefix(randomBytes(size), got) {
				t.Errorf("%s, while it was read: %d bytes, %v", key, len(got), err)
			}
			if got, err := content(t.Context(), b, o); !errors.Is(err, ErrChanged) || len(got) > 0 {
				t.Errorf("%s, before: %d bytes, %v", key, len(got), err)
			}
		}
	}
}

// Servers that look neither at If-Match nor at Range are seen through.
func TestReadFromAnUnfitServer(t *testing.T) {
	s := fakes3.Start(t)
	for name, c := range map[string]struct {
		do   fakes3.Action
		want error
		text string
	}{
		"no If-Match": {func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
			r.Header.Del("If-Match")
			next(w, r)
		}, ErrChanged, "replaced"},
		"no Range": {func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) { r.Header.Del("Range"); next(w, r) }, ErrUnreachable, "the answer isn't S3's"},
	} {
		put(t, s, name, randomBytes(60_000))
		b := openQuick(t, "logs", name, Options{Attempts: 2})
		wrong := one(t, b)
		s.Inject(fakes3.Fault{Op: fakes3.Get, Key: name, Do: c.do})
		if errors.Is(c.want, ErrChanged) {
			wrong.ETag = `"0123456789abcdef"`
		}
		_, err := content(t.Context(), b, wrong)
		isOf(t, name, err, c.want, c.text)
	}
}

// Answers that don't say how long they are have to be as long as the object.
func TestReadWithoutALength(t *testing.T) {
	s := fakes3.Start(t)
	stored := []byte("body")
	put(t, s, "a", stored)
	b := openQuick(t, "logs", "", Options{Attempts: 2})
	o := one(t, b)
	body := ""
	s.Inject(fakes3.Fault{Op: fakes3.Get, Do: func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.Header().Set("ETag", o.ETag)
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		_, _ = io.WriteString(w, body)
	}})
	for text, kind := range map[string]error{"body": nil, "body and more": ErrChanged, "bo": ErrUnreachable} {
		body = text
		got, err := content(t.Context(), b, o)
		if isOf(t, text, err, kind); !bytes.HasPrefix(stored, got) {
			t.Errorf("%q", got)
		}
	}
}

// Bytes of a Content-Encoding are not decoded on the way: what is read is what is stored.
func TestReadCompressedAsStored(t *testing.T) {
	s := fakes3.Start(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(bytes.Repeat([]byte(`{"Records":[]}`), 1000))
	_ = z.Close()
	if err := s.Put("logs", "a.json.gz", packed.Bytes(), map[string]string{"Content-Encoding": "gzip", "Content-Type": "application/json"}); err != nil {
		t.Fatal(err)
	}
	own := &http.Transport{}
	for name, how := range map[string]*AWS{"the SDK's transport": nil, "another": {Transport: own}} {
		b := openQuick(t, "logs", "", Options{AWS: how})
		if got, err := content(t.Context(), b, one(t, b)); err != nil || !bytes.Equal(got, packed.Bytes()) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), packed.Len(), err)
		}
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	s := fakes3.Start(t)
	put(t, s, "a", randomBytes(60_000))
	b := openQuick(t, "logs", "", Options{})
	o := one(t, b)
	s.Inject(fakes3.Fault{Op: fakes3.Get, Do: fakes3.Hang(100)})
	stop := errors.New("stop")
	for _, size := range []int64{o.Size, 4000} {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(50*time.Millisecond, func() { cancel(stop) })
		o := o
		o.Size = size
		if size != 60_000 {
			s.Delete("logs", "a")
			put(t, s, "a", randomBytes(int(size)))
			o = one(t, b)
		}
		if _, err := content(ctx, b, o); !errors.Is(err, stop) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
