package scan

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"liftgraph/extract/cloudtrail/scan/oracle"
)

// events are three: a call of a run, one of another role, and one with braces and escapes in its strings.
var events = []string{
	`{"eventID":"e1","userIdentity":{"arn":"arn:aws:sts::1:assumed-role/deploy/` + run + `@web@acme"},"requestParameters":{"instanceId":"` + instance + `"}}`,
	`{"eventID":"e2","userIdentity":{"arn":"arn:aws:sts::1:assumed-role/other/other"}}`,
	`{"eventID":"e3","eventName":"CreateTags \"{[\\","requestParameters":{"a":"}{\\","b":[{"c":"` + instance + `"}]}}`,
}

// keeper is a taker that keeps everything.
type keeper struct{ records [][]byte }

func (k *keeper) record(b []byte, escaped bool) error {
	if !escaped && bytes.Contains(b, []byte(`\u`)) {
		panic("there are escapes")
	}
	k.records = append(k.records, bytes.Clone(b))
	return nil
}
func (*keeper) tooLarge() error               { return nil }
func (*keeper) malformed([]byte, error) error { return nil }

// pieces is a reader that returns n bytes at a time.
type pieces struct {
	io.Reader
	n int
}

func (p pieces) Read(b []byte) (int, error) { return p.Reader.Read(b[:min(len(b), p.n)]) }

// FuzzSplit compares the records that are found without parsing with those that a parser finds, whatever the pieces.
func FuzzSplit(f *testing.F) {
	for _, text := range []string{
		`{"Records":[` + strings.Join(events, " ,\n") + `]}`, strings.Join(events, "\n"), "[" + strings.Join(events, ",") + "]",
		`{"a":[{"Records":[{}]}],"Records" : [{"b":{}},{"\"Records\":[":[{}]}],"c":[{"d":[{}]}]}` + "\n" + `{"records":[]}[[{}],{"x":"}{\\"}]`,
		`{"Records":[]} {"Records":null,"a":{}} {"a":1,"records":[]}`, `{"Records":[{}],"Records":[{"a":1}]}{"e":"\\\"}"}`, `{"x":"` + strings.Repeat("}", 200) + `","Records":[` + strings.Repeat(`{"a":{}},`, 40) + `{}]}`,
	} {
		f.Add([]byte(text), uint16(7))
	}
	f.Fuzz(func(t *testing.T, text []byte, size uint16) {
		k := new(keeper)
		err := new(feed).takeAll(t.Context(), nil, pieces{bytes.NewReader(text), int(size) + 1}, newSplitter(k))
		want, ok := oracle.Records(text)
		if !ok {
			return
		}
		if err != nil || len(k.records) != len(want) {
			t.Fatalf("%d records, not %d: %v", len(k.records), len(want), err)
		}
		for i := range want {
			if !bytes.Equal(k.records[i], want[i]) {
				t.Errorf("record %d is %q, not %q", i, k.records[i], want[i])
			}
		}
	})
}

// FuzzJSON compares what is taken for JSON with what is.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{
		events[2], `{"a":[1,-0.5e+7,true,false,null,{}],"b":"\ud83d\ude00\/"} `, `{"a":01}`, `{"a":1.}`, `{"a":"\x"}`, `{"a":"` + "\t" + `"}`, `{,}`, `{"a":[1,]}`, `{"a":tru}`, "{\"\xff\":1e}", `{}x`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want := json.Valid(text) && bytes.TrimSpace(text)[0] == '{'
		var got []oracle.Member
		if ok := members(text, func(k, v []byte) { got = append(got, oracle.Member{Key: string(k), Value: bytes.Clone(v)}) }); ok != want {
			t.Fatalf("%v, not %v", ok, want)
		}
		if want && utf8.Valid(text) && !reflect.DeepEqual(got, oracle.Members(text)) {
			t.Errorf("%q, not %q", got, oracle.Members(text))
		}
		if list := append(append([]byte("["), text...), ']'); (elements(list) != nil) != (json.Valid(list) && len(bytes.TrimSpace(text)) > 0) {
			t.Errorf("%q", elements(list))
		}
	})
}
