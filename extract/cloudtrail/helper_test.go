package cloudtrail

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(scanChild); dir != "" {
		scanDirectory(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// shelf is a store in memory.
type shelf struct {
	content map[string][]byte
	refused map[string]error         // by key: on opening
	cut     map[string]int           // by key: bytes after which reading fails
	slow    func(key string)         // called on opening
	listed  error                    // at the end of the list
	asked   func(key, answer string) // of prune
}

func (s *shelf) List(_ context.Context, prune func(string) string) iter.Seq2[objects.Object, error] {
	return func(yield func(objects.Object, error) bool) {
		skip := ""
		keys := slices.Collect(func(yield func(string) bool) {
			for k := range s.content {
				if !yield(k) {
					return
				}
			}
		})
		slices.Sort(keys)
		for _, k := range keys {
			if k < skip {
				continue
			}
			if prune != nil {
				up := prune(k)
				if s.asked != nil {
					s.asked(k, up)
				}
				if up != "" {
					skip = up
					continue
				}
			}
			if !yield(objects.Object{URI: "mem://" + k, Key: k, Size: int64(len(s.content[k]))}, nil) {
				return
			}
		}
		if s.listed != nil {
			yield(objects.Object{}, s.listed)
		}
	}
}

func (s *shelf) Open(_ context.Context, o objects.Object) (io.ReadCloser, error) {
	if s.slow != nil {
		s.slow(o.Key)
	}
	if err := s.refused[o.Key]; err != nil {
		return nil, err
	}
	b := s.content[o.Key]
	if n, ok := s.cut[o.Key]; ok {
		return io.NopCloser(io.MultiReader(bytes.NewReader(b[:n]), broken{fmt.Errorf("%s: %w", o.URI, objects.ErrChanged)})), nil
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// output keeps what is delivered.
type output struct {
	records []raw.Record
	rejects []raw.Rejected
	fail    error
}

func (o *output) Record(r raw.Record) error {
	o.records = append(o.records, r)
	return o.fail
}

func (o *output) Reject(r raw.Rejected) error {
	o.rejects = append(o.rejects, r)
	return o.fail
}

// lines returns everything that was delivered, as text.
func (o *output) lines(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	for _, r := range o.records {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %s\n", r.Kind(), line)
	}
	for _, r := range o.rejects {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "rejected %s\n", line)
	}
	return b.String()
}

func of[T raw.Record](o *output) []T {
	var all []T
	for _, r := range o.records {
		if r, ok := r.(T); ok {
			all = append(all, r)
		}
	}
	return all
}

// extract reads a shelf that must be readable.
func extract(t testing.TB, s *shelf, cfg Config) (*output, *Report) {
	t.Helper()
	out := new(output)
	src := Source{URI: "mem://", Store: s}
	if len(cfg.Sources) > 0 {
		src.Lines = cfg.Sources[0].Lines
	}
	cfg.Sources = []Source{src}
	cfg.Temp = t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	report, err := Extract(ctx, cfg, out)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Ledger.Check(); err != nil {
		t.Error(err)
	}
	if n := sum(report.Ledger.Quarantined); n != int64(len(out.rejects)) {
		t.Errorf("the ledger says %d rejected, but %d were", n, len(out.rejects))
	}
	return out, report
}

func sum(m map[string]int64) (n int64) {
	for _, v := range m {
		n += v
	}
	return n
}

// one puts an object alone on a shelf.
func one(content string) *shelf { return &shelf{content: map[string][]byte{"object": []byte(content)}} }

func gzipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstdded(t testing.TB, content []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(content, nil)
}
