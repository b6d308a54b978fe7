package spacelift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"liftgraph/internal/raw"
)

func TestTerraformValues(t *testing.T) {
	quote := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	for text, want := range map[string][2]string{
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
		var v values
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		for i, got := range []*string{v.text("id"), v.text("arn")} {
			if got == nil && want[i] != "-" || got != nil && *got != want[i] {
				t.Errorf("%s: %v, want %v", text, got, want)
			}
		}
	}
}

// Of an entity's values only the attributes are kept that name the resource of its type.
func TestIdentityOfEntities(t *testing.T) {
	for _, c := range []struct{ row, want string }{
		{`{"id":"e","stackId":"s","type":"aws_db_instance","vendor":{"terraform":{"values":"{\"id\":\"db-1\",\"arn\":\"a\",\"identifier\":\"orders\",\"password\":\"canary\",\"name\":\"canary\"}"}}}`, "map[identifier:orders]"},
		{`{"id":"e","stackId":"s","type":"aws_iam_role_policy_attachment","vendor":{"terraform":{"values":"{\"id\":\"x\",\"role\":\"app\",\"policy_arn\":\"arn:p\"}"}}}`, "map[policy_arn:arn:p role:app]"},
		{`{"id":"e","stackId":"s","type":"aws:sqs/queue:Queue","vendor":{"pulumi":{"id":"u","outputs":"{\"arn\":\"a\",\"name\":\"jobs\",\"policy\":\"canary\"}"}}}`, "map[name:jobs]"},
		{`{"id":"e","stackId":"s","type":"aws_s3_bucket","vendor":{"terraform":{"values":"{\"bucket\":7}"}}}`, "map[]"},
		{`{"id":"e","stackId":"s","type":"random_password","vendor":{"terraform":{"values":"{\"id\":\"none\",\"name\":\"canary\",\"result\":\"canary\"}"}}}`, "map[]"},
		{`{"id":"e","stackId":"s","type":"aws_s3_bucket","vendor":{"terraform":{"values":"{\"bucket\":\"` + strings.Repeat("x", maxIdentity+1) + `\"}"}}}`, "map[]"},
	} {
		record, err := entityOf("")(json.RawMessage(c.row))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(record.(*raw.Entity).Identity); got != c.want {
			t.Errorf("%s: got %s, want %s", c.row, got, c.want)
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
