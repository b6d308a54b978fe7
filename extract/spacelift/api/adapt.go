package api

import (
	"regexp"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// complaint is what a server says of a query that doesn't fit its schema: a part of it, and what is missing.
type complaint struct {
	selection string // as selectionName returns it
	missing   string // as the manifest names it
	line      int    // in the query that was sent; 0 where it doesn't tell
}

// The wordings of graphql-js, graph-gophers/graphql-go and gqlparser, which differ in quotes and details.
var (
	unknownField    = regexp.MustCompile(`Cannot query field ["'](\w+)["'] on type ["'](\w+)`)
	unknownArgument = regexp.MustCompile(`Unknown argument ["'](\w+)["'] on field ["'](?:\w+\.)?(\w+)["']`)
	unknownType     = regexp.MustCompile(`Unknown type ["'](\w+)`)
	unspreadable    = regexp.MustCompile(`objects of type ["']\w+["'] can never be of type ["'](\w+)`)
	wrongSelection  = regexp.MustCompile(`Field ["'](\w+)["'] (?:of type \S+ )?must (?:not )?have a (?:sub)?selection`)
)

func complaintOf(m message) (complaint, bool) {
	c := complaint{}
	if len(m.Locations) > 0 {
		c.line = m.Locations[0].Line
	}
	if f := unknownField.FindStringSubmatch(m.Text); f != nil {
		c.selection, c.missing = f[1], f[2]+"."+f[1]
	} else if f := unknownArgument.FindStringSubmatch(m.Text); f != nil {
		c.selection, c.missing = f[2], f[2]+"("+f[1]+")"
	} else if f := unknownType.FindStringSubmatch(m.Text); f != nil {
		c.selection, c.missing = "... on "+f[1], f[1]
	} else if f := unspreadable.FindStringSubmatch(m.Text); f != nil {
		c.selection, c.missing = "... on "+f[1], f[1]
	} else if f := wrongSelection.FindStringSubmatch(m.Text); f != nil {
		c.selection, c.missing = f[1], f[1]
	}
	return c, c.selection != ""
}

// adapt takes out of a query what the server complained about; false where the errors are about something else.
// used is the query that was asked, sent the text made of it, which may repeat it many times.
func (q *queries) adapt(name string, used *ast.OperationDefinition, sent string, e *AnswerError) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fitted[name] != used {
		return true // another goroutine learnt the same
	}
	op := used
	for _, m := range e.Messages {
		c, ok := complaintOf(m)
		if !ok {
			continue
		}
		less := withSelection(op, without(op.SelectionSet, nil, c.selection, pathAt(sent, c)))
		if count(less.SelectionSet) < count(op.SelectionSet) {
			op = less
			q.note([]string{c.missing})
		}
	}
	q.fitted[name] = op
	return op != used
}

// without leaves out the selections of a name: the one at path, or all of them where the path isn't known.
// What nothing is left of goes too.
func without(set ast.SelectionSet, at []string, name string, path []string) ast.SelectionSet {
	var kept ast.SelectionSet
	for _, selection := range set {
		here := append(slices.Clip(at), selectionName(selection))
		if selectionName(selection) == name && (path == nil || slices.Equal(path, here)) {
			continue
		}
		if inner := children(selection); len(inner) > 0 {
			rest := without(inner, here, name, path)
			if len(rest) == 0 {
				continue
			}
			selection = withChildren(selection, rest)
		}
		kept = append(kept, selection)
	}
	return kept
}

func withChildren(selection ast.Selection, set ast.SelectionSet) ast.Selection {
	switch sel := selection.(type) {
	case *ast.Field:
		changed := *sel
		changed.SelectionSet = set
		return &changed
	case *ast.InlineFragment:
		changed := *sel
		changed.SelectionSet = set
		return &changed
	default:
		return selection
	}
}

// pathAt returns the names from the root down to the selection on the complaint's line, nil where it isn't there.
func pathAt(sent string, c complaint) []string {
	doc, err := parser.ParseQuery(&ast.Source{Input: sent})
	if err != nil || c.line == 0 {
		return nil
	}
	return find(doc.Operations[0].SelectionSet, nil, c)
}

func find(set ast.SelectionSet, at []string, c complaint) []string {
	for _, selection := range set {
		here := append(slices.Clip(at), selectionName(selection))
		if selectionName(selection) == c.selection && selection.GetPosition().Line == c.line {
			return here
		}
		if path := find(children(selection), here, c); path != nil {
			return path
		}
	}
	return nil
}

func count(set ast.SelectionSet) int {
	n := len(set)
	for _, selection := range set {
		n += count(children(selection))
	}
	return n
}
