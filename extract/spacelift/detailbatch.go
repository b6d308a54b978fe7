package spacelift

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"liftgraph/internal/raw"
)

// alias names the answer for the ith run of a request.
func alias(i int) string { return "r" + strconv.Itoa(i) }

// detailVariables gives the variables of the text that [repeated] makes.
func detailVariables(runs []*raw.Run) map[string]any {
	v := make(map[string]any, 2*len(runs))
	for i, r := range runs {
		v["stack"+strconv.Itoa(i)], v["run"+strconv.Itoa(i)] = r.StackID, r.ID
	}
	return v
}

// repeated makes one query for n runs of the query for one: each under an alias and with variables of its own.
func repeated(n int) func(*ast.OperationDefinition) string {
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
			root := numberedField(one.SelectionSet[0].(*ast.Field), suffix)
			root.Alias = alias(i)
			many.SelectionSet = append(many.SelectionSet, root)
		}
		return format(&many)
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
