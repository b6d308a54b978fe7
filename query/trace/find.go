package trace

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/query/lookup"
)

// NotFoundError says that a directory has nothing by an id.
type NotFoundError struct {
	Incomplete []dataset.Scope // the scopes that may hide it

	id, dir  string
	looked   []Kind
	manifest *dataset.Manifest
	alike    []candidate // ids that begin as it does
}

// Error implements error.
func (e *NotFoundError) Error() string {
	if len(e.alike) > 0 {
		var names []string
		for _, c := range e.alike[:min(len(e.alike), mostAlike)] {
			names = append(names, string(c.kind)+" "+show(c.id))
		}
		more := ""
		if len(e.alike) > mostAlike {
			more = ", …"
		}
		return fmt.Sprintf("%s begins several ids: %s%s; give more of one", show(e.id), strings.Join(names, ", "), more)
	}
	var names []string
	for _, k := range e.looked {
		names = append(names, string(k))
	}
	last := len(names) - 1
	either := names[last]
	if last > 0 {
		either = strings.Join(names[:last], ", ") + " or " + either
	}
	text := fmt.Sprintf("%s has no %s %q; it holds what was known at %s (update tag %d)", e.dir, either, e.id, minute(e.manifest.Started), e.manifest.UpdateTag)
	if e.looked[0] == KindInstance {
		text += "; an instance is in it when a run is known to have affected it, or a worker to run on it"
	}
	return text
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// mostAlike is how many candidates for a prefix are named, at most.
const mostAlike = 8

// find returns what the id names, of each kind at most one.
func (a *asker) find(ctx context.Context, q Question) ([]Subject, error) {
	looked, err := q.wanted()
	if err != nil {
		return nil, err
	}
	none := &NotFoundError{Incomplete: a.dir.Manifest().Incomplete(), id: q.ID, dir: a.dir.Path(), manifest: a.dir.Manifest()}
	for _, k := range looked {
		none.looked = append(none.looked, k.name)
	}
	for _, name := range nameless {
		if q.Kind == name || q.Kind == "" && !whole.MatchString(strings.ToLower(q.ID)) {
			none.looked = append(none.looked, name)
		}
	}
	var found []Subject
	for _, k := range looked {
		keys := a.keys(k, q.ID)
		there, err := a.nodes(ctx, k.label, keys)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(keys, func(key string) bool { return there[key].row != nil }); i >= 0 {
			found = append(found, Subject{Kind: k.name, ID: keys[i], Runs: []Run{}})
		}
	}
	if found != nil {
		return found, nil
	}
	if found, err = a.byName(ctx, q, false); err != nil || found != nil {
		return found, err
	}
	if found, err = a.byPrefix(ctx, q, looked, none); err != nil || found != nil {
		return found, err
	}
	if len(none.alike) > 0 {
		return nil, none
	}
	if found, err = a.byName(ctx, q, true); err != nil || found != nil {
		return found, err
	}
	return nil, none
}

// byName returns the things with a name, of the kind that is wanted.
func (a *asker) byName(ctx context.Context, q Question, large bool) ([]Subject, error) {
	list, err := a.named(ctx, withoutSource(q.ID), large)
	list = slices.DeleteFunc(list, func(s Subject) bool { return q.Kind != "" && q.Kind != s.Kind })
	if len(list) == 0 {
		return nil, err
	}
	return list, err
}

// byPrefix returns what alone begins with the id, and else notes what begins so.
func (a *asker) byPrefix(ctx context.Context, q Question, looked []kind, none *NotFoundError) ([]Subject, error) {
	for _, k := range looked {
		list, err := a.begun(ctx, k, a.keys(k, q.ID))
		if err != nil {
			return nil, err
		}
		none.alike = append(none.alike, list...)
	}
	// A person is a user and, with the same login, one of GitHub: one candidate.
	ids := map[string]bool{}
	for _, c := range none.alike {
		ids[strings.ToLower(c.id)] = true
	}
	if len(ids) != 1 {
		if len(ids) > 1 {
			none.Incomplete = nil
		}
		return nil, nil
	}
	var found []Subject
	for _, c := range none.alike {
		found = append(found, Subject{Kind: c.kind, ID: c.id, Runs: []Run{}})
	}
	return found, nil
}

// keys returns those that the id may stand for, the likeliest first: where ids are qualified, with the account's name before it.
func (a *asker) keys(k kind, id string) []string {
	keys := k.keys(id)
	m := a.dir.Manifest()
	if !m.QualifiedIDs || len(m.Accounts) == 0 || !graph.NodeTable(k.label).Node.Local {
		return keys
	}
	prefix := graph.AccountPrefix(m.Accounts[0])
	bare, _ := strings.CutPrefix(id, prefix)
	var list []string
	for _, key := range k.keys(bare) {
		list = append(list, prefix+key)
	}
	return append(list, keys...)
}

// begun returns ids of a kind that begin as an id does, with an account's prefix where ids are qualified.
func (a *asker) begun(ctx context.Context, k kind, keys []string) ([]candidate, error) {
	var list []candidate
	for _, key := range unique(slices.Clone(keys)) {
		ids, err := a.dir.Keys(ctx, graph.NodeTable(k.label), key, mostAlike+1)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if c := (candidate{k.name, id}); !slices.Contains(list, c) {
				list = append(list, c)
			}
		}
	}
	return list, nil
}

// candidate is what an id may be the beginning of.
type candidate struct {
	kind Kind
	id   string
}

// Search returns what has an id, or else what begins with it: at most so many of each kind.
func Search(ctx context.Context, d *lookup.Dir, id string, most int) ([]Subject, error) {
	q := Question{ID: id, Limit: 1}.normal()
	looked, err := q.wanted()
	if err != nil {
		return nil, err
	}
	a := &asker{dir: d, limit: 1}
	var list []Subject
	for _, k := range looked {
		for _, key := range unique(a.keys(k, q.ID)) {
			ids, err := d.Keys(ctx, graph.NodeTable(k.label), key, most)
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				if !slices.ContainsFunc(list, func(s Subject) bool { return s.Kind == k.name && s.ID == id }) {
					list = append(list, Subject{Kind: k.name, ID: id})
				}
			}
		}
	}
	return list, nil
}
