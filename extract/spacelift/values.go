package spacelift

import "encoding/json"

// terraformValues is what is kept of a resource's values: a JSON object as text, in which anything may stand, secrets
// too. Values that are null, no JSON or no object are normal, and give nothing.
type terraformValues struct {
	id, arn *string
}

// UnmarshalJSON implements [json.Unmarshaler]. It takes the object itself too, should a server not wrap it in a text.
func (v *terraformValues) UnmarshalJSON(b []byte) error {
	*v = terraformValues{}
	var text string
	if json.Unmarshal(b, &text) == nil {
		b = []byte(text)
	}
	var object map[string]json.RawMessage // not a struct, whose keys would match in any letter case
	if json.Unmarshal(b, &object) == nil {
		v.id, v.arn = textOf(object["id"]), textOf(object["arn"])
	}
	return nil
}

// textOf returns a JSON string's text, nil for anything else.
func textOf(value json.RawMessage) *string {
	var text *string
	if json.Unmarshal(value, &text) != nil {
		return nil
	}
	return text
}
