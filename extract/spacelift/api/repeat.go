package api

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// Alias names the answer for the ith run of a request.
func Alias(i int) string { return "r" + strconv.Itoa(i) }

// Repeated makes one query for n runs of the query for one: each under an alias and with variables of its own.
func Repeated(n int) func(*ast.OperationDefinition) string {
	return func(one *ast.OperationDefinition) string {
		many := *one
		many.SelectionSet, many.VariableDefinitions = nil, nil
		for i := range n {
			suffix := strconv.Itoa(i)
			for _, v := range one.VariableDefinitions {
				numbered := *v
				numbered.Variable += suffix
				many.VariableDefinitions = append(many.VariableDefinitions, &numbered)
			}
			for _, selection := range one.SelectionSet {
				root := selection.(*ast.Field)
				if root.Name == viewerField {
					continue
				}
				root = numberedField(root, suffix)
				root.Alias = Alias(i)
				many.SelectionSet = append(many.SelectionSet, root)
			}
		}
		for _, selection := range one.SelectionSet {
			if selectionName(selection) == viewerField { // once for all of them
				many.SelectionSet = append(many.SelectionSet, selection)
			}
		}
		return Format(&many)
	}
}

// numberedField copies a field with a suffix to the variables in it.
func numberedField(f *ast.Field, suffix string) *ast.Field {
	copied := *f
	copied.Arguments = nil
	for _, a := range f.Arguments {
		argument := *a
		if a.Value.Kind == ast.Variable {
			value := *a.Value
			value.Raw += suffix
			argument.Value = &value
		}
		copied.Arguments = append(copied.Arguments, &argument)
	}
	copied.SelectionSet = nil
	for _, selection := range f.SelectionSet {
		if inner, ok := selection.(*ast.Field); ok {
			selection = numberedField(inner, suffix)
		}
		copied.SelectionSet = append(copied.SelectionSet, selection)
	}
	return &copied
}
