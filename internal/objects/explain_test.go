package objects

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	fakes3 "liftgraph/fixtures/s3"
)

// kinds are what errors may wrap.
var kinds = []error{ErrNotFound, ErrRefused, ErrChanged, ErrUnreachable}

// isOf makes sure that an error is of one kind alone, nil for none, and has the texts.
func isOf(t *testing.T, what string, err, kind error, texts ...string) {
	t.Helper()
	for _, k := range kinds {
		if errors.Is(err, k) != errors.Is(k, kind) {
			t.Errorf("%s: %v: is it %v?", what, err, k)
		}
	}
	for _, text := range texts {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v\nwithout %q", what, err, text)
		}
	}
	if err != nil {
		t.Logf("%s: %v", what, err)
	}
}

func TestRefusals(t *testing.T) {
	s := fakes3.Start(t)
	for _, c := range []struct {
		op     fakes3.Op
		status int
		code   string
		kind   error
		text   string
	}{
		{fakes3.List, 403, "AccessDenied", ErrRefused, "allow s3:ListBucket on arn:aws:s3:::logs"},
		{fakes3.Get, 403, "AccessDenied", ErrRefused, "allow s3:GetObject on arn:aws:s3:::logs/key and, where it is encrypted with a KMS key, kms:Decrypt"},
		{fakes3.List, 403, "AllAccessDisabled", ErrRefused, "s3:ListBucket"},
		{fakes3.List, 403, "InvalidAccessKeyId", ErrRefused, "check the AWS credentials"},
		{fakes3.Get, 403, "SignatureDoesNotMatch", ErrRefused, "check the AWS credentials"},
		{fakes3.List, 400, "ExpiredToken", ErrRefused, "expired: get new ones"},
		{fakes3.Get, 400, "InvalidToken", ErrRefused, "check the AWS credentials"},
		{fakes3.List, 403, "RequestTimeTooSkewed", ErrRefused, "clock"},
		{fakes3.Get, 403, "InvalidObjectState", ErrRefused, "restore it first"},
		{fakes3.Get, 400, "KMS.DisabledException", ErrRefused, "KMS key"},
		{fakes3.List, 404, "NoSuchBucket", ErrNotFound, "name of the bucket logs"},
		{fakes3.Get, 404, "NoSuchKey", ErrNotFound, "s3://logs/key can't be read"},
		{fakes3.Get, 412, "PreconditionFailed", ErrChanged, "s3://logs/key was replaced"},
		{fakes3.Get, 416, "InvalidRange", ErrChanged, "s3://logs/key was replaced"},
		{fakes3.List, 503, "SlowDown", ErrUnreachable, "run it later"},
		{fakes3.Get, 500, "InternalError", ErrUnreachable, "run it later"},
		{fakes3.Get, 400, "SomethingNew", nil, "SomethingNew: by order of the test"},
	} {
		put(t, s, "key", []byte("body"))
		b := openQuick(t, "logs", "", Options{Attempts: 2})
		objects, err := all(b, nil)
		if err != nil || len(objects) == 0 {
			t.Fatal(err)
		}
		s.Inject(fakes3.Fault{Op: c.op, Times: 2, Do: fakes3.Refuse(c.status, c.code)})
		before := s.Count(c.op)
		if c.op == fakes3.List {
			_, err = listed(b, nil)
		} else {
			_, err = content(t.Context(), b, objects[0])
		}
		isOf(t, c.code, err, c.kind, c.text)
		asked := s.Count(c.op) - before
		if asked != 1 != errors.Is(c.kind, ErrUnreachable) {
			t.Errorf("%s: asked %d times", c.code, asked)
		}
		if asked == 1 {
			_, _ = listed(b, nil) // takes what is left of the fault
			_, _ = content(t.Context(), b, objects[0])
		}
	}
}

func TestRefusedInOtherPartitions(t *testing.T) {
	s := fakes3.Start(t)
	put(t, s, "a", nil)
	s.Inject(fakes3.Fault{Do: fakes3.Refuse(403, "AccessDenied")})
	for region, arn := range map[string]string{"cn-north-1": "arn:aws-cn:s3:::logs", "us-gov-west-1": "arn:aws-us-gov:s3:::logs", "eu-west-1": "arn:aws:s3:::logs"} {
		t.Setenv("AWS_REGION", region)
		_, err := listed(openQuick(t, "logs", "", Options{}), nil)
		isOf(t, region, err, ErrRefused, "s3:ListBucket on "+arn)
	}
}

func TestMissing(t *testing.T) {
	s := fakes3.Start(t)
	put(t, s, "a", []byte("body"))
	put(t, s, "big", randomBytes(60_000))
	b := openQuick(t, "logs", "", Options{})
	objects, err := all(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		if err := s.Delete("logs", o.Key); err != nil {
			t.Fatal(err)
		}
		_, err := b.Open(t.Context(), o)
		isOf(t, o.Key, err, ErrNotFound, "s3://logs/"+o.Key, "removed")
	}
	_, err = listed(openQuick(t, "logs", "a", Options{Exact: true}), nil)
	isOf(t, "exact", err, ErrNotFound, "s3://logs/a")
	_, err = listed(openQuick(t, "nowhere", "", Options{}), nil)
	isOf(t, "bucket", err, ErrNotFound, "check the name of the bucket nowhere")
}

func TestOtherRegion(t *testing.T) {
	for name, do := range map[string]fakes3.Action{
		"redirect": fakes3.Elsewhere("eu-central-1"),
		"bad signature, without a region": func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
			if r.Method == http.MethodHead || strings.Contains(r.Header.Get("Authorization"), "/eu-central-1/") {
				fakes3.Elsewhere("eu-central-1")(w, r, next)
				return
			}
			fakes3.Refuse(400, "AuthorizationHeaderMalformed")(w, r, next)
		},
	} {
		s := fakes3.Start(t)
		put(t, s, "a", []byte("body"))
		s.Inject(fakes3.Fault{Do: do})
		for _, region := range []string{"us-east-1", ""} {
			t.Setenv("AWS_REGION", region)
			b := openQuick(t, "logs", "", Options{})
			if got, err := content(t.Context(), b, one(t, b)); err != nil || string(got) != "body" {
				t.Errorf("%s: %q %v", name, got, err)
			}
		}
		exact := openQuick(t, "logs", "a", Options{Exact: true})
		if o := one(t, exact); o.Size != 4 {
			t.Errorf("%s: %+v", name, o)
		}
	}
	s := fakes3.Start(t)
	s.Inject(fakes3.Fault{Do: fakes3.Refuse(301, "PermanentRedirect")})
	_, err := listed(openQuick(t, "logs", "", Options{}), nil)
	isOf(t, "no region named", err, ErrRefused, "set AWS_REGION")

	around := fakes3.Start(t) // each region sends to the other
	around.Inject(fakes3.Fault{Do: func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		other := "eu-central-1"
		if strings.Contains(r.Header.Get("Authorization"), "/"+other+"/") {
			other = "eu-west-1"
		}
		fakes3.Elsewhere(other)(w, r, next)
	}})
	_, err = listed(openQuick(t, "logs", "", Options{}), nil)
	isOf(t, "in circles", err, ErrRefused, "set AWS_REGION")
	if n := around.Count(fakes3.List); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestNoCredentials(t *testing.T) {
	s := fakes3.Start(t)
	put(t, s, "a", nil)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	_, err := listed(openQuick(t, "logs", "", Options{}), nil)
	isOf(t, "no credentials", err, ErrRefused, "s3://logs/", "AWS_PROFILE", "AWS_ACCESS_KEY_ID")
	if n := s.Count(fakes3.List); n != 0 {
		t.Errorf("asked %d times", n)
	}
}

func TestOutOfReach(t *testing.T) {
	fakes3.Start(t) // its environment
	free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := "http://" + free.Addr().String()
	free.Close()
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hangs.Close()
	https := httptest.NewUnstartedServer(http.NotFoundHandler())
	https.Config.ErrorLog = log.New(io.Discard, "", 0)
	https.StartTLS()
	defer https.Close()
	for endpoint, text := range map[string]string{
		refused:                           "connection refused",
		hangs.URL:                         "nothing came for too long",
		"http://nowhere.invalid":          "no such host (logs.nowhere.invalid)",
		https.URL:                         "certificate",
		"http" + https.URL[len("https"):]: "",
	} {
		t.Setenv("AWS_ENDPOINT_URL_S3", endpoint)
		begin := time.Now()
		_, err := listed(openQuick(t, "logs", "", Options{}, impatient), nil)
		if text == "" {
			isOf(t, endpoint, err, nil, "HTTP 400")
		} else {
			isOf(t, endpoint, err, ErrUnreachable, "AWS_ENDPOINT_URL_S3", text, endpoint)
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s: gave up after %s", endpoint, took)
		}
	}
	t.Setenv("AWS_ENDPOINT_URL_S3", hangs.URL)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for _, err := range openQuick(t, "logs", "", Options{}).List(ctx, nil) {
		isOf(t, "cancelled", err, nil)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	}
}

func TestFirstContactIsBounded(t *testing.T) {
	if usual.firstContact > time.Minute {
		t.Error(usual.firstContact)
	}
	fakes3.Start(t)
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hangs.Close()
	t.Setenv("AWS_ENDPOINT_URL_S3", hangs.URL)
	begin := time.Now()
	_, err := listed(openQuick(t, "logs", "", Options{}, impatient), nil)
	isOf(t, "hangs", err, ErrUnreachable)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("gave up after %s", took)
	}
}
