package scan

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"
)

// wrap puts a layer around JSON, as some service might.
func wrap(t *testing.T, r *rand.Rand, v string) string {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	switch r.IntN(7) {
	case 0:
		return `{"` + []string{"detail", "x", "_source", "hits", "Body", "eventData"}[r.IntN(6)] + `":` + v + `,"eventSource":"aws:x","n":[1,null,{}]}`
	case 1:
		return `[null,` + v + `,{"a":"}{"}]`
	case 2:
		return `{"message":` + string(text) + `}`
	case 3:
		return `[` + string(text) + `]`
	case 4:
		return `{"data":"` + base64.StdEncoding.EncodeToString([]byte(v)) + `"}`
	case 5:
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(v)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return `{"awslogs":{"data":"` + base64.StdEncoding.EncodeToString(b.Bytes()) + `"}}`
	default:
		return `[[{"field":"@ptr","value":"CmAK"},{"field":"@message","value":` + string(text) + `}]]`
	}
}

// FuzzWithin wraps events in any layers, and finds each of them once, in their order.
func FuzzWithin(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 2))
		var want []string
		list := ""
		for i := range 1 + r.IntN(3) {
			id := fmt.Sprint("e", i)
			want = append(want, id)
			one := `{"eventID":"` + id + `","userIdentity":{"arn":"x"},"requestParameters":{"eventID":"no","userIdentity":1}}`
			for range r.IntN(3) {
				one = wrap(t, r, one)
			}
			if i > 0 {
				list += ","
			}
			list += one
		}
		record := `{"items":[` + list + `]}`
		for range r.IntN(3) {
			record = wrap(t, r, record)
		}
		var got []string
		for _, e := range within([]byte(record)) {
			got = append(got, string(e[eventID]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\ngot  %q\nwant %q", record, got, want)
		}
	})
}

// assembled is a row of structs, maps and lists.
type assembled struct {
	ID  string            `parquet:"eventid" json:"eventid"`
	Who map[string]string `parquet:"useridentity" json:"useridentity"`
	Req struct {
		Name  *string             `parquet:"name,optional" json:"name,omitempty"`
		Items []assembledItem     `parquet:"items,list" json:"items"`
		Tags  map[string]string   `parquet:"tags" json:"tags"`
		Plain []string            `parquet:"plain" json:"plain,omitempty"`
		Deep  map[string][]string `parquet:"deep" json:"deep"`
	} `parquet:"requestparameters" json:"requestparameters"`
}

type assembledItem struct {
	ID    string    `parquet:"id" json:"id"`
	Words []string  `parquet:"words,list" json:"words"`
	More  *struct { // may lack
		A string `parquet:"a" json:"a"`
	} `parquet:"more,optional" json:"more,omitempty"`
}

// FuzzAssembly writes structs, maps and lists to Parquet, and reads what the JSON of them says.
func FuzzAssembly(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 3))
		word := func() string { return []string{"a", "b c", "{x=1}", `"`, "i-0123456789abcdef0"}[r.IntN(5)] }
		words := func() (all []string) {
			for range r.IntN(4) {
				all = append(all, word())
			}
			return all
		}
		texts := func() map[string]string {
			m := map[string]string{}
			for range r.IntN(3) {
				m[fmt.Sprint("k", r.IntN(5))] = word()
			}
			return m
		}
		var rows []assembled
		for i := range 1 + r.IntN(20) {
			row := assembled{ID: fmt.Sprint(i), Who: texts()}
			row.Who["arn"] = "x"
			if r.IntN(2) == 0 {
				row.Req.Name = new(word())
			}
			for range r.IntN(4) {
				item := assembledItem{ID: word(), Words: words()}
				if r.IntN(2) == 0 {
					item.More = &struct {
						A string `parquet:"a" json:"a"`
					}{word()}
				}
				row.Req.Items = append(row.Req.Items, item)
			}
			row.Req.Tags, row.Req.Plain, row.Req.Deep = texts(), words(), map[string][]string{}
			rows = append(rows, row)
		}
		var b bytes.Buffer
		w := parquet.NewGenericWriter[assembled](&b, parquet.PageBufferSize(64+r.IntN(500)))
		if _, err := w.Write(rows); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		file, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		reader := newRowReader(file.Schema())
		at := file.RowGroups()[0].Rows()
		defer at.Close()
		for i := range rows {
			batch := make([]parquet.Row, 1)
			if n, err := at.ReadRows(batch); n != 1 {
				t.Fatal(err)
			}
			events, _ := reader.events(batch[0])
			for field, want := range map[field]any{userIdentity: rows[i].Who, requestParameters: rows[i].Req} {
				if got, want := plainOf(t, events[0][field]), plainOf(t, marshal(want)); got != want {
					t.Errorf("row %d\ngot  %s\nwant %s", i, got, want)
				}
			}
		}
	})
}

// plainOf prints JSON without what is empty: whether a list or a map was there without anything in it isn't looked at.
func plainOf(t *testing.T, b []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	var prune func(any) any
	prune = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				if v[k] = prune(e); v[k] == nil {
					delete(v, k)
				}
			}
			if len(v) == 0 {
				return nil
			}
		case []any:
			for i := range v {
				v[i] = prune(v[i])
			}
			if len(v) == 0 {
				return nil
			}
		}
		return v
	}
	return string(marshal(prune(v)))
}
