package resolve

import (
	"strconv"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/awsresource"
	"liftgraph/internal/extsort"
)

// Entity is a managed resource that may be an instance, or a stack that another one manages.
type Entity struct {
	Stack, ID        string
	Updated          int64     // Unix seconds
	Object, ARN      string    // maybe sanitized
	Creator, Updater string    // run ids, maybe empty
	ManagesStack     bool      // Object is the slug of a stack
	Subjects         []Subject // the resources, where it is no instance and no stack; else none
	Address          string    // in the stack's code; maybe empty
	Drifted          int64     // Unix seconds, or 0
}

// Subject is a resource that an entity stands for, or that it is a part of.
type Subject struct {
	Type  string // CloudFormation's name
	Part  bool   // the entity is a setting of it, or a link
	End   bool   // the other end of a link
	Names []Name // at least one
}

// Name is a text that names a resource, maybe sanitized.
type Name struct {
	Form   awsresource.Form
	Unsure bool // the text may have another form
	Text   string
}

func appendSubject(dst []byte, t *Subject) []byte {
	kind := ""
	if t.Part {
		kind += "p"
	}
	if t.End {
		kind += "e"
	}
	dst = extsort.AppendTexts(dst, t.Type, kind, strconv.Itoa(len(t.Names)))
	for _, n := range t.Names {
		unsure := ""
		if n.Unsure {
			unsure = "?"
		}
		dst = extsort.AppendTexts(dst, string(n.Form), unsure, n.Text)
	}
	return dst
}

func (r *Resolver) cutSubject(src []byte) (t Subject, rest []byte) {
	var kind, count string
	rest = r.texts(src, &t.Type, &kind, &count)
	t.Part, t.End = strings.Contains(kind, "p"), strings.Contains(kind, "e")
	n, _ := strconv.Atoi(count) // which this program wrote
	for range n {
		var form, unsure, text string
		rest = r.texts(rest, &form, &unsure, &text)
		t.Names = append(t.Names, Name{awsresource.Form(form), unsure != "", text})
	}
	return t, rest
}

// Entity adds a managed resource.
func (r *Resolver) Entity(e *Entity) {
	r.begin(linkEntity, e.Stack, e.ID)
	r.value = extsort.AppendNewestFirst(r.value[:0], e.Updated)
	flag := byte(0)
	if e.ManagesStack {
		flag = 1
	}
	r.value = r.appendOrigin(extsort.AppendTexts(append(r.value, flag), e.Object, e.ARN, e.Creator, e.Updater, e.Address, strconv.FormatInt(e.Drifted, 10)))
	for i := range e.Subjects {
		r.value = appendSubject(r.value, &e.Subjects[i])
	}
	r.add(r.links)
}

func (r *Resolver) newestEntity(key, value []byte) {
	var e Entity
	r.keyTexts(key, &e.Stack, &e.ID)
	e.ManagesStack = value[8] == 1
	var drifted string
	rest := r.cutOrigin(r.texts(value[9:], &e.Object, &e.ARN, &e.Creator, &e.Updater, &e.Address, &drifted))
	e.Drifted, _ = strconv.ParseInt(drifted, 10, 64) // which this program wrote
	switch {
	case e.ManagesStack:
		r.managedStack(&e)
		return
	case len(rest) > 0:
		for len(rest) > 0 && r.err == nil {
			var t Subject
			t, rest = r.cutSubject(rest)
			r.wantResource(&e, &t)
		}
		return
	}
	_, id, _ := cutLast(e.ARN, ":instance/")
	switch {
	case IsInstanceID(e.Object):
		r.affect(&e, e.Object, "plain")
	case IsInstanceID(id):
		r.affect(&e, id, "plain")
	default:
		r.addDigest(&e)
	}
}

// cutLast cuts s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

var stackContainsStack = EdgesOf[none](graph.SpaceliftStack, graph.Contains, graph.SpaceliftStack)

// managedStack finds the stack that an entity stands for; all slugs are in memory.
func (r *Resolver) managedStack(e *Entity) {
	if _, ok := r.stacks[e.Object]; ok {
		stackContainsStack.Add(r, e.Stack, e.Object, none{})
		return
	}
	switch slugs := r.slugs()[e.Object]; {
	case len(slugs) == 1:
		r.sanitized.Resolved++
		stackContainsStack.Add(r, e.Stack, slugs[0], none{})
		return
	case len(slugs) > 1:
		r.sanitized.Ambiguous++
		r.edges.Filtered["sanitized_id_ambiguous"]++
	case IsDigest(e.Object):
		r.sanitized.Unresolved++
		r.edges.Filtered["sanitized_id_unresolved"]++
	default:
		r.RejectEdge(unknown[graph.SpaceliftStack], graph.Contains, e.Stack, e.Object)
		return
	}
	r.edges.In++
}

// slugs returns the known slugs by their digests.
func (r *Resolver) slugs() map[string][]string {
	if r.slugDigests == nil {
		r.slugDigests = map[string][]string{}
		for slug := range r.stacks {
			for _, d := range Digests(slug) {
				r.slugDigests[d] = append(r.slugDigests[d], slug)
			}
		}
	}
	return r.slugDigests
}
