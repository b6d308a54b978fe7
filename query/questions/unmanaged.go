package questions

import (
	"strconv"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// unmanaged answers the second question: the calls by instance, which are sorted on disk.
func unmanaged(a *asker, t *Answer) (err error) {
	t.Columns = []string{"instance", "aws_account", "aws_region", "runs", "last_call"}
	s := extsort.New(extsort.Config{Dir: a.temp, Stop: a.ctx.Err})
	var key, value []byte
	err = a.all(affected, func(c cells) error {
		key = append(append(append(key[:0], c.row[1].Text...), 0), c.row[0].Text...)
		value = graph.AppendRow(value[:0], c.row, affected.Columns)
		return s.Add(key, value)
	})
	if err != nil {
		_ = s.Close()
		return err
	}
	it, err := s.Sort()
	if err != nil {
		return err
	}
	var group instance
	row := make(graph.Row, len(affected.Columns))
	for err == nil && it.Next() {
		if err = graph.DecodeRow(row, it.Value()); err == nil {
			if id := row[1].Text; id != group.id {
				group.write(t)
				group = instance{id: strings.Clone(id), calls: map[[2]string]*touched{}}
			}
			group.take(cells{affected, row})
		}
	}
	group.write(t)
	if err == nil {
		err = it.Err()
	}
	if closed := it.Close(); err == nil {
		err = closed
	}
	return err
}

// instance is what is known of one in the order of runs.
type instance struct {
	id      string
	managed bool
	calls   map[[2]string]*touched // by account and region
}

type touched struct {
	runs      int
	run, last string
}

func (g *instance) take(c cells) {
	g.managed = g.managed || c.value("resolved_by").Present || c.text("event_name") == "TerminateInstances"
	if !c.value("event_id").Present {
		return
	}
	place := [2]string{strings.Clone(c.text("aws_account")), strings.Clone(c.text("aws_region"))}
	p := g.calls[place]
	if p == nil {
		p = &touched{}
		g.calls[place] = p
	}
	if run := c.row[0].Text; run != p.run {
		p.runs++
		p.run = strings.Clone(run)
	}
	p.last = max(p.last, moment(c.text("event_time")))
}

func (g *instance) write(t *Answer) {
	if g.managed {
		return
	}
	for place, p := range g.calls {
		t.add(g.id, place[0], place[1], strconv.Itoa(p.runs), p.last)
	}
}
