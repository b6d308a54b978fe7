package resolve

import (
	"strconv"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// Entity is a managed resource that may be an instance, or a stack that another one manages.
type Entity struct {
	Stack, ID        string
	Updated          int64  // Unix seconds
	Object, ARN      string // maybe sanitized
	Creator, Updater string // run ids, maybe empty
	ManagesStack     bool   // Object is the slug of a stack
	Type             string // CloudFormation's name of a resource that is no instance; else empty
	Address          string // in the stack's code; maybe empty
	Drifted          int64  // Unix seconds, or 0
}

// Entity adds a managed resource.
func (r *Resolver) Entity(e *Entity) {
	r.begin(linkEntity, e.Stack, e.ID)
	r.value = extsort.AppendNewestFirst(r.value[:0], e.Updated)
	flag := byte(0)
	if e.ManagesStack {
		flag = 1
	}
	r.value = r.appendOrigin(extsort.AppendTexts(append(r.value, flag), e.Object, e.ARN, e.Creator, e.Updater, e.Type, e.Address, strconv.FormatInt(e.Drifted, 10)))
	r.add(r.links)
}

func (r *Resolver) newestEntity(key, value []byte) {
	var e Entity
	r.keyTexts(key, &e.Stack, &e.ID)
	e.ManagesStack = value[8] == 1
	var drifted string
	r.cutOrigin(r.texts(value[9:], &e.Object, &e.ARN, &e.Creator, &e.Updater, &e.Type, &e.Address, &drifted))
	e.Drifted, _ = strconv.ParseInt(drifted, 10, 64) // which this program wrote
	switch {
	case e.ManagesStack:
		r.managedStack(&e)
		return
	case e.Type != "":
		r.wantResource(&e)
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
