package api

import (
	"encoding/json"
	"slices"
)

// Schema is what of a server's schema matters here: which type has which fields, of which type.
type schema struct {
	query string // name of the root type
	types map[string]*typeInfo
}

type typeInfo struct {
	composite bool // has fields to select: an object, interface or union
	fields    map[string]fieldInfo
	inputs    []string // of an input object
	possible  []string // of a union or interface
}

type fieldInfo struct {
	typ  string // without list and non-null
	args []string
}

// Field returns a field of a type, false where there is none.
func (s *schema) Field(typ, name string) (fieldInfo, bool) {
	t := s.types[typ]
	if t == nil {
		return fieldInfo{}, false
	}
	f, ok := t.fields[name]
	return f, ok
}

// composite reports whether something must be selected of a type.
func (s *schema) composite(typ string) bool {
	t := s.types[typ]
	return t != nil && t.composite
}

// overlaps reports whether an object of type outer can be one of type inner.
func (s *schema) overlaps(outer, inner string) bool {
	return outer == inner || s.types[outer] != nil && slices.Contains(s.types[outer].possible, inner)
}

// hasInput reports whether an input object has a field. Without a schema it is taken to.
func (s *schema) hasInput(typ, name string) bool {
	if s == nil || s.types[typ] == nil {
		return true
	}
	return slices.Contains(s.types[typ].inputs, name)
}

// introspected is the answer to queries/introspection.graphql.
type introspected struct {
	QueryType named `json:"queryType"`
	Types     []struct {
		Kind   string `json:"kind"`
		Name   string `json:"name"`
		Fields []struct {
			Name string  `json:"name"`
			Args []named `json:"args"`
			Type typeRef `json:"type"`
		} `json:"fields"`
		InputFields   []named `json:"inputFields"`
		PossibleTypes []named `json:"possibleTypes"`
	} `json:"types"`
}

type named struct {
	Name string `json:"name"`
}

type typeRef struct {
	Name   string   `json:"name"`
	OfType *typeRef `json:"ofType"`
}

// innermost returns the name of the type inside lists and non-nulls.
func (t *typeRef) innermost() string {
	for t.OfType != nil {
		t = t.OfType
	}
	return t.Name
}

// readSchema returns the schema of an introspection, nil where it holds none.
func readSchema(answer json.RawMessage) *schema {
	var in introspected
	if json.Unmarshal(answer, &in) != nil || in.QueryType.Name == "" || len(in.Types) == 0 {
		return nil
	}
	s := &schema{query: in.QueryType.Name, types: make(map[string]*typeInfo, len(in.Types))}
	for _, t := range in.Types {
		info := &typeInfo{inputs: names(t.InputFields), possible: names(t.PossibleTypes), fields: make(map[string]fieldInfo, len(t.Fields))}
		info.composite = t.Kind == "OBJECT" || t.Kind == "INTERFACE" || t.Kind == "UNION"
		for _, f := range t.Fields {
			info.fields[f.Name] = fieldInfo{typ: f.Type.innermost(), args: names(f.Args)}
		}
		s.types[t.Name] = info
	}
	return s
}

func names(list []named) []string {
	var out []string
	for _, n := range list {
		out = append(out, n.Name)
	}
	return out
}
