package resource

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// slowFind is find over values that encoding/json read.
func slowFind(found []string, value any, steps []string, depth int) []string {
	if depth > maxDepth {
		return found
	}
	switch v := value.(type) {
	case list:
		for _, e := range v {
			found = slowFind(found, e.value, steps, depth+1)
		}
	case object:
		there := false
		if len(steps) > 0 {
			for _, m := range v {
				if strings.EqualFold(m.key, steps[0]) && len(m.key) == len(steps[0]) {
					there = true
					found = slowFind(found, m.value, steps[1:], depth+1)
				}
			}
		}
		if !there {
			for _, m := range v {
				if isWrapper(m.key) || depth == 0 && wrapsCall(m.key) {
					found = slowFind(found, m.value, steps, depth+1)
				}
			}
		}
	case string:
		if len(steps) == 0 && v != "" {
			found = append(found, v)
		}
	case json.Number:
		if len(steps) == 0 {
			found = append(found, v.String())
		}
	case bool:
		if len(steps) == 0 {
			found = append(found, map[bool]string{true: "true", false: "false"}[v])
		}
	}
	return found
}

type (
	list   []member // in order
	object []member
	member struct {
		key   string
		value any
	}
)

// decode reads a value with its members in order, and each as often as it comes.
func decode(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	var all []member
	for d.More() {
		var m member
		if delim == '{' {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			m.key = key.(string)
		}
		if m.value, err = decode(d); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if delim == '{' {
		return object(all), nil
	}
	return list(all), nil
}

// What is found in well-formed text is what a slow reader finds; nothing else makes it fail or run on.
func FuzzFind(f *testing.F) {
	for _, text := range []string{
		`{"a":{"items":[{"b":"1"},{"b":2}]}}`, `{"XRequest":{"A":{"tag":1,"content":"x"}}}`, `{"a":[{"content":"x"},"y",null,true]}`,
		`{"a":"\u0061\"","a":{"b":[]}}`, `[1,{"a":{"item":{"member":{"b":"z"}}}}]`, `{"a"`, `{"a":`, `{"a":{`, `"\`, `{"createStageInput":{"a":{"b":"c"}}}`,
	} {
		f.Add([]byte(text), "a.b")
	}
	f.Fuzz(func(t *testing.T, text []byte, path string) {
		steps := strings.Split(path, ".")
		got := find(nil, text, steps, 0)
		if !json.Valid(text) || len(steps) > 4 {
			return
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		value, err := decode(d)
		if err != nil {
			return
		}
		if want := slowFind(nil, value, steps, 0); !slices.Equal(got, want) {
			t.Errorf("%s in %s: %q, want %q", path, text, got, want)
		}
	})
}
