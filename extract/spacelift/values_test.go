package spacelift

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestTerraformValues(t *testing.T) {
	quote := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	for values, want := range map[string][2]string{
		quote(`{"id":"i-1","arn":"arn:aws:1","password":"canary"}`): {"i-1", "arn:aws:1"},
		quote(`{"ID":"i-2","Arn":"x"}`):                             {"-", "-"},
		quote(`{"id":5,"arn":null}`):                                {"-", "-"},
		quote(`{"id":""}`):                                          {"", "-"},
		quote(`{"tags":{"id":"i-3"}}`):                              {"-", "-"},
		quote(`{"id":"i-4"`):                                        {"-", "-"},
		quote(`["id"]`):                                             {"-", "-"},
		quote(`null`):                                               {"-", "-"},
		quote(``):                                                   {"-", "-"},
		`null`:                                                      {"-", "-"},
		`{"id":"i-5"}`:                                              {"i-5", "-"},
		`7`:                                                         {"-", "-"},
	} {
		var v terraformValues
		if err := json.Unmarshal([]byte(values), &v); err != nil {
			t.Errorf("%s: %v", values, err)
		}
		for i, got := range []*string{v.id, v.arn} {
			if got == nil && want[i] != "-" || got != nil && *got != want[i] {
				t.Errorf("%s: %v, want %v", values, got, want)
			}
		}
	}
}

// FuzzEntity: whatever a server puts into an entity's values, the entity is read, and of the values no more than two
// texts are kept.
func FuzzEntity(f *testing.F) {
	for _, v := range []string{`{"id":"i-1","arn":"a"}`, `{"id":{"id":"x"}}`, `[1]`, "", `{"id":"\ud800"}`, `{"id":"a","id":"b"}`, strings.Repeat("[", 20_000)} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, values string) {
		row, err := json.Marshal(map[string]any{
			"id": "e1", "stackId": "s", "vendor": map[string]any{"terraform": map[string]any{"mode": "managed", "values": values}},
		})
		if err != nil {
			t.Skip()
		}
		record, err := entityOf("")(row)
		if err != nil {
			t.Fatalf("%q: %v", values, err)
		}
		b, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		var kept map[string]any
		if err := json.Unmarshal(b, &kept); err != nil {
			t.Fatal(err)
		}
		for key := range kept {
			if !slices.Contains([]string{"id", "stackId", "type", "mode", "object", "arn"}, key) {
				t.Errorf("%q: %s is kept", values, key)
			}
		}
	})
}
