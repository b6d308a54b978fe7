package trace

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// NotFoundError says that a directory has nothing by an id.
type NotFoundError struct {
	Incomplete []dataset.Scope // the scopes that may hide it

	id, dir  string
	looked   []kind
	manifest *dataset.Manifest
	commits  []string // where the id begins the hashes of several
	alike    []string // ids that begin as it does
}

// Error implements error.
func (e *NotFoundError) Error() string {
	if len(e.commits) > 0 {
		return fmt.Sprintf("%s begins the hashes of several commits: %s; give more digits", e.id, strings.Join(e.commits, ", "))
	}
	var names []string
	for _, k := range e.looked {
		names = append(names, string(k.name))
	}
	last := len(names) - 1
	either := names[last]
	if last > 0 {
		either = strings.Join(names[:last], ", ") + " or " + either
	}
	text := fmt.Sprintf("%s has no %s %q; it holds what was known at %s (update tag %d)", e.dir, either, e.id, minute(e.manifest.Started), e.manifest.UpdateTag)
	if e.looked[0].name == KindInstance {
		text += "; an instance is in it when a run is known to have affected it, or a worker to run on it"
	}
	if len(e.alike) > 0 {
		text += "; did you mean " + strings.Join(e.alike, " or ") + "?"
	}
	return text
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// What a prefix is answered with, at most, of each kind.
const (
	mostCommits = 5
	mostAlike   = 2
)

// find gives what the id names, of each kind at most one.
func (a *asker) find(ctx context.Context, q Question) ([]Subject, error) {
	looked, err := q.wanted()
	if err != nil {
		return nil, err
	}
	none := &NotFoundError{Incomplete: a.dir.Manifest().Incomplete(), id: q.ID, dir: a.dir.Path(), looked: looked, manifest: a.dir.Manifest()}
	var found []Subject
	for _, k := range looked {
		keys := a.keys(k, q.ID)
		there, err := a.nodes(ctx, k.label, keys)
		if err != nil {
			return nil, err
		}
		var id string
		if i := slices.IndexFunc(keys, func(key string) bool { return there[key].row != nil }); i >= 0 {
			id = keys[i]
		} else if id, err = a.begun(ctx, k, keys[0], none); err != nil {
			return nil, err
		}
		if id != "" {
			found = append(found, Subject{Kind: k.name, ID: id, Runs: []Run{}})
		}
	}
	if found == nil {
		return nil, none
	}
	return found, nil
}

// keys gives those that the id may stand for, the likeliest first: where ids are qualified, with the account's name before it.
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

// begun gives the commit whose hash alone begins with an id, and else notes what begins so.
func (a *asker) begun(ctx context.Context, k kind, id string, none *NotFoundError) (string, error) {
	t := graph.NodeTable(k.label)
	if k.name == KindCommit {
		list, err := a.dir.Keys(ctx, t, id, mostCommits)
		if len(list) == 1 {
			return list[0], err
		}
		if none.commits = list; list != nil {
			none.Incomplete = nil
		}
		return "", err
	}
	if k.form != nil {
		return "", nil
	}
	list, err := a.dir.Keys(ctx, t, id, mostAlike)
	none.alike = append(none.alike, list...)
	return "", err
}
