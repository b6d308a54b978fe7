package raw

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
)

// Reference is what stands for a user or a group in a list: the ids, names and logins by which it may be known. The API
// has a text there, or an object with several of them; which of them was never seen.
type Reference []string

// UnmarshalJSON implements [json.Unmarshaler]: a text, an object whose texts all count, or a list of texts.
func (r *Reference) UnmarshalJSON(b []byte) error {
	*r = nil
	var one string
	if json.Unmarshal(b, &one) == nil {
		if one != "" {
			*r = Reference{one}
		}
		return nil
	}
	var list []string
	if json.Unmarshal(b, &list) == nil {
		*r = list
		return nil
	}
	var object map[string]any
	if json.Unmarshal(b, &object) != nil {
		return errors.New("a reference is a text or an object with texts")
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if text, ok := object[key].(string); ok && text != "" {
			*r = append(*r, text)
		}
	}
	return nil
}

// MarshalJSON implements [json.Marshaler].
func (r Reference) MarshalJSON() ([]byte, error) {
	if len(r) == 1 {
		return json.Marshal(r[0])
	}
	return json.Marshal([]string(r))
}
