package objects

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	fakes3 "liftgraph/fixtures/s3"
)

// Without credentials, by the URL alone, the object can be read; from a server that looks at signatures too.
func TestPresign(t *testing.T) {
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
			f := quickFolder(t, "s3://logs/a b")
			if err := f.Put(t.Context(), "nodes/part.csv.gz", tempFile(t, []byte("content"))); err != nil {
				t.Fatal(err)
			}
			url, err := f.Presign(t.Context(), "nodes/part.csv.gz", 7, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := http.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if got, err := io.ReadAll(answer.Body); err != nil || string(got) != "content" {
				t.Errorf("%s, %v: %s", url, err, got)
			}
			if _, err := f.Presign(t.Context(), "nodes/part.csv.gz", 8, time.Minute); err == nil || !strings.Contains(err.Error(), "has 7 bytes, not 8") {
				t.Errorf("of another size: %v", err)
			}
			if _, err := f.Presign(t.Context(), "nodes/none.csv.gz", 8, time.Minute); err == nil || !strings.Contains(err.Error(), "nodes/none.csv.gz") {
				t.Errorf("of none: %v", err)
			}
		})
	}
}
