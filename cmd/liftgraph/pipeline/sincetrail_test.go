package pipeline

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"liftgraph/extract/cloudtrail"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/fixtures/sample"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// trailOf returns a config that reads CloudTrail of a bucket, beside the sample account, which was read before.
func trailOf(t *testing.T, data string, uris ...string) Config {
	t.Helper()
	cfg := config(t, data)
	extracted(t, cfg)
	cfg.Spacelift = nil
	cfg.CloudTrail = &CloudTrail{Config: cloudtrail.Config{FollowRoles: true, Temp: t.TempDir()}}
	for _, uri := range uris {
		store, err := objects.Open(t.Context(), uri, objects.Options{AWS: &objects.AWS{PathStyle: true}})
		if err != nil {
			t.Fatal(err)
		}
		cfg.CloudTrail.Sources = append(cfg.CloudTrail.Sources, cloudtrail.Source{URI: uri, Store: store})
	}
	return cfg
}

func putAll(t *testing.T, s *fakes3.Server, all map[string][]byte, keys []string) {
	t.Helper()
	for _, k := range keys {
		if err := s.Put("trail", k, all[k], nil); err != nil {
			t.Fatal(err)
		}
	}
}

// What an increment leaves is what a full extraction leaves, byte for byte, whichever objects are new or changed; and it
// reads no others.
func TestSinceLastReadsNewObjects(t *testing.T) {
	all := sample.CloudTrail()
	keys := slices.Sorted(maps.Keys(all))
	for part := range 3 {
		s := fakes3.Start(t)
		step, full := trailOf(t, filepath.Join(t.TempDir(), "step"), "s3://trail/"), trailOf(t, filepath.Join(t.TempDir(), "full"), "s3://trail/")
		var before, later []string
		for i, k := range keys {
			if i%3 == part {
				later = append(later, k)
			} else {
				before = append(before, k)
			}
		}
		putAll(t, s, all, before)
		if err := s.Put("trail", later[0], []byte(`{"Records":[]}`), nil); err != nil { // which will be replaced
			t.Fatal(err)
		}
		extracted(t, step)
		putAll(t, s, all, later)
		want := extracted(t, full).Sources[0].Objects
		step.SinceLast = true
		asked := s.Count(fakes3.Get)
		m := extracted(t, step)
		asked = s.Count(fakes3.Get) - asked
		t.Logf("%d objects were read, of %d", asked, want)
		if asked > len(later) || int64(asked) != m.Sources[0].Objects || m.Sources[0].Objects >= want {
			t.Errorf("%d objects were read, but %d are new", asked, len(later))
		}
		if len(m.Incomplete()) != 0 || !strings.Contains(fmt.Sprint(m.Notes), fmt.Sprintf("%d objects were taken over from the last extraction", want-int64(asked))) {
			t.Errorf("%v %q", m.Incomplete(), m.Notes)
		}
		sameFiles(t, filepath.Join(step.Data, "raw/cloudtrail"), filepath.Join(full.Data, "raw/cloudtrail"))
		sameGraph(t, step, full)
	}
}

// An object that fails is read again until it doesn't; meanwhile, what was known of it stays, once.
func TestSinceLastObjectFails(t *testing.T) {
	all := sample.CloudTrail()
	keys := slices.Sorted(maps.Keys(all))
	s := fakes3.Start(t)
	step, full := trailOf(t, filepath.Join(t.TempDir(), "step"), "s3://trail/"), trailOf(t, filepath.Join(t.TempDir(), "full"), "s3://trail/")
	putAll(t, s, all, keys)
	if err := s.Put("trail", "bad", []byte(`{"Records":[{"eventID":"1","eventName":"X"},{"eventID`), nil); err != nil {
		t.Fatal(err)
	}
	extracted(t, step)
	want := files(t, filepath.Join(step.Data, "raw/cloudtrail"))
	step.SinceLast = true
	for night := range 3 {
		refused := keys[night%2]
		var b bytes.Buffer // the same, but stored otherwise
		z := gzip.NewWriter(&b)
		z.Comment = fmt.Sprint(night)
		if _, err := z.Write([]byte(`{"Records":[]}`)); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		if err := s.Put("trail", refused, b.Bytes(), nil); err != nil {
			t.Fatal(err)
		}
		s.Inject(fakes3.Fault{Op: fakes3.Get, Key: refused, Do: fakes3.Refuse(403, "AccessDenied")})
		m := extracted(t, step)
		if got := fmt.Sprint(m.Incomplete()); !strings.Contains(got, "what the last extraction had of it was kept") || !strings.Contains(got, "bad") {
			t.Errorf("%s", got)
		}
		for name, content := range files(t, filepath.Join(step.Data, "raw/cloudtrail")) {
			if !strings.HasPrefix(name, "object/") && content != want[name] {
				t.Errorf("%s is another one", name)
			}
		}
	}
	s.Heal()
	putAll(t, s, all, keys[:2])
	extracted(t, step)
	extracted(t, full)
	sameFiles(t, filepath.Join(step.Data, "raw/cloudtrail"), filepath.Join(full.Data, "raw/cloudtrail"))
}

// Objects that are gone stay known, but not those of days that aren't asked for; other settings or places read everything.
func TestSinceLastObjectsGone(t *testing.T) {
	all := sample.CloudTrail()
	keys := slices.Sorted(maps.Keys(all))
	s := fakes3.Start(t)
	step := trailOf(t, filepath.Join(t.TempDir(), "step"), "s3://trail/")
	putAll(t, s, all, keys)
	extracted(t, step)
	want := files(t, filepath.Join(step.Data, "raw/cloudtrail"))
	for _, k := range keys[3:] {
		if err := s.Delete("trail", k); err != nil {
			t.Fatal(err)
		}
	}
	step.SinceLast = true
	if m := extracted(t, step); len(m.Incomplete()) != 0 {
		t.Errorf("%v", m.Incomplete())
	}
	if got := files(t, filepath.Join(step.Data, "raw/cloudtrail")); !maps.Equal(got, want) {
		t.Error("what is gone isn't known any more")
	}
	for why, change := range map[string]func(*CloudTrail){
		"whose settings were others": func(c *CloudTrail) { c.IncludeFailed = true },
		"which read other places":    func(c *CloudTrail) { c.Sources = c.Sources[:0:0] },
	} {
		other, c := step, *step.CloudTrail
		change(&c)
		other.CloudTrail = &c
		if m := extracted(t, other); !strings.Contains(fmt.Sprint(m.Notes), why) {
			t.Errorf("%q", m.Notes)
		}
		extracted(t, step)
	}
}

func TestSinceLastDays(t *testing.T) {
	s := fakes3.Start(t)
	event := func(run, id int) []byte {
		return fmt.Appendf(nil, `{"Records":[{"eventID":"e%d","eventTime":"2026-11-13T23:47:05Z","eventName":"TerminateInstances","eventSource":"ec2.amazonaws.com","awsRegion":"eu-west-1","recipientAccountId":"123456789012","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/r/01K6DZ7S8Q1CN6YW2VW82JCYY%d@web@acme"},"requestParameters":{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef%d"}]}}}]}`, id, run, id)
	}
	put := func(day int) {
		if err := s.Put("trail", fmt.Sprintf("AWSLogs/1/CloudTrail/eu/2026/11/%02d/log.json", day), event(day%10, day%10), nil); err != nil {
			t.Fatal(err)
		}
	}
	for day := range 8 {
		put(10 + day)
	}
	step, full := trailOf(t, filepath.Join(t.TempDir(), "step"), "s3://trail/"), trailOf(t, filepath.Join(t.TempDir(), "full"), "s3://trail/")
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	step.CloudTrail.From = day(12)
	extracted(t, step)
	put(18)
	put(19)
	step.CloudTrail.From, step.CloudTrail.To, step.SinceLast = day(14), day(18), true
	full.CloudTrail.From, full.CloudTrail.To = day(14), day(18)
	extracted(t, full)
	asked := s.Count(fakes3.Get)
	m := extracted(t, step)
	if got := s.Count(fakes3.Get) - asked; got != 1 {
		t.Errorf("%d objects were read", got)
	}
	sameFiles(t, filepath.Join(step.Data, "raw/cloudtrail"), filepath.Join(full.Data, "raw/cloudtrail"))
	if i := slices.IndexFunc(m.Scopes, func(s dataset.Scope) bool { return s.Records == 5 && s.Complete }); i < 0 {
		t.Errorf("%+v", m.Scopes)
	}
}
