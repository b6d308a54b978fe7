package api

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// guesses are fields that exist, but whose names no public source shows: they are looked up by the type of their values.
var guesses = map[string]string{ // TYPE.ALIAS in the queries, to the type of the values
	"Stack.stackRoleBindings": "StackRoleBinding",
	"RunDependency.run":       "Run", // beside its id
}

// References may be texts, or objects of which these fields tell one from another.
var (
	references  = []string{"members", "latestGroups", "teams"}
	identifying = []string{"id", "name", "username", "login", "groupName"}
)

// named returns a selection of a type with guesses named as the schema names them.
func (s *schema) named(set ast.SelectionSet, typ string) ast.SelectionSet {
	var out ast.SelectionSet
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			if selection = s.namedField(sel, typ); selection == nil {
				continue
			}
		case *ast.InlineFragment:
			fragment := *sel
			fragment.SelectionSet = s.named(sel.SelectionSet, sel.TypeCondition)
			selection = &fragment
		}
		out = append(out, selection)
	}
	return out
}

func (s *schema) namedField(f *ast.Field, typ string) ast.Selection {
	field := *f
	info, there := s.Field(typ, f.Name)
	if wanted := guesses[typ+"."+f.Alias]; wanted != "" && (!there || info.typ != wanted) {
		if name := s.fieldOf(typ, wanted); name != "" {
			field.Name = name
			info, _ = s.Field(typ, name)
		} else if !there && f.Alias == f.Name { // there is another way to it
			return nil
		}
	}
	if len(f.SelectionSet) > 0 {
		field.SelectionSet = s.named(f.SelectionSet, info.typ)
	} else if slices.Contains(references, f.Name) && s.composite(info.typ) {
		for _, name := range identifying {
			if inner, ok := s.Field(info.typ, name); ok && !s.composite(inner.typ) {
				field.SelectionSet = append(field.SelectionSet, &ast.Field{Alias: name, Name: name})
			}
		}
	}
	return &field
}

// fieldOf returns the first field of a type whose values are of another, "" where there is none.
func (s *schema) fieldOf(typ, wanted string) string {
	t := s.types[typ]
	if t == nil {
		return ""
	}
	var names []string
	for name, f := range t.fields {
		if f.typ == wanted && len(f.args) == 0 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return slices.Min(names)
}
