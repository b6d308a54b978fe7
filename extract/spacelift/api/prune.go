package api

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// prune returns an operation without the fields, arguments and types that a schema lacks, and names these.
// The operation itself stays as it is.
func prune(op *ast.OperationDefinition, s *schema) (*ast.OperationDefinition, []string) {
	p := pruner{schema: s}
	return withSelection(op, p.set(op.SelectionSet, s.query)), p.missing
}

type pruner struct {
	schema  *schema
	missing []string
}

func (p *pruner) set(set ast.SelectionSet, typ string) ast.SelectionSet {
	var kept ast.SelectionSet
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			if f := p.field(sel, typ); f != nil {
				kept = append(kept, f)
			}
		case *ast.InlineFragment:
			if p.schema.types[sel.TypeCondition] == nil || !p.schema.overlaps(typ, sel.TypeCondition) {
				p.missing = append(p.missing, sel.TypeCondition)
				continue
			}
			if inner := p.set(sel.SelectionSet, sel.TypeCondition); len(inner) > 0 {
				fragment := *sel
				fragment.SelectionSet = inner
				kept = append(kept, &fragment)
			}
		}
	}
	return kept
}

// Field returns a field as the schema has it, nil where it hasn't: a scalar that turned into an object is another field.
func (p *pruner) field(f *ast.Field, typ string) *ast.Field {
	info, ok := p.schema.Field(typ, f.Name)
	if !ok || p.schema.composite(info.typ) != (len(f.SelectionSet) > 0) {
		p.missing = append(p.missing, typ+"."+f.Name)
		return nil
	}
	for _, a := range f.Arguments {
		if !slices.Contains(info.args, a.Name) {
			p.missing = append(p.missing, typ+"."+f.Name+"("+a.Name+")")
			return nil
		}
	}
	if len(f.SelectionSet) == 0 {
		return f
	}
	inner := p.set(f.SelectionSet, info.typ)
	if len(inner) == 0 {
		return nil // what it was asked for is named already
	}
	kept := *f
	kept.SelectionSet = inner
	return &kept
}

// withSelection returns a copy of an operation that selects something else, and declares only the variables in use.
func withSelection(op *ast.OperationDefinition, set ast.SelectionSet) *ast.OperationDefinition {
	used := map[string]bool{}
	variables(set, used)
	changed := *op
	changed.SelectionSet = set
	changed.VariableDefinitions = nil
	for _, v := range op.VariableDefinitions {
		if used[v.Variable] {
			changed.VariableDefinitions = append(changed.VariableDefinitions, v)
		}
	}
	return &changed
}

func variables(set ast.SelectionSet, used map[string]bool) {
	for _, selection := range set {
		if f, ok := selection.(*ast.Field); ok {
			for _, a := range f.Arguments {
				if a.Value.Kind == ast.Variable {
					used[a.Value.Raw] = true
				}
			}
		}
		variables(children(selection), used)
	}
}

func children(selection ast.Selection) ast.SelectionSet {
	switch sel := selection.(type) {
	case *ast.Field:
		return sel.SelectionSet
	case *ast.InlineFragment:
		return sel.SelectionSet
	default:
		return nil
	}
}

// selectionName names a selection within its set: by the field, whatever its alias, or by the fragment's type.
func selectionName(selection ast.Selection) string {
	switch sel := selection.(type) {
	case *ast.Field:
		return sel.Name
	case *ast.InlineFragment:
		return "... on " + sel.TypeCondition
	default:
		return ""
	}
}
