package objects

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"go.uber.org/goleak"

	fakes3 "liftgraph/fixtures/s3"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick is tuning that makes tests quick, and objects of some kilobytes large.
var quick = tuning{part: 4 << 10, ahead: 4, buffers: 8, firstContact: 20 * time.Second, stall: 20 * time.Second, backoff: 2 * time.Millisecond}

func openQuick(t *testing.T, name, prefix string, opts Options, change ...func(*tuning)) *bucket {
	t.Helper()
	tuned := quick
	for _, c := range change {
		c(&tuned)
	}
	b, err := openS3(t.Context(), name, prefix, opts, tuned)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t testing.TB, s *fakes3.Server, key string, body []byte) {
	t.Helper()
	if err := s.Put("logs", key, body, nil); err != nil {
		t.Fatal(err)
	}
}

// impatient returns up what hangs.
func impatient(t *tuning) { t.firstContact, t.stall = 2*time.Second, time.Second }

// listed returns the keys of a store until the first error.
func listed(s Store, prune func(string) string) ([]string, error) {
	objects, err := all(s, prune)
	var keys []string
	for _, o := range objects {
		keys = append(keys, o.Key)
	}
	return keys, err
}

func all(s Store, prune func(string) string) (objects []Object, err error) {
	for o, err := range s.List(context.Background(), prune) {
		if err != nil {
			return objects, err
		}
		objects = append(objects, o)
	}
	return objects, nil
}

// one returns the only object of a store.
func one(t testing.TB, s Store) Object {
	t.Helper()
	objects, err := all(s, nil)
	if err != nil || len(objects) != 1 {
		t.Fatalf("%d objects, %v", len(objects), err)
	}
	return objects[0]
}

// content reads an object to its end.
func content(ctx context.Context, s Store, o Object) ([]byte, error) {
	r, err := s.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func randomBytes(n int) []byte {
	random := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)})
	b := make([]byte, n)
	_, _ = random.Read(b)
	return b
}

// trail returns keys as CloudTrail makes them: days of hours of files.
func trail(days, files int) []string {
	var keys []string
	for day := range days {
		date := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day)
		for f := range files {
			keys = append(keys, fmt.Sprintf("AWSLogs/111111111111/CloudTrail/eu-west-1/%s/%04d.json.gz", date.Format("2006/01/02"), f))
		}
	}
	return keys
}
