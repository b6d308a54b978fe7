package trace

import (
	"context"
	"slices"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

// What is known of things by their ids. Each id has an entry, although with nothing but the id where no node is.

func (a *asker) users(ctx context.Context, ids []string) (map[string]*User, error) {
	nodes, err := a.nodes(ctx, graph.SpaceliftUser, ids)
	list := map[string]*User{}
	for _, id := range ids {
		n := nodes[id]
		list[id] = &User{ID: id, Username: n.text("username"), Name: n.text("name"), Email: n.text("email"), Type: n.text("user_type"), Carried: n.carried}
	}
	return list, err
}

func (a *asker) commits(ctx context.Context, ids []string) (map[string]*Commit, error) {
	nodes, err := a.nodes(ctx, graph.SpaceliftGitCommit, ids)
	if err != nil {
		return nil, err
	}
	pushed, err := a.links(ctx, graph.GitHubUser, graph.Pushed, graph.SpaceliftGitCommit, lookup.ByEnd, ids)
	if err != nil {
		return nil, err
	}
	confirmed, err := a.links(ctx, graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser, lookup.ByKey, ids)
	if err != nil {
		return nil, err
	}
	users, err := a.users(ctx, targets(confirmed))
	list := map[string]*Commit{}
	for _, id := range ids {
		n := nodes[id]
		list[id] = &Commit{
			SHA: id, Message: n.text("message"), Timestamp: n.text("timestamp"), URL: n.text("url"),
			AuthorLogin: n.text("author_login"), AuthorName: n.text("author_name"),
			PushedBy: slices.Concat([]string{}, pushed[id]), ConfirmedBy: pick(confirmed[id], users), Carried: n.carried,
		}
	}
	return list, err
}

func (a *asker) workers(ctx context.Context, ids []string) (map[string]*Worker, error) {
	nodes, err := a.nodes(ctx, graph.SpaceliftWorker, ids)
	if err != nil {
		return nil, err
	}
	hosts, err := a.links(ctx, graph.SpaceliftWorker, graph.RunsOn, graph.EC2Instance, lookup.ByKey, ids)
	if err != nil {
		return nil, err
	}
	poolOf, err := a.links(ctx, graph.SpaceliftWorkerPool, graph.Contains, graph.SpaceliftWorker, lookup.ByEnd, ids)
	if err != nil {
		return nil, err
	}
	pools, err := a.nodes(ctx, graph.SpaceliftWorkerPool, targets(poolOf))
	list := map[string]*Worker{}
	for _, id := range ids {
		w := &Worker{ID: id, Status: nodes[id].text("status"), Hosts: slices.Concat([]string{}, hosts[id]), Carried: nodes[id].carried}
		if pool := first(poolOf[id]); pool != "" {
			w.Pool = &Pool{ID: pool, Name: pools[pool].text("name"), Type: pools[pool].text("pool_type"), Carried: pools[pool].carried}
		}
		list[id] = w
	}
	return list, err
}

func (a *asker) stacks(ctx context.Context, ids []string) (map[string]*Stack, error) {
	nodes, err := a.nodes(ctx, graph.SpaceliftStack, ids)
	if err != nil {
		return nil, err
	}
	spaceOf, err := a.links(ctx, graph.SpaceliftSpace, graph.Contains, graph.SpaceliftStack, lookup.ByEnd, ids)
	if err != nil {
		return nil, err
	}
	paths, err := a.paths(ctx, targets(spaceOf))
	list := map[string]*Stack{}
	for _, id := range ids {
		n := nodes[id]
		list[id] = &Stack{ID: id, Name: n.text("name"), Repository: n.text("repository"), Space: slices.Concat([]Space{}, paths[first(spaceOf[id])]), Carried: n.carried}
	}
	return list, err
}

// paths returns for each space those that it lies in, from the root to itself.
func (a *asker) paths(ctx context.Context, ids []string) (map[string][]Space, error) {
	parent := map[string]string{} // of every space on a path
	for level := ids; len(level) > 0; {
		above, err := a.links(ctx, graph.SpaceliftSpace, graph.Contains, graph.SpaceliftSpace, lookup.ByEnd, level)
		if err != nil {
			return nil, err
		}
		for _, id := range level {
			parent[id] = first(above[id])
		}
		level = slices.DeleteFunc(targets(above), func(id string) bool { _, known := parent[id]; return known })
	}
	all := make([]string, 0, len(parent))
	for id := range parent {
		all = append(all, id)
	}
	nodes, err := a.nodes(ctx, graph.SpaceliftSpace, all)
	list := map[string][]Space{}
	for _, id := range ids {
		var up []Space
		for at := id; at != "" && len(up) < len(parent); at = parent[at] {
			up = append(up, Space{ID: at, Name: nodes[at].text("name"), Carried: nodes[at].carried})
		}
		slices.Reverse(up)
		list[id] = up
	}
	return list, err
}
