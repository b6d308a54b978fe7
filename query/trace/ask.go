package trace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/query/lookup"
)

// asker answers a question.
type asker struct {
	dir   *lookup.Dir
	limit int
}

// Ask answers a question from a directory of CSV or Parquet that emit published. An id that isn't in it is a
// [NotFoundError], a question that makes no sense a [UsageError].
func Ask(ctx context.Context, path string, q Question) (*Answer, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	d, err := lookup.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	answer, err := AskDir(ctx, d, q)
	return answer, errors.Join(err, d.Close())
}

// AskDir is [Ask] for a directory that is open.
func AskDir(ctx context.Context, d *lookup.Dir, q Question) (*Answer, error) {
	asked := q.ID
	q = q.normal()
	a := &asker{dir: d, limit: q.Limit}
	m := d.Manifest()
	answer := &Answer{Asked: asked, Directory: d.Path(), Accounts: slices.Concat([]string{}, m.Accounts), UpdateTag: m.UpdateTag, Notes: []string{},
		AsOf: m.Started, Version: m.Version, ManifestSHA256: d.ManifestSHA256()}
	if !d.Indexed() && !d.Lake() {
		answer.Notes = append(answer.Notes, fmt.Sprintf("%s has no indexes, as version %s of liftgraph wrote it: its tables were read in full; emit it again to be faster", d.Path(), m.Version))
	}
	for _, c := range m.CarriedOver {
		answer.Notes = append(answer.Notes, carriedOver(c))
	}
	var err error
	if answer.Answers, err = a.find(ctx, q); err != nil {
		return nil, err
	}
	for i := range answer.Answers {
		s := &answer.Answers[i]
		if err := a.fill(ctx, s); err != nil {
			return nil, err
		}
		if err := a.timeline(ctx, s); err != nil {
			return nil, err
		}
		s.Unknown = a.unknown(s)
	}
	answer.Incomplete = hiding(m.Incomplete(), answer.Answers)
	return answer, nil
}

// fill adds what is known of a subject.
func (a *asker) fill(ctx context.Context, s *Subject) error {
	switch s.Kind {
	case KindInstance:
		return a.instance(ctx, s)
	case KindRun:
		return a.runs(ctx, s, []string{s.ID}, "")
	case KindCommit:
		return a.commit(ctx, s)
	case KindUser:
		return a.user(ctx, s)
	case KindGitHub:
		return a.gitHubUser(ctx, s)
	case KindStack:
		return a.stack(ctx, s)
	case KindWorker:
		return a.worker(ctx, s)
	case KindResource:
		return a.resource(ctx, s)
	case KindRole:
		return a.role(ctx, s)
	case KindEvent, KindAddress:
		return nil // its timeline is all
	default:
		return a.space(ctx, s)
	}
}

func (a *asker) instance(ctx context.Context, s *Subject) error {
	var hosted []string
	var err error
	if hosted, s.MoreHosted, err = a.others(ctx, graph.SpaceliftWorker, graph.RunsOn, graph.EC2Instance, lookup.ByEnd, s.ID); err != nil {
		return err
	}
	workers, err := a.workers(ctx, hosted)
	if err != nil {
		return err
	}
	s.Hosted = pick(hosted, workers)
	if err := a.changes(ctx, s, graph.EC2Instance); err != nil {
		return err
	}
	return a.runsOf(ctx, s, graph.SpaceliftRun, graph.Affected, graph.EC2Instance, lookup.ByEnd)
}

func (a *asker) commit(ctx context.Context, s *Subject) error {
	list, err := a.commits(ctx, []string{s.ID})
	if err != nil {
		return err
	}
	s.Commit = list[s.ID]
	return a.runsOf(ctx, s, graph.SpaceliftGitCommit, graph.Committed, graph.SpaceliftRun, lookup.ByKey)
}

func (a *asker) stack(ctx context.Context, s *Subject) error {
	list, err := a.stacks(ctx, []string{s.ID})
	if err != nil {
		return err
	}
	s.Stack = list[s.ID]
	return a.runsOf(ctx, s, graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun, lookup.ByKey)
}

func (a *asker) worker(ctx context.Context, s *Subject) error {
	list, err := a.workers(ctx, []string{s.ID})
	if err != nil {
		return err
	}
	s.Worker = list[s.ID]
	return a.runsOf(ctx, s, graph.SpaceliftWorker, graph.Executed, graph.SpaceliftRun, lookup.ByKey)
}

func (a *asker) user(ctx context.Context, s *Subject) error {
	list, err := a.users(ctx, []string{s.ID})
	if err != nil {
		return err
	}
	s.User = list[s.ID]
	if err := a.roles(ctx, s, lookup.ByKey); err != nil {
		return err
	}
	if err := a.newestCommits(ctx, s, graph.RelationshipTable(graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser), lookup.ByEnd); err != nil {
		return err
	}
	return a.runsOf(ctx, s, graph.SpaceliftUser, graph.Triggered, graph.SpaceliftRun, lookup.ByKey)
}

func (a *asker) gitHubUser(ctx context.Context, s *Subject) error {
	return a.newestCommits(ctx, s, graph.RelationshipTable(graph.GitHubUser, graph.Pushed, graph.SpaceliftGitCommit), lookup.ByKey)
}

func (a *asker) space(ctx context.Context, s *Subject) error {
	paths, err := a.paths(ctx, []string{s.ID})
	if err != nil {
		return err
	}
	s.Space = paths[s.ID]
	if s.Stacks, s.MoreStacks, err = a.others(ctx, graph.SpaceliftSpace, graph.Contains, graph.SpaceliftStack, lookup.ByKey, s.ID); err != nil {
		return err
	}
	slices.Reverse(s.Stacks) // names have no newest
	return a.roles(ctx, s, lookup.ByEnd)
}

// runsOf fills in the newest runs at the other ends of the subject's edges.
func (a *asker) runsOf(ctx context.Context, s *Subject, from graph.Label, typ string, to graph.Label, by lookup.By) error {
	ids, more, err := a.others(ctx, from, typ, to, by, s.ID)
	if err != nil {
		return err
	}
	s.MoreRuns = more
	only := ""
	if s.Kind == KindInstance {
		only = s.ID
	}
	return a.runs(ctx, s, ids, only)
}

func (a *asker) others(ctx context.Context, from graph.Label, typ string, to graph.Label, by lookup.By, id string) ([]string, int64, error) {
	return a.dir.Others(ctx, graph.RelationshipTable(from, typ, to), by, id, a.limit)
}

// accessScopes are those that only roles in spaces, and names, come from.
var accessScopes = []string{"managed_users", "user_groups", "api_keys", "roles"}

// hiding returns the scopes, of those that are incomplete, that may hide a part of the answers.
func hiding(scopes []dataset.Scope, subjects []Subject) []dataset.Scope {
	list := []dataset.Scope{}
	for _, scope := range scopes {
		if slices.ContainsFunc(subjects, func(s Subject) bool { return s.mayMiss(scope) }) {
			list = append(list, scope)
		}
	}
	return list
}

func (s *Subject) mayMiss(scope dataset.Scope) bool {
	switch {
	case slices.Contains(accessScopes, scope.Scope):
		return s.Kind == KindUser || s.Kind == KindSpace || s.Kind == KindRole
	case scope.Stack == "":
		return true
	case s.Kind == KindStack:
		return isStack(s.ID, scope.Stack)
	case s.Kind == KindRun && s.Runs[0].Stack != nil:
		return isStack(s.Runs[0].Stack.ID, scope.Stack)
	default:
		return true
	}
}

// isStack reports whether an id, which may be qualified, is that of a stack by its slug, which has no slash.
func isStack(id, slug string) bool { return id[strings.LastIndexByte(id, '/')+1:] == slug }
