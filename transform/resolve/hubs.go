package resolve

import (
	"cmp"

	"liftgraph/graph"
)

// The hubs pass: within a run or a commit, its own fragments come before what refers to it.
const (
	hubNode      = iota
	hubSession   // run: whether a session is another account's, and its stack; only where stubs are asked for
	hubTriggered // run: the user
	hubAffected  // run: an instance, and how its id was found
	hubCalled    // run: an instance, and the API call: event, time, name, account, region, error code
	hubTargeted  // run: an audit event that is about it
	hubPushed    // commit: the author's GitHub login
	hubConfirmed // commit: the user
	hubFirstRun  // commit: a run, and who triggered it, if anybody; the first run sorts first
)

func (r *Resolver) addHub(tag byte, id string, what byte, more ...string) error {
	r.key = appendKey(r.key[:0], tag, id)
	r.value = appendTexts(append(r.value[:0], what), more...)
	return r.hubs.Add(r.key, r.value)
}

var (
	triggered = graph.RelationshipTable(graph.SpaceliftUser, graph.Triggered, graph.SpaceliftRun)
	confirmed = graph.RelationshipTable(graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser)
	pushed    = graph.RelationshipTable(graph.GitHubUser, graph.Pushed, graph.SpaceliftGitCommit)
	generated = graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
)

// hub is the run or commit at hand.
type hub struct {
	id        string
	exists    bool
	confirmed bool // a user confirmed the commit, or its first run was seen
	trigger   string
	foreign   bool   // a session says that the run is another account's
	stack     string // of the run, by a session
}

// passHubs writes the runs and commits, and adds the edges that hold.
func (r *Resolver) passHubs(sink graph.Sink) error {
	out := tableWriter{r: r, sink: sink}
	labels := map[byte]graph.Label{}
	for label, tag := range hubTags {
		labels[tag] = label
	}
	var last []byte
	var h hub
	err := r.scan(r.hubs, func(key, value []byte) error {
		if string(key) != string(last) {
			last = append(last[:0], key...)
			var id [1]string
			if err := keyTexts(key, id[:]); err != nil {
				return err
			}
			if err := out.flush(); err != nil {
				return err
			}
			h = hub{id: id[0]}
		}
		if value[0] == hubNode {
			if !h.exists {
				h.exists = true
				if err := out.begin(graph.NodeTable(labels[key[0]])); err != nil {
					return err
				}
			}
			return out.fragment(value[1:])
		}
		if key[0] == hubTags[graph.SpaceliftRun] {
			return r.referToRun(&h, &out, value)
		}
		return r.referToCommit(&h, value)
	})
	if err != nil {
		return out.abort(err)
	}
	return out.close()
}

// Where a run's row says who triggered it, known only once identities are, and its stack.
var (
	triggeredByColumn = graph.Column(graph.SpaceliftRun, "triggered_by_user_id")
	stackColumn       = graph.Column(graph.SpaceliftRun, "stack_id")
)

func (r *Resolver) referToRun(h *hub, out *tableWriter, value []byte) error {
	var first string
	rest, err := texts(value[1:], &first)
	if err != nil {
		return err
	}
	switch value[0] {
	case hubAffected:
		return r.affected(h, first, rest)
	case hubCalled:
		return r.called(h, out, first, rest)
	case hubTargeted:
		if !h.exists {
			return r.RejectEdge(unknown[graph.SpaceliftRun], graph.Targeted, first, h.id)
		}
		return r.Edge(targeted[graph.SpaceliftRun], first, h.id)
	case hubSession:
		h.foreign = h.foreign || first != ""
		var stack string
		_, err := texts(rest, &stack)
		h.stack = cmp.Or(h.stack, stack)
		return err
	}
	if h.trigger != "" { // a run that came twice
		return nil
	}
	h.trigger = first
	out.set(triggeredByColumn, graph.Text(first))
	return r.Edge(triggered, first, h.id)
}

func (r *Resolver) referToCommit(h *hub, value []byte) error {
	if value[0] == hubPushed {
		var author string
		if _, err := texts(value[1:], &author); err != nil {
			return err
		}
		if err := r.stub(graph.GitHubUser, graph.Text(author)); err != nil {
			return err
		}
		return r.Edge(pushed, author, h.id)
	}
	var run, user string
	if value[0] == hubConfirmed {
		h.confirmed = true
		if _, err := texts(value[1:], &user); err != nil {
			return err
		}
		return r.Edge(confirmed, h.id, user, graph.Text(graph.ByConfirmation))
	}
	if h.confirmed {
		return nil
	}
	h.confirmed = true
	if _, err := texts(value[1:], &run, &user); err != nil || user == "" {
		return err
	}
	return r.Edge(confirmed, h.id, user, graph.Text(graph.ByTrigger))
}
