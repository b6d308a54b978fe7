package spacelift

import (
	"encoding/json"

	"liftgraph/internal/awsresource"
)

// values are a resource's attributes: a JSON object as text, in which anything may stand, secrets too. What is no
// JSON or no object has none, which is normal. Only what [values.text] and [values.identity] return is kept.
type values struct {
	object map[string]json.RawMessage // not a struct, whose keys would match in any letter case
}

// UnmarshalJSON implements [json.Unmarshaler]. It takes the object itself too, should a server not wrap it in a text.
func (v *values) UnmarshalJSON(b []byte) error {
	*v = values{}
	var text string
	if json.Unmarshal(b, &text) == nil {
		b = []byte(text)
	}
	if json.Unmarshal(b, &v.object) != nil {
		v.object = nil
	}
	return nil
}

// text returns an attribute's text, nil where it is no text.
func (v *values) text(name string) *string { return textOf(v.object[name]) }

// maxIdentity is how long an attribute that names a resource may be, in bytes; an ARN has 2048 at most.
const maxIdentity = 2048

// identity returns the attributes that name the resource of a type, but for its id and ARN.
func (v *values) identity(toolType *string) map[string]string {
	if toolType == nil || len(v.object) == 0 {
		return nil
	}
	var list map[string]string
	for _, name := range awsresource.AttributesOf(*toolType) {
		text := v.text(name)
		if name == "id" || name == "arn" || text == nil || *text == "" || len(*text) > maxIdentity {
			continue
		}
		if list == nil {
			list = map[string]string{}
		}
		list[name] = *text
	}
	return list
}

// textOf returns a JSON string's text, nil for anything else.
func textOf(value json.RawMessage) *string {
	var text *string
	if json.Unmarshal(value, &text) != nil {
		return nil
	}
	return text
}
