// Package lanes deals the rows of a table to workers so that no two batches that are written at the same time share an end.
package lanes

import (
	"context"
	"iter"

	"golang.org/x/sync/errgroup"

	"liftgraph/graph"
)

// Job is the rows of a table to load.
type Job struct {
	Table   *graph.Table
	Rows    iter.Seq2[graph.Row, error]
	From    int64 // how many of the first rows are loaded already
	Workers int
	Limits  Limits // of a batch
}

// Deal reads the rows of a job and lets workers load them, batch by batch. No two batches
// that are loaded at the same time share an end: a transaction that writes a relationship locks its ends until it
// commits, and two that wait for each other's are a deadlock. So the relationships of a node that has very many are
// loaded one batch after the other.
//
// load is called by the workers; done by one of them at a time, each time the number of rows grew that are loaded
// without a gap: with that number, counted from the table's first, and how many of the batches' rows were missing an end since it was
// called last. With one worker these are of the same rows. What is kept in memory doesn't grow with the table.
func Deal(ctx context.Context, j Job, load func(context.Context, *Batch) error, done func(rows, missing int64) error) error {
	g, ctx := errgroup.WithContext(ctx)
	d := newDealer(ctx, j, done)
	d.reported = j.From
	for i := range d.lanes {
		queue := make(chan *Batch, ahead)
		d.lanes[i].queue = queue
		g.Go(func() error {
			for b := range queue {
				if err := load(ctx, b); err != nil {
					return err
				}
				d.loaded <- b // it has room for all that is given
			}
			return nil
		})
	}
	g.Go(func() error {
		defer d.close()
		for row, err := range j.Rows {
			if err != nil {
				return err
			}
			if d.read < j.From {
				d.read++
				continue
			}
			list, size := Columns(j.Table, row)
			if err := d.deal(list, size, endsOf(j.Table, list)); err != nil {
				return err
			}
		}
		return d.finish()
	})
	return g.Wait()
}

// dealer sends each row to the lane that holds an end of it, or else to the one that has least to do. It is used by one goroutine.
type dealer struct {
	ctx      context.Context
	done     func(rows, missing int64) error
	lanes    []lane
	held     map[end]hold // ends of the rows that lanes have
	apart    *Batch       // rows whose ends two lanes hold: loaded when no lane is at work
	size     int          // of all rows that are read and not loaded
	limits   Limits       // of a batch
	budget   int          // what size may be: only very large rows come near it
	read     int64        // rows
	reported int64        // what done was last called with
	lacks    int64        // rows without an end that it was not called with
	loaded   chan *Batch
}

// lane is the batches of one worker, which it loads one after the other.
type lane struct {
	open  *Batch   // being filled
	given []*Batch // to the worker, and not loaded yet
	queue chan<- *Batch
	size  int // of all its batches
}

// hold is the lane that has an end, and the number of its rows there.
type hold struct{ lane, rows int }

const (
	ahead = 2       // batches that a worker has been given: one waits until the other is loaded
	lag   = 100_000 // rows: a batch that was begun so many rows ago is loaded as it is, so that what is done in whole grows
)

func newDealer(ctx context.Context, j Job, done func(rows, missing int64) error) *dealer {
	return &dealer{ctx: ctx, done: done, lanes: make([]lane, j.Workers), held: map[end]hold{}, limits: j.Limits, budget: (j.Workers*(ahead+1) + 2) * j.Limits.Size, loaded: make(chan *Batch, j.Workers*ahead)}
}

func (d *dealer) close() {
	for _, l := range d.lanes {
		close(l.queue)
	}
}

// deal takes the next row.
func (d *dealer) deal(list []any, size int, ends []end) error {
	for d.size > 0 && d.size+size > d.budget {
		if err := d.drain(); err != nil {
			return err
		}
	}
	to, one := d.laneOf(ends)
	b := &d.apart
	if one {
		b = &d.lanes[to].open
	}
	if *b == nil {
		*b = &Batch{first: d.read, Lane: to}
	}
	(*b).Rows = append((*b).Rows, list)
	(*b).size += size
	d.size += size
	d.read++
	if one {
		d.lanes[to].size += size
		(*b).ends = append((*b).ends, ends...)
		for _, e := range ends {
			d.held[e] = hold{to, d.held[e].rows + 1}
		}
	}
	if !(*b).full(d.limits) {
		return nil
	}
	return d.giveOld((*b).first)
}

// laneOf returns the lane that a row of these ends belongs to; not ok where two hold one each.
func (d *dealer) laneOf(ends []end) (to int, ok bool) {
	found := false
	for _, e := range ends {
		h, held := d.held[e]
		if held && found && h.lane != to {
			return 0, false
		}
		if held {
			to, found = h.lane, true
		}
	}
	for i := range d.lanes {
		if !found && d.lanes[i].size < d.lanes[to].size {
			to = i
		}
	}
	return to, true
}
