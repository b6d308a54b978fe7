package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The bodies of Spacelift's documentation, and one of a run.
func TestParse(t *testing.T) {
	for name, want := range map[string]Payload{
		"audit_trail_webhook.set":    {Kind: Standard, Account: "example", Action: "audit_trail_webhook.set", Actor: "github::name", Time: 1674124447947},
		"audit_trail_webhook.delete": {Kind: Standard, Account: "example", Action: "audit_trail_webhook.delete", Actor: "github::user", Time: 1674124447947},
		"stack.create":               {Kind: Standard, Account: "example", Action: "stack.create", Actor: "github::name", Time: 1674124447947},
		"run_state_changed":          {Kind: RunState, Account: "example", Time: 1674124447947},
	} {
		body := sample(t, name)
		p, err := Parse(body)
		if err != nil {
			t.Fatal(name, err)
		}
		var line bytes.Buffer
		if err := json.Compact(&line, body); err != nil {
			t.Fatal(err)
		}
		want.Line, want.Digest = line.Bytes(), p.Digest
		if !reflect.DeepEqual(p, want) {
			t.Errorf("%s: %+v, not %+v", name, p, want)
		}
		if ID(body) != p.Digest.String() {
			t.Errorf("%s: id %s, digest %s", name, ID(body), p.Digest)
		}
	}
}

func TestKinds(t *testing.T) {
	for body, want := range map[string]Payload{
		`{}`:                        {Kind: Unknown},
		`{"action":"","run":"r"}`:   {Kind: Unknown},
		`{"action":7,"account":[]}`: {Kind: Unknown},
		`{"Action":"stack.create"}`: {Kind: Unknown}, // keys are case-sensitive
		`{"action":"stack.create","actor":null,"timestamp":"1"}`: {Kind: Standard, Action: "stack.create"},
		`{"action":"st\u0061ck.create","timestamp":1.5}`:         {Kind: Standard, Action: "stack.create"},
		`{"run":{},"timestamp":1674124447}`:                      {Kind: RunState, Time: 1674124447000},
		`{"data":{"action":"inner","run":{}}}`:                   {Kind: Unknown},
	} {
		p, err := Parse([]byte(body))
		if err != nil {
			t.Fatal(body, err)
		}
		p.Line, p.Digest = nil, Digest{}
		if !reflect.DeepEqual(p, want) {
			t.Errorf("%s: %+v, not %+v", body, p, want)
		}
	}
}

func TestRefused(t *testing.T) {
	nested := func(depth int) string {
		return `{"a":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + `}`
	}
	for body, want := range map[string]error{
		"":                                  ErrNotAnObject,
		" \n":                               ErrNotAnObject,
		"[]":                                ErrNotAnObject,
		`"action"`:                          ErrNotAnObject,
		"null":                              ErrNotAnObject,
		"{}{}":                              ErrNotAnObject,
		"{},":                               ErrNotAnObject,
		`{"a":1`:                            ErrNotAnObject,
		`{"a":01}`:                          ErrNotAnObject,
		"{\"a\":\"\n\"}":                    ErrNotAnObject,
		"\ufeff{}":                          ErrNotAnObject,
		nested(maxDepth):                    nil,
		nested(maxDepth + 1):                ErrTooDeep,
		strings.Repeat(`{"a":`, 1<<20):      ErrNotAnObject,
		nested(5000):                        ErrTooDeep,
		" {\t\"a\" : [ 1 , 2 ] }\r\n":       nil,
		`{"a":"` + "\u2028\xff" + `"}`:      nil,
		`{"a":"\ud800","b":"\ud83d\ude00"}`: nil,
	} {
		if _, err := Parse([]byte(body)); !errors.Is(err, want) {
			t.Errorf("%.40q: %v, not %v", body, err, want)
		}
	}
}

// Bodies that say the same have one id, and others have not.
func TestID(t *testing.T) {
	same := [][]string{
		{`{"a":1,"b":{"c":[1,2],"d":"x"}}`, `{"b":{"d":"\u0078","c":[1, 2]},"a":1}`, "\n{ \"b\" : {\"c\":[1,2],\"d\":\"x\"}, \"\\u0061\": 1 }"},
		{`{"a":2}`}, {`{"a":2.0}`}, {`{"a":"2"}`}, {`{"a":[2]}`}, {`{"a":[]}`}, {`{"a":{}}`}, {`{"a":null}`}, {`{"A":2}`},
		{`{"a":[1,2]}`}, {`{"a":[2,1]}`}, // the order of elements counts
		{`{"a":"<&>/\u2028"}`, `{"a":"\u003c\u0026\u003e\/\u2028"}`, "{\"a\":\"<&>/\u2028\"}"},
		{`{"a":"😀"}`, `{"a":"\ud83d\ude00"}`, `{"a":"\uD83D\uDE00"}`},
		{`{"a b":1,"a":2}`, `{"a":2,"a b":1}`},
		{`{"a":1,"a":2}`}, {`{"a":2,"a":1}`}, // which one is meant isn't known
		{`{"a":"\t\u0001\"\\"}`, `{"a":"\u0009\u0001\u0022\u005c"}`},
	}
	seen := map[string]int{}
	for i, bodies := range same {
		for _, body := range bodies {
			id := ID([]byte(body))
			if first, ok := seen[id]; ok && first != i || len(id) != 64 {
				t.Errorf("%s has the id of %s: %q", body, same[first][0], id)
			}
			seen[id] = i
		}
	}
	if len(seen) != len(same) {
		t.Errorf("%d ids, not %d", len(seen), len(same))
	}
	if ID([]byte("[]")) != "" {
		t.Error("an array has an id")
	}
}

// What others compute: jq -cjS . stack.create.json | sha256sum.
func TestIDIsThatOfJQ(t *testing.T) {
	for name, want := range map[string]string{
		"stack.create":      "74c828409cad760408079e39a1186d63c998961dbad4c855cc180537784806be",
		"run_state_changed": "7045eeca6b0ff5ef11190d9e993680a5d5956e9e668fa0122016bacfd8d990c0",
	} {
		if got := ID(sample(t, name)); got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"audit_trail_webhook.set", "audit_trail_webhook.delete", "stack.create", "run_state_changed"} {
		f.Add(sample(f, name))
	}
	for _, body := range []string{
		`{}`, `{}{}`, `[]`, ` {"b":{"d":[],"c":{}},"a":[1.0,-2e+3,true,null]} `, `{"a":"\ud800\u2028\/","\u0061":"\"","a b":"\\"}`,
		"{\"a\":\"\xff\x7f\"}", `{"a":1,"a":{"run":2},"action":"x","run":{},"timestamp":9223372036854775808}`,
		strings.Repeat(`{"a":[`, 65) + strings.Repeat(`]}`, 65),
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		p, err := Parse(body)
		if !bytes.Equal(body, before) {
			t.Fatal("the body was changed")
		}
		if err != nil {
			if ID(body) != "" {
				t.Fatal("a refused body has an id")
			}
			return
		}
		if bytes.ContainsAny(p.Line, "\n\r") || !json.Valid(p.Line) {
			t.Fatalf("line %q", p.Line)
		}
		form, err := canonical(p.Line, nil)
		if err != nil || !json.Valid(form) {
			t.Fatalf("%v: %q", err, form)
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, form, "\t", "  "); err != nil {
			t.Fatal(err)
		}
		for _, other := range [][]byte{form, p.Line, indented.Bytes()} {
			if q, err := Parse(other); err != nil || q.Digest != p.Digest || q.Kind != p.Kind || q.Action != p.Action || q.Time != p.Time {
				t.Fatalf("%v: %q is %+v, not %+v", err, other, q, p)
			}
		}
		if got, want := decoded(t, form), decoded(t, body); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q says %v, %q says %v", form, got, body, want)
		}
	})
}

func decoded(t *testing.T, b []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func BenchmarkParse(b *testing.B) {
	body := sample(b, "stack.create")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}
