package scan

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// printer writes a struct as an exporter does: the obvious half of what [objectOf] reads.
type printer struct {
	name             string
	open, end        string // around members
	key, sep, comma  string // key is a format
	text             func(string) string
	none             string
	listOpen, listTo string
}

func bare(s string) string { return s }

func inQuotes(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + "'"
}

var printers = []printer{
	{"Hive", "{", "}", "%s", "=", ", ", bare, "null", "[", "]"},
	{"Python", "{", "}", "'%s'", ": ", ", ", inQuotes, "None", "[", "]"},
	{"DuckDB", "{", "}", "'%s'", ": ", ", ", bare, "NULL", "[", "]"},
	{"Spark's maps", "{", "}", "%s", " -> ", ", ", bare, "null", "[", "]"},
	{"PySpark", "Row(", ")", "%s", "=", ", ", inQuotes, "None", "[", "]"},
	{"Ruby", "{", "}", `"%s"`, "=>", ", ", func(s string) string { b, _ := json.Marshal(s); return string(b) }, "nil", "[", "]"},
}

func (p *printer) print(v any) string {
	switch v := v.(type) {
	case string:
		return p.text(v)
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, p.print(e))
		}
		return p.listOpen + strings.Join(all, p.comma) + p.listTo
	case map[string]any:
		var all []string
		for _, k := range slices.Sorted(func(yield func(string) bool) {
			for k := range v {
				if !yield(k) {
					return
				}
			}
		}) {
			all = append(all, fmt.Sprintf(p.key, k)+p.sep+p.print(v[k]))
		}
		return p.open + strings.Join(all, p.comma) + p.end
	default:
		return p.none
	}
}

// structOf makes a struct of names and texts as events have them.
func structOf(r *rand.Rand, depth int) map[string]any {
	all := map[string]any{}
	for range 1 + r.IntN(4) {
		name := []string{"arn", "principalId", "accessKeyId", "sessionContext", "a_b", "type", "x1"}[r.IntN(7)]
		texts := []string{
			"arn:aws:sts::123456789012:assumed-role/deploy/" + run + "@web@acme", "AROAX:" + run + "@web@acme", "ASIARUN", "Nov 14, 2026, 12:47:41 AM", "a b", "x=y", "7", "true", "1.5e3", "https://a.example/?b=c&d",
		}
		switch kind := r.IntN(8); {
		case kind == 0:
			all[name] = nil
		case kind == 1 && depth > 0:
			all[name] = structOf(r, depth-1)
		case kind == 2 && depth > 0:
			all[name] = []any{structOf(r, depth-1), structOf(r, depth-1), structOf(r, depth-1)}
		default:
			all[name] = texts[r.IntN(len(texts))]
		}
	}
	return all
}

// FuzzLoose prints structs as exporters do, and reads the same again; encoded twice, too.
func FuzzLoose(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		want := structOf(r, 2)
		for _, p := range printers {
			text := p.print(want)
			for range 2 {
				var got any
				object := objectOf([]byte(text))
				if object == nil || json.Unmarshal(object, &got) != nil || !reflect.DeepEqual(got, any(want)) {
					t.Errorf("%s: %s\ngot  %s\nwant %s", p.name, text, object, marshal(want))
				}
				b, err := json.Marshal(text)
				if err != nil {
					t.Fatal(err)
				}
				text = string(b)
			}
		}
	})
}

// FuzzLooseText reads any text: it ends, and what is made of it is JSON.
func FuzzLooseText(f *testing.F) {
	for _, text := range []string{"{a=1, b={c=[1, 2]}}", "{'a': None, 'b': [x y, (1)]}", "Row(a='1', b=Row())", "map[a:b c:d]", "[('a', 'b')]", "{a -> {b, c}}", `{"a"=>"b"}`, "{{{{", "(1,2", `"{\"a\":1}"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4<<10 {
			return
		}
		if object := objectOf([]byte(text)); object != nil && !json.Valid(object) {
			t.Errorf("%q", object)
		}
		identityOf([]byte(text))
	})
}
