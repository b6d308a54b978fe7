package objects

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	versitygwtest "liftgraph/fixtures/s3/versitygw"
)

// realBucket makes a bucket of a real server.
func realBucket(t *testing.T) (*versitygwtest.Server, *s3.Client) {
	t.Helper()
	server := versitygwtest.New(t)
	client, _, err := new(AWS).client(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("logs")}); err != nil {
		t.Fatal(err)
	}
	return server, client
}

func realPut(t *testing.T, client *s3.Client, key string, body []byte, change func(*s3.PutObjectInput)) {
	t.Helper()
	in := &s3.PutObjectInput{Bucket: aws.String("logs"), Key: &key, Body: bytes.NewReader(body)}
	if change != nil {
		change(in)
	}
	if _, err := client.PutObject(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

func TestRealServer(t *testing.T) {
	_, client := realBucket(t)
	keys := append(trail(12, 3), "AWSLogs/a", "AWSLogs/a-b/1", "AWSLogs/a.b", "AWSLogs/b/c.d", "AWSLogs/b/c/d", "other")
	slices.Sort(keys)
	for _, k := range keys {
		realPut(t, client, k, randomBytes(len(k)*100), nil)
	}
	below := keys[:len(keys)-1]
	for _, page := range []int32{0, 5} {
		b := openQuick(t, "logs", "AWSLogs/", Options{}, func(t *tuning) { t.page = page })
		objects, err := all(b, nil)
		if err != nil || len(objects) != len(below) {
			t.Fatalf("%d objects, not %d; %v", len(objects), len(below), err)
		}
		for i, o := range objects {
			got, err := content(t.Context(), b, o)
			if o.Key != below[i] || err != nil || !bytes.Equal(got, randomBytes(len(o.Key)*100)) {
				t.Errorf("%+v: %d bytes, %v", o, len(got), err)
			}
		}
		from := below[20][:strings.LastIndex(below[20], "/")]
		prune := func(k string) string {
			if k < from {
				return from
			}
			return ""
		}
		if got, err := listed(b, prune); err != nil || !slices.Equal(got, kept(below, prune)) {
			t.Errorf("%q %v", got, err)
		}
	}
	for _, size := range []int{0, 1, 100_000} {
		realPut(t, client, "sized", randomBytes(size), func(in *s3.PutObjectInput) { in.ContentEncoding = aws.String("gzip") })
		exact := openQuick(t, "logs", "sized", Options{Exact: true})
		if got, err := content(t.Context(), exact, one(t, exact)); err != nil || !bytes.Equal(got, randomBytes(size)) {
			t.Errorf("%d bytes, not %d: %v", len(got), size, err)
		}
	}
}

func TestRealServerRefuses(t *testing.T) {
	_, client := realBucket(t)
	realPut(t, client, "a", []byte("body"), nil)
	b := openQuick(t, "logs", "", Options{})
	o := one(t, b)

	realPut(t, client, "a", []byte("BODY"), nil)
	_, err := b.Open(t.Context(), o)
	isOf(t, "replaced", err, ErrChanged)
	if _, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("logs"), Key: aws.String("a")}); err != nil {
		t.Fatal(err)
	}
	_, err = b.Open(t.Context(), o)
	isOf(t, "removed", err, ErrNotFound)
	_, err = listed(openQuick(t, "nowhere", "", Options{}), nil)
	isOf(t, "no such bucket", err, ErrNotFound, "nowhere")

	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	wrong := openQuick(t, "logs", "", Options{})
	_, err = listed(wrong, nil)
	isOf(t, "wrong secret", err, ErrRefused, "SignatureDoesNotMatch", "check the AWS credentials")
	_, err = wrong.Open(t.Context(), o)
	isOf(t, "wrong secret", err, ErrRefused, "SignatureDoesNotMatch")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIANOBODY")
	_, err = listed(openQuick(t, "logs", "", Options{}), nil)
	isOf(t, "unknown key", err, ErrRefused, "InvalidAccessKeyId", "check the AWS credentials")
}

// Bytes that rotted on the server are found by the checksum that was stored with them.
func TestRealServerChecksum(t *testing.T) {
	server, client := realBucket(t)
	for _, algorithm := range []types.ChecksumAlgorithm{types.ChecksumAlgorithmCrc32, types.ChecksumAlgorithmSha256} {
		body := randomBytes(3000)
		realPut(t, client, "a", body, func(in *s3.PutObjectInput) { in.ChecksumAlgorithm = algorithm })
		b := openQuick(t, "logs", "", Options{})
		o := one(t, b)
		if got, err := content(t.Context(), b, o); err != nil || !bytes.Equal(got, body) {
			t.Errorf("%s: %v", algorithm, err)
		}
		f, err := os.OpenFile(server.Path(t, "logs", "a"), os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteAt([]byte{body[1000] ^ 1}, 1000)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		_, err = content(t.Context(), b, o)
		isOf(t, string(algorithm), err, nil, "the bytes of s3://logs/a aren't those that were stored")
	}
}

// A file that was put below the server's directory has no ETag.
func TestRealServerOverPlainFiles(t *testing.T) {
	server, _ := realBucket(t)
	for _, size := range []int{10, 60_000} {
		path := server.Path(t, "logs", "dir/file")
		if err := os.WriteFile(path, randomBytes(size), 0o600); err != nil {
			t.Fatal(err)
		}
		b := openQuick(t, "logs", "dir/", Options{})
		o := one(t, b)
		if got, err := content(t.Context(), b, o); err != nil || !bytes.Equal(got, randomBytes(size)) {
			t.Errorf("%d bytes, not %d: %v", len(got), size, err)
		}
		if err := os.WriteFile(path, randomBytes(size-1), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := content(t.Context(), b, o)
		isOf(t, "cut", err, ErrChanged)
	}
}
