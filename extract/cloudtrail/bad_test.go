package cloudtrail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// numbered returns an event of its own.
func numbered(n int) string { return record(map[string]string{"eventID": fmt.Sprintf(`"n%d"`, n)}) }

func TestBadObjects(t *testing.T) {
	log := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, numbered(i))
		}
		return `{"Records":[` + strings.Join(all, ",") + `]}`
	}
	long := gzipped(t, []byte(log(5000)))
	damaged := bytes.Clone(long)
	damaged[len(damaged)-6] ^= 1
	noise := make([]byte, 100)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(rnd.Uint32()) | 0x80
	}
	records := func(n int64) func(int64) bool { return func(got int64) bool { return got == n } }
	some := func(got int64) bool { return 10 < got && got < 5000 }
	for name, c := range map[string]struct {
		content string
		reason  string // that is reported
		records func(int64) bool
	}{
		"cut gzip":               {string(long[:len(long)/2]), "copy it again", some},
		"cut in the checksum":    {string(long[:len(long)-4]), "copy it again", records(5000)},
		"cut in the head":        {string(long[:5]), "copy it again", records(0)},
		"damaged gzip":           {string(damaged), "damaged", records(5000)},
		"garbage behind gzip":    {string(long) + "garbage behind it", "damaged", records(5000)},
		"cut zstd":               {string(zstdded(t, []byte(log(5000)))[:2000]), "copy it again", func(int64) bool { return true }},
		"cut log":                {log(3)[:len(log(3))-2], "in the middle", records(3)},
		"cut in a record":        {log(3)[:len(log(3))-20], "in the middle", records(2)},
		"cut array":              {"[" + numbered(1), "in the middle", records(1)},
		"garbage in a log":       {`{"Records":[` + numbered(1) + ` oops ` + numbered(2) + `]}`, "between two records", records(1)},
		"an unclosed string":     {`{"Records":[` + numbered(1) + `,{"a":"b},` + numbered(2) + `,` + numbered(3) + `]}`, "", func(n int64) bool { return n >= 1 }},
		"a log without an end":   {`{"Records":[` + numbered(1) + `}`, "after the last record", records(1)},
		"garbage after an array": {"[" + numbered(1) + "]x", "where a record should begin", records(1)},
		"a brace too many":       {`{"Records":[` + numbered(1) + `]}}`, "} too many", records(1)},
		"noise":                  {string(noise), "in any form that is known", records(0)},
		"text":                   {"hello, world\n1,2\n", "eventid and useridentity", records(0)},
		"another CSV":            {"eventid,name\n1,2\n", "eventid and useridentity", records(0)},
		"XML":                    {"<Error/>", "in any form that is known", records(0)},
		"cut Parquet":            {asParquet(t)[:200], "copy it again", records(0)},
		"another Parquet":        {writeParquet(t, func(map[string]string, func(string) *string) struct{ A int } { return struct{ A int }{1} }), "no columns eventid", records(0)},
		"damaged Parquet":        {strings.Replace(asParquet(t), "eventid", "\xff\xff\xff\xff\xff\xff\xff", 5), "", records(0)},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{content: map[string][]byte{"a": []byte(log(2)), "b": []byte(c.content), "c": []byte(log(3))}}
			out, report := extract(t, s, Config{Workers: 2})
			if len(report.Scopes) != 2 {
				t.Fatalf("%+v", report.Scopes)
			}
			source, broken := report.Scopes[0], report.Scopes[1]
			if source.Complete || !strings.HasPrefix(source.Reason, "1 of 3 objects could not be read to the end: each is named") || source.Object != "mem://" {
				t.Errorf("%+v", source)
			}
			if broken.Complete || broken.Scope != "cloudtrail" || broken.Object != "mem://b" || !strings.Contains(broken.Reason, c.reason) || !c.records(broken.Records) {
				t.Errorf("%+v", broken)
			}
			if n := int64(len(out.records)); n != source.Records || n != broken.Records+5 {
				t.Errorf("%d records, %+v", n, report.Scopes)
			}
		})
	}
}

func TestHarmless(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		in      int64
		note    string
	}{
		"empty":           {"", 0, "1 objects are empty"},
		"empty gzip":      {string(gzipped(t, nil)), 0, "1 objects are empty"},
		"white space":     {"\n \n", 0, "1 objects are empty"},
		"an empty log":    {`{"Records":[]}`, 0, ""},
		"no log":          {`{"Records": null}` + "\n", 0, ""},
		"an empty array":  {"[]\n", 0, ""},
		"an empty export": {strings.Join(csvColumns, ",") + "\n", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, report := extract(t, one(c.content), Config{})
			if l := report.Ledger; l.In != c.in || !report.Scopes[0].Complete || !strings.Contains(strings.Join(report.Notes, "\n"), c.note) {
				t.Errorf("%+v", report)
			}
		})
	}
}

// TestBadRecords has bad ones between good ones: each is named by its place, the good ones are delivered.
func TestBadRecords(t *testing.T) {
	of := func(size int) string {
		return record(map[string]string{"requestParameters": `{"a":"` + strings.Repeat(`x\"{`, size/4) + `"}`})
	}
	large := of(10 << 20)
	csvRow := func(cells string) string { return asCSV(t) + cells + strings.SplitAfterN(asCSV(t), "\n", 2)[1] }
	for name, c := range map[string]struct {
		content string
		reason  string
		offset  int64
		in      int64
	}{
		"large, in a log":         {`{"Records":[` + numbered(1) + `,` + of(12<<20) + `,` + numbered(2) + `]}`, "record_too_large", 2, 3},
		"large, last in a log":    {`{"Records":[` + numbered(1) + `,` + numbered(2) + `,` + large + `]}`, "record_too_large", 3, 3},
		"large, in an array":      {`[` + large + `,` + numbered(1) + `,` + numbered(2) + `]`, "record_too_large", 1, 3},
		"large, on a line":        {numbered(1) + "\n" + large + "\n" + numbered(2), "record_too_large", 2, 3},
		"large, on the last line": {numbered(1) + "\n" + numbered(2) + "\n" + large, "record_too_large", 3, 3},
		"large, in CSV":           {csvRow(`x,"` + strings.Repeat("a\n\"\"", 4<<20) + "\",\n"), "record_too_large", 4, 7},
		"a cut line":              {numbered(1) + "\n" + numbered(3)[:100] + "\n" + numbered(2), "malformed", 2, 3},
		"a cut first line":        {numbered(3)[:100] + "\n" + numbered(1) + "\n" + numbered(2), "malformed", 1, 3},
		"a first line of braces":  {`{"a":{` + "\n" + numbered(1) + "\n" + numbered(2), "malformed", 1, 3},
		"text on a line":          {numbered(1) + "\noops\n" + numbered(2), "malformed", 2, 3},
		"a short row":             {csvRow(run + ",b\n"), "malformed", 4, 7},
		"a row of bare quotes":    {csvRow(run + "a\"b\"c,\n"), "malformed", 4, 7},
	} {
		t.Run(name, func(t *testing.T) {
			out, report := extract(t, &shelf{content: map[string][]byte{"object": gzipped(t, []byte(c.content))}}, Config{})
			if len(out.rejects) != 1 || report.Ledger.In != c.in || !report.Scopes[0].Complete || len(out.records) < 2 {
				t.Fatalf("%d records, %.300v, %+v", len(out.records), out.rejects, report)
			}
			r := out.rejects[0]
			if r.Reason != c.reason || r.Offset != c.offset || r.Object != "mem://object" || r.Detail == "" || len(asText(t, r)) > 8<<10 {
				t.Errorf("%.300v", r)
			}
		})
	}
}

func TestStoresThatFail(t *testing.T) {
	good := []byte(numbered(1))
	for name, c := range map[string]struct {
		store *shelf
		want  []dataset.Scope
	}{
		"refused, gone, replaced": {
			&shelf{
				content: map[string][]byte{"a": good, "b": good, "c": good, "d": bytes.Repeat(append(good, '\n'), 10)},
				refused: map[string]error{"a": fmt.Errorf("mem://a: %w", objects.ErrRefused), "b": fmt.Errorf("mem://b: %w", objects.ErrNotFound)},
				cut:     map[string]int{"d": 3*len(good) + 5},
			},
			[]dataset.Scope{
				{Object: "mem://", Reason: "3 of 4 objects could not be read to the end: each is named", Records: 4},
				{Object: "mem://a", Reason: "access refused"}, {Object: "mem://b", Reason: "not found"}, {Object: "mem://d", Reason: "replaced while it was read", Records: 3},
			},
		},
		"a list that is refused": {&shelf{listed: fmt.Errorf("mem://: %w", objects.ErrRefused)}, []dataset.Scope{{Object: "mem://", Reason: "access refused"}}},
		"a list that breaks off": {
			&shelf{content: map[string][]byte{"a": good}, listed: fmt.Errorf("mem://: %w", objects.ErrUnreachable)},
			[]dataset.Scope{{Object: "mem://", Reason: "the list of objects broke off after 1: mem://: out of reach", Records: 1}},
		},
		"nothing": {&shelf{}, []dataset.Scope{{Object: "mem://", Reason: "nothing to read was found"}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, report := extract(t, c.store, Config{})
			if len(report.Scopes) != len(c.want) {
				t.Fatalf("%+v", report.Scopes)
			}
			for i, want := range c.want {
				got := report.Scopes[i]
				if got.Scope != "cloudtrail" || got.Object != want.Object || !strings.Contains(got.Reason, want.Reason) || got.Records != want.Records || got.Complete {
					t.Errorf("%+v, not %+v", got, want)
				}
			}
		})
	}
}

func TestManyBrokenObjects(t *testing.T) {
	s := &shelf{content: map[string][]byte{}}
	for i := range maxScopes + 20 {
		s.content[fmt.Sprintf("%04d", i)] = []byte("<")
	}
	_, report := extract(t, s, Config{})
	if len(report.Scopes) != 1+maxScopes || !strings.Contains(report.Scopes[0].Reason, "1020 of 1020 objects could not be read to the end: the first 1000 are named") {
		t.Errorf("%d: %+v", len(report.Scopes), report.Scopes[0])
	}
}

func TestFatalErrors(t *testing.T) {
	full := errors.New("disk full")
	s := &shelf{content: map[string][]byte{"a": []byte(numbered(1)), "b": []byte(asParquet(t))}}
	cfg := Config{Sources: []Source{{URI: "mem://", Store: s}}, Temp: t.TempDir()}
	if _, err := Extract(t.Context(), cfg, &output{fail: full}); !errors.Is(err, full) {
		t.Errorf("output: %v", err)
	}
	cfg.Temp += "/missing"
	if _, err := Extract(t.Context(), cfg, new(output)); !errors.Is(err, syscall.ENOENT) || !strings.Contains(err.Error(), "temporary file") {
		t.Errorf("temporary files: %v", err)
	}
	gone, cancel := context.WithCancelCause(t.Context())
	cancel(io.ErrClosedPipe)
	if _, err := Extract(gone, cfg, new(output)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("cancelled: %v", err)
	}
}
