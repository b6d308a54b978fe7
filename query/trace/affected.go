package trace

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

var affectedTable = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)

// affectedList gathers what a run affected: its instances in order, so many at most, and the newest calls of each.
type affectedList struct {
	instances []Affected
	last      string // the instance of the row before
	more      int64
}

// affected returns what each of the runs affected, or whether and how it affected one instance.
func (a *asker) affected(ctx context.Context, runs []string, only string) (map[string]*affectedList, error) {
	resolved := column(affectedTable, "resolved_by")
	list := map[string]*affectedList{}
	err := a.dir.Rows(ctx, affectedTable, lookup.ByKey, runs, func(row graph.Row) error {
		if only != "" && row[1].Text != only {
			return nil
		}
		l := list[row[0].Text]
		if l == nil {
			l = new(affectedList)
			list[strings.Clone(row[0].Text)] = l
		}
		to := l.instance(row[1].Text, a.limit)
		if to == nil {
			return nil
		}
		if call, is := callOf(row); is {
			call.Carried = a.carried(affectedTable, row)
			to.call(call, a.limit)
		} else {
			to.Entity, to.ResolvedBy, to.Carried = true, strings.Clone(row[resolved].Text), a.carried(affectedTable, row)
		}
		return nil
	})
	return list, err
}

// callOf returns the API call that an edge is, and false where it is one of the list of entities.
func callOf(row graph.Row) (Call, bool) {
	text := func(name string) string { return strings.Clone(row[column(affectedTable, name)].Text) }
	if !row[column(affectedTable, "event_id")].Present {
		return Call{}, false
	}
	return Call{EventID: text("event_id"), Time: text("event_time"), Name: text("event_name"), Account: text("aws_account"), Region: text("aws_region"), Error: text("error_code"), ErrorMessage: text("error_message"), Basis: text("basis")}, true
}

// instance returns the entry of the instance that the next row is about, nil where there are enough.
func (l *affectedList) instance(id string, limit int) *Affected {
	if id != l.last {
		l.last = strings.Clone(id)
		if len(l.instances) == limit {
			l.more++
		} else {
			l.instances = append(l.instances, Affected{Instance: l.last, Calls: []Call{}})
		}
	}
	if l.more > 0 {
		return nil
	}
	return &l.instances[len(l.instances)-1]
}

// call adds one, and lets go of the oldest from time to time.
func (to *Affected) call(c Call, limit int) {
	to.Calls = append(to.Calls, c)
	if len(to.Calls) == 2*limit {
		to.newest(limit)
	}
}

// newest sorts the calls by time and keeps the last of them.
func (to *Affected) newest(limit int) {
	slices.SortFunc(to.Calls, compareCalls)
	if n := len(to.Calls) - limit; n > 0 {
		to.Calls = append(to.Calls[:0], to.Calls[n:]...)
		to.MoreCalls += int64(n)
	}
}

// compareCalls orders calls by time.
func compareCalls(a, b Call) int {
	return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.EventID, b.EventID))
}

// list returns the instances with their calls in order.
func (l *affectedList) list(limit int) []Affected {
	for i := range l.instances {
		l.instances[i].newest(limit)
	}
	return l.instances
}
