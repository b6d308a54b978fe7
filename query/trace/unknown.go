package trace

import (
	"fmt"
	"slices"

	"liftgraph/graph"
)

// unknown says what the files can't tell of a subject.
func (a *asker) unknown(s *Subject) []string {
	list := []string{}
	read := map[string]bool{}
	for _, source := range a.dir.Manifest().Sources {
		read[source.Name] = true
	}
	for _, sc := range a.dir.Manifest().Scopes {
		read[sc.Scope] = true
	}
	calls := false
	for _, r := range s.Runs {
		for _, to := range r.Affected {
			calls = calls || len(to.Calls) > 0
		}
	}
	switch {
	case s.Kind != KindInstance && s.Kind != KindRun && s.Kind != KindResource:
	case read["cloudtrail"] || calls:
		list = append(list, a.byOthers(s))
	default:
		list = append(list, "no CloudTrail was read: API calls, by runs and by others, aren't known")
	}
	if !read["audittrail"] && !read["audit_trail"] && !slices.ContainsFunc(s.Timeline, func(e Event) bool { return e.Kind == AuditEvent }) {
		list = append(list, "no audit trail was read: changes of Spacelift itself aren't known")
	}
	return list
}

// byOthers says whether calls by others than Spacelift's sessions were read, and how many touched the subject.
func (a *asker) byOthers(s *Subject) string {
	var n int64
	for _, t := range s.Touched {
		if t.Run == "" {
			n += max(t.Events, 1)
		}
	}
	if n == 0 && a.dir.Empty(graph.NodeTable(graph.AWSActor)) {
		return "calls of Spacelift's sessions only: those by others weren't read"
	}
	return fmt.Sprintf("of calls by others than Spacelift's sessions only changes are known: %d touched this resource", n)
}
