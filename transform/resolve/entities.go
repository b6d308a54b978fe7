package resolve

import (
	"strings"

	"liftgraph/graph"
)

// Entity is a managed resource that may be an instance, or a stack that another one manages.
type Entity struct {
	Stack, ID        string
	Updated          int64  // Unix seconds
	Object, ARN      string // maybe sanitized
	Creator, Updater string // run ids, maybe empty
	ManagesStack     bool   // Object is the slug of a stack
}

// Entity adds a managed resource.
func (r *Resolver) Entity(e *Entity) error {
	r.key = appendKey(r.key[:0], linkEntity, e.Stack, e.ID)
	r.value = appendNewestFirst(r.value[:0], e.Updated)
	flag := byte(0)
	if e.ManagesStack {
		flag = 1
	}
	r.value = appendTexts(append(r.value, flag), e.Object, e.ARN, e.Creator, e.Updater)
	return r.links.Add(r.key, r.value)
}

func (r *Resolver) newestEntity(key, value []byte) error {
	var e Entity
	var id [2]string
	if err := keyTexts(key, id[:]); err != nil {
		return err
	}
	e.Stack, e.ID = id[0], id[1]
	e.ManagesStack = value[8] == 1
	if _, err := texts(value[9:], &e.Object, &e.ARN, &e.Creator, &e.Updater); err != nil {
		return err
	}
	if e.ManagesStack {
		return r.managedStack(&e)
	}
	if IsInstanceID(e.Object) {
		return r.affect(&e, e.Object, "plain")
	}
	if i := strings.LastIndex(e.ARN, ":instance/"); i >= 0 && IsInstanceID(e.ARN[i+len(":instance/"):]) {
		return r.affect(&e, e.ARN[i+len(":instance/"):], "plain")
	}
	return r.addDigest(&e)
}

var stackContainsStack = graph.RelationshipTable(graph.SpaceliftStack, graph.Contains, graph.SpaceliftStack)

// managedStack finds the stack that an entity stands for; all slugs are in memory.
func (r *Resolver) managedStack(e *Entity) error {
	if _, ok := r.stacks[e.Object]; ok {
		return r.Edge(stackContainsStack, e.Stack, e.Object)
	}
	switch slugs := r.slugs()[e.Object]; {
	case len(slugs) == 1:
		r.sanitized.Resolved++
		return r.Edge(stackContainsStack, e.Stack, slugs[0])
	case len(slugs) > 1:
		r.sanitized.Ambiguous++
		r.edges.Filtered["sanitized_id_ambiguous"]++
	case IsDigest(e.Object):
		r.sanitized.Unresolved++
		r.edges.Filtered["sanitized_id_unresolved"]++
	default:
		return r.RejectEdge(unknown[graph.SpaceliftStack], graph.Contains, e.Stack, e.Object)
	}
	r.edges.In++
	return nil
}

// slugs gives the known slugs by their digests.
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
