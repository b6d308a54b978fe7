package objects

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	fakes3 "liftgraph/fixtures/s3"
)

func TestOpenRefusesWhatItCannotRead(t *testing.T) {
	fakes3.Start(t) // its environment
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]string{
		"":                              "no path is given",
		filepath.Join(dir, "nothing"):   "there is no file or directory",
		fifo + "/x":                     "there is no file or directory",
		"file://" + dir + "/nothing":    "there is no file or directory",
		"file://elsewhere/etc/passwd":   "no file of this machine",
		"file://" + dir + "?a=b":        "no file of this machine",
		"file://":                       "no file of this machine",
		fifo:                            "neither a file nor a directory",
		"s3://":                         "names no bucket",
		"s3:///key":                     "names no bucket",
		"s3://a b/key":                  "names no bucket",
		"s3://x/key":                    "names no bucket",
		"s3://user@logs/key":            "names no bucket",
		"gs://logs/key":                 "can't be read: give a path, or s3://bucket/prefix",
		"https://logs.s3.amazonaws.com": "can't be read",
		"s3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/key": "names a bucket by an ARN",
	} {
		_, err := Open(t.Context(), uri, Options{})
		if _, ok := errors.AsType[*UsageError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", uri, err)
		}
	}
	if _, err := Open(t.Context(), "s3://logs/", Options{Exact: true}); err == nil || !strings.Contains(err.Error(), "names no object") {
		t.Error(err)
	}
	_, err := Open(t.Context(), "s3://logs/", Options{AWS: &AWS{Profile: "missing"}})
	if _, ok := errors.AsType[*UsageError](err); !ok || !strings.Contains(err.Error(), "there is no AWS profile missing") {
		t.Error(err)
	}
	for _, endpoint := range []string{"localhost:9000", "s3.example.com", "ftp://s3.example.com"} {
		t.Setenv("AWS_ENDPOINT_URL_S3", endpoint)
		_, err := Open(t.Context(), "s3://logs/", Options{})
		if _, ok := errors.AsType[*UsageError](err); !ok || !strings.Contains(err.Error(), endpoint+", is no address") {
			t.Error(err)
		}
	}
}

// What the SDK finds in its files and variables is used: profile, endpoint, region.
func TestOpenWithAProfile(t *testing.T) {
	s := fakes3.Start(t)
	put(t, s, "a", []byte("body"))
	file := filepath.Join(t.TempDir(), "config")
	text := "[profile other]\nregion = eu-west-3\nendpoint_url = " + s.Endpoint + "\naws_access_key_id = AKIAOTHER\naws_secret_access_key = x\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", file)
	for _, name := range []string{"AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		t.Setenv(name, "")
	}
	signed := ""
	s.Inject(fakes3.Fault{Match: func(r fakes3.Request) bool { signed = r.Header.Get("Authorization"); return false }})
	b := openQuick(t, "logs", "", Options{AWS: &AWS{Profile: "other"}})
	if got, err := content(t.Context(), b, one(t, b)); err != nil || string(got) != "body" {
		t.Errorf("%q %v", got, err)
	}
	if !strings.Contains(signed, "AKIAOTHER") || !strings.Contains(signed, "/eu-west-3/s3/") {
		t.Error(signed)
	}
}

func TestPathStyle(t *testing.T) {
	s := fakes3.Start(t)
	put(t, s, "a", []byte("body"))
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	t.Setenv("AWS_ENDPOINT_URL", strings.Replace(s.Endpoint, "127.0.0.1", "localhost", 1))
	b := openQuick(t, "logs", "", Options{AWS: &AWS{PathStyle: true}})
	if got, err := content(t.Context(), b, one(t, b)); err != nil || string(got) != "body" {
		t.Errorf("%q %v", got, err)
	}
	t.Setenv("AWS_ENDPOINT_URL_S3", "http://nowhere.invalid")
	_, err := listed(openQuick(t, "logs", "", Options{}), nil)
	isOf(t, "host style", err, ErrUnreachable, "--s3-path-style")
	_, err = listed(openQuick(t, "logs", "", Options{AWS: &AWS{PathStyle: true}}), nil)
	if isOf(t, "path style", err, ErrUnreachable); strings.Contains(err.Error(), "--s3-path-style") {
		t.Error(err)
	}
}
