package objects

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	fakes3 "liftgraph/fixtures/s3"
)

// kept returns the keys that a list has, by what Store says of prune.
func kept(keys []string, prune func(string) string) []string {
	keys = slices.Sorted(slices.Values(keys))
	var out []string
	upTo := ""
	for _, k := range keys {
		if k < upTo {
			continue
		}
		if to := prune(k); to != "" {
			upTo = max(upTo, to)
		} else {
			out = append(out, k)
		}
	}
	return out
}

func TestListPages(t *testing.T) {
	s := fakes3.Start(t)
	keys := trail(5, 421)
	for _, k := range keys {
		put(t, s, k, []byte(k))
	}
	for _, page := range []int32{0, 1000, 100, 7} {
		before := s.Count(fakes3.List)
		b := openQuick(t, "logs", "AWSLogs/", Options{}, func(t *tuning) { t.page = page })
		got, err := listed(b, nil)
		if err != nil || !slices.Equal(got, keys) {
			t.Errorf("pages of %d: %d keys, not %d; %v", page, len(got), len(keys), err)
		}
		per := int(page)
		if per == 0 {
			per = 1000
		}
		if asked := s.Count(fakes3.List) - before; asked != (len(keys)+per-1)/per {
			t.Errorf("pages of %d: %d requests", page, asked)
		}
	}
}

func TestListJumps(t *testing.T) {
	s := fakes3.Start(t)
	keys := trail(60, 40)
	for _, k := range keys {
		put(t, s, k, nil)
	}
	day := func(key string) string { return strings.Join(strings.Split(key, "/")[4:7], "/") }
	region := "AWSLogs/111111111111/CloudTrail/eu-west-1/"
	// Only 2024-02-10 to 2024-02-12 are wanted: three days of sixty, in four pages of 40 at most, and one to find out.
	prune := func(key string) string {
		switch d := day(key); {
		case d < "2024/02/10":
			return region + "2024/02/10/"
		case d > "2024/02/12":
			return region + "~"
		}
		return ""
	}
	for _, prefix := range []string{region, "AWSLogs/", ""} {
		before := s.Count(fakes3.List)
		got, err := listed(openQuick(t, "logs", prefix, Options{}, func(t *tuning) { t.page = 40 }), prune)
		if want := kept(keys, prune); err != nil || !slices.Equal(got, want) || len(want) != 120 {
			t.Errorf("%d keys, not %d; %v", len(got), len(want), err)
		}
		if asked := s.Count(fakes3.List) - before; asked > 6 {
			t.Errorf("below %q: %d requests of %d keys each", prefix, asked, 40)
		}
	}
	// Beyond the prefix: nothing more is asked for.
	before := s.Count(fakes3.List)
	got, err := listed(openQuick(t, "logs", region+"2024/01/", Options{}, func(t *tuning) { t.page = 40 }), func(string) string { return region + "2024/02/" })
	if asked := s.Count(fakes3.List) - before; err != nil || len(got) != 0 || asked != 1 {
		t.Errorf("%d keys, %d requests, %v", len(got), asked, err)
	}
}

// Whatever prune answers, the list has what Store says it has.
func TestListPrunesAtRandom(t *testing.T) {
	s := fakes3.Start(t)
	random := rand.New(rand.NewPCG(1, 2))
	letters := []string{"a", "b", "/", "0", "é", "~", "\U0010ffff", " ", "!", "."}
	word := func() string {
		var w strings.Builder
		for range 1 + random.IntN(5) {
			w.WriteString(letters[random.IntN(len(letters))])
		}
		return w.String()
	}
	seen := map[string]bool{}
	for range 300 {
		key := "k" + strings.ReplaceAll(word(), "//", "/")
		seen[key] = true
		put(t, s, key, []byte("x"))
	}
	var keys []string
	for k := range seen {
		keys = append(keys, k)
	}
	for i := range 60 {
		answers := map[string]string{}
		for _, k := range keys {
			if random.IntN(3) == 0 {
				answers[k] = k[:1+random.IntN(len(k))] + word()
			}
		}
		prune := func(k string) string { return strings.ToValidUTF8(answers[k], "") }
		got, err := listed(openQuick(t, "logs", "k", Options{}, func(t *tuning) { t.page = int32(3 + i) }), prune)
		if want := kept(keys, prune); err != nil || !slices.Equal(got, want) {
			t.Fatalf("%q, not %q; %v", got, want, err)
		}
	}
}

func TestBefore(t *testing.T) {
	for _, key := range []string{"", "a", "a/", "a!", "a ", "\x00", "é", "\U0010ffff", "~", "2024/02/10/"} {
		if got := before(key); got >= key && key != "" || !utf8.ValidString(got) {
			t.Errorf("%q before %q", got, key)
		}
	}
	if got := before("2024/02/10/"); got <= "2024/02/09/~" {
		t.Errorf("%q leaves out too little", got)
	}
}

func TestPrefixes(t *testing.T) {
	s := fakes3.Start(t)
	for _, k := range []string{"dir", "dir/x", "dir/folder/", "dir/y", "dirty/z", "other"} {
		body := []byte(k)
		if strings.HasSuffix(k, "/") {
			body = nil
		}
		put(t, s, k, body)
	}
	put(t, s, "50% a?b#c+d", []byte("odd"))
	for _, c := range []struct {
		uri  string
		opts Options
		want []string
	}{
		{"s3://logs", Options{}, []string{"50% a?b#c+d", "dir", "dir/x", "dir/y", "dirty/z", "other"}},
		{"s3://logs/", Options{}, []string{"50% a?b#c+d", "dir", "dir/x", "dir/y", "dirty/z", "other"}},
		{"S3://logs/dir", Options{}, []string{"dir", "dir/x", "dir/y", "dirty/z"}},
		{"s3://logs/dir/", Options{}, []string{"dir/x", "dir/y"}},
		{"s3://logs/dir", Options{Exact: true}, []string{"dir"}},
		{"s3://logs/50% a?b#c+d", Options{Exact: true}, []string{"50% a?b#c+d"}},
		{"s3://logs/50% a?", Options{}, []string{"50% a?b#c+d"}},
		{"s3://logs/nothing", Options{}, nil},
	} {
		store, err := Open(t.Context(), c.uri, c.opts)
		if err != nil {
			t.Errorf("%s: %v", c.uri, err)
			continue
		}
		objects, err := all(store, nil)
		var keys []string
		for _, o := range objects {
			keys = append(keys, o.Key)
			got, err := content(t.Context(), store, o)
			if want := o.Key; err != nil || string(got) != want && string(got) != "odd" || int64(len(got)) != o.Size || o.URI != "s3://logs/"+o.Key {
				t.Errorf("%+v: %q %v", o, got, err)
			}
		}
		if err != nil || !slices.Equal(keys, c.want) {
			t.Errorf("%s: %q, not %q; %v", c.uri, keys, c.want, err)
		}
	}
	store, _ := Open(t.Context(), "s3://logs/dir", Options{Exact: true})
	if got, err := listed(store, func(k string) string { return k + "!" }); err != nil || len(got) != 0 {
		t.Errorf("%q %v", got, err)
	}
}

func TestListStops(t *testing.T) {
	s := fakes3.Start(t)
	for _, k := range trail(1, 30) {
		put(t, s, k, nil)
	}
	b := openQuick(t, "logs", "", Options{}, func(t *tuning) { t.page = 10 })
	for range b.List(t.Context(), nil) {
		break
	}
	if n := s.Count(fakes3.List); n != 1 {
		t.Errorf("%d requests for one object", n)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	stop := errors.New("stop")
	n := 0
	for _, err := range b.List(ctx, nil) {
		if n++; err != nil {
			if !errors.Is(err, stop) {
				t.Error(err)
			}
			break
		}
		cancel(stop)
	}
	if n != 11 {
		t.Errorf("ended after %d", n)
	}
}

// S3 returns an empty page that isn't the last where it had to step over many deleted objects.
func TestListEmptyPages(t *testing.T) {
	s := fakes3.Start(t)
	keys := trail(6, 5)
	for _, k := range keys {
		put(t, s, k, nil)
	}
	token := func(r *http.Request) string {
		if q := r.URL.Query(); q.Get("start-after") != "" {
			return base64.URLEncoding.EncodeToString([]byte(q.Get("start-after")))
		}
		return r.URL.Query().Get("continuation-token")
	}
	for _, nth := range []int{2, 3} {
		s.Inject(fakes3.Fault{Op: fakes3.List, Nth: nth, Do: func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
			fmt.Fprintf(w, `<ListBucketResult><Name>logs</Name><IsTruncated>true</IsTruncated><NextContinuationToken>%s</NextContinuationToken></ListBucketResult>`, token(r))
		}})
	}
	prune := func(k string) string {
		if k < keys[20] {
			return filepath.Dir(keys[20])
		}
		return ""
	}
	got, err := listed(openQuick(t, "logs", "", Options{}, func(t *tuning) { t.page = 3 }), prune)
	if err != nil || !slices.Equal(got, keys[20:]) {
		t.Errorf("%q %v", got, err)
	}
	if n := s.Count(fakes3.List); n > 8 {
		t.Errorf("%d requests", n)
	}
}

// A server that doesn't keep to the protocol must not make objects disappear.
func TestListOfAnUnfitServer(t *testing.T) {
	s := fakes3.Start(t)
	put(t, s, "a", nil)
	page := ""
	s.Inject(fakes3.Fault{Op: fakes3.List, Do: func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) { fmt.Fprint(w, page) }})
	for body, want := range map[string]string{
		`<ListBucketResult><Name>logs</Name><Contents><Key>b</Key></Contents><Contents><Key>a</Key></Contents></ListBucketResult>`: "out of order (a after b)",
		`<ListBucketResult><Name>logs</Name><Contents><Key>a</Key></Contents><IsTruncated>true</IsTruncated></ListBucketResult>`:   "breaks off without saying how to go on",
		`<html><body>Please log in</body></html>`: "the answer isn't S3's",
		`not even XML`: "can't be read",
	} {
		page = body
		if _, err := listed(openQuick(t, "logs", "", Options{}), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
