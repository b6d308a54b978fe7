package resolve

import (
	"cmp"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// The hubs pass: within a run or a commit, its own fragments come before what refers to it.
const (
	hubNode      = iota
	hubSession   // run: whether a session is another account's, and its stack; only where stubs are asked for
	hubTriggered // run: the user
	hubAffected  // run: an instance, and how its id was found
	hubCalled    // run: an instance, and the API call: event, time, name, account, region, error code
	hubTargeted  // run: an audit event that is about it
	hubDepends   // run: another one that waited for it
	hubPushed    // commit: the author's GitHub login
	hubConfirmed // commit: the user
	hubFirstRun  // commit: a run, and who triggered it, if any; the first run sorts first
	hubTouched   // run: a resource, and what an event or an entity says that the run did to it
)

// addHub adds a fragment that refers to a run or a commit.
func (r *Resolver) addHub(tag byte, id string, what byte, more ...string) {
	r.begin(tag, id)
	r.value = r.appendOrigin(extsort.AppendTexts(append(r.value[:0], what), more...))
	r.add(r.hubs)
}

type confirmedProperties struct{ Basis graph.Value }

var (
	dependsOn = EdgesOf[none](graph.SpaceliftRun, graph.DependsOn, graph.SpaceliftRun)
	triggered = EdgesOf[none](graph.SpaceliftUser, graph.Triggered, graph.SpaceliftRun)
	confirmed = EdgesOf[confirmedProperties](graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser)
	pushed    = EdgesOf[none](graph.GitHubUser, graph.Pushed, graph.SpaceliftGitCommit)
)

// DependsOn says that a run waited for another.
func (r *Resolver) DependsOn(run, on string) { r.addHub('r', on, hubDepends, run) }

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
			if err := out.flush(); err != nil {
				return err
			}
			h = hub{}
			r.keyTexts(key, &h.id)
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
		r.referToCommit(&h, value)
		return nil
	})
	if err != nil {
		return out.abort(err)
	}
	return out.close()
}

// triggeredByColumn is where a run's row says who triggered it, known only once identities are.
var triggeredByColumn = graph.Column(graph.SpaceliftRun, "triggered_by_user_id")

func (r *Resolver) referToRun(h *hub, out *tableWriter, value []byte) error {
	if value[0] == hubTouched {
		return r.touchedBy(h, out, value)
	}
	var first string
	rest := r.texts(value[1:], &first)
	switch value[0] {
	case hubAffected:
		r.affected(h, first, rest)
	case hubCalled:
		return r.called(h, out, first, rest)
	case hubTargeted:
		r.cutOrigin(rest)
		if h.exists {
			targeted[graph.SpaceliftRun].Add(r, first, h.id, none{})
		} else {
			r.RejectEdge(unknownRun, graph.Targeted, first, h.id)
		}
	case hubDepends:
		r.cutOrigin(rest)
		if h.exists {
			dependsOn.Add(r, first, h.id, none{})
		} else {
			r.RejectEdge(unknownRun, graph.DependsOn, first, h.id)
		}
	case hubSession:
		h.foreign = h.foreign || first != ""
		var stack string
		r.texts(rest, &stack)
		h.stack = cmp.Or(h.stack, stack)
	case hubTriggered:
		if h.trigger != "" { // a run that came twice
			break
		}
		h.trigger = first
		out.set(triggeredByColumn, graph.Text(first))
		triggered.Add(r, first, h.id, none{})
	default:
		return damaged("of a run: %d", value[0])
	}
	return nil
}

func (r *Resolver) referToCommit(h *hub, value []byte) {
	var run, user, author string
	switch value[0] {
	case hubPushed:
		r.texts(value[1:], &author)
		gitHubUsers.stub(r, gitHubUser{graph.Text(author)})
		pushed.Add(r, author, h.id, none{})
	case hubConfirmed:
		h.confirmed = true
		r.texts(value[1:], &user)
		confirmed.Add(r, h.id, user, confirmedProperties{Basis: graph.Text(graph.ByConfirmation)})
	case hubFirstRun:
		r.texts(value[1:], &run, &user)
		if !h.confirmed && user != "" {
			confirmed.Add(r, h.id, user, confirmedProperties{Basis: graph.Text(graph.ByTrigger)})
		}
		h.confirmed = true
	default:
		r.fail(damaged("of a commit: %d", value[0]))
	}
}
