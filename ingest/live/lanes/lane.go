package lanes

import "slices"

// giveOld hands over the batch that begins with row first, and what was begun too long before it.
func (d *dealer) giveOld(first int64) error {
	for i := range d.lanes {
		if b := d.lanes[i].open; b != nil && (b.first == first || b.first < d.read-lag) {
			if err := d.give(i); err != nil {
				return err
			}
		}
	}
	if d.apart != nil && (d.apart.first == first || d.apart.first < d.read-lag) {
		return d.giveApart()
	}
	return nil
}

// give hands what a lane was filled with over to its worker, once that has room.
func (d *dealer) give(i int) error {
	l := &d.lanes[i]
	for len(l.given) == ahead {
		if err := d.await(); err != nil {
			return err
		}
	}
	b := l.open
	l.open = nil
	l.given = append(l.given, b)
	l.queue <- b
	return nil
}

// giveApart has the rows loaded that belong to no lane, while no lane is at work.
func (d *dealer) giveApart() error {
	if err := d.idle(); err != nil {
		return err
	}
	l := &d.lanes[0]
	l.given = append(l.given, d.apart)
	l.size += d.apart.size
	d.apart = nil
	l.queue <- l.given[0]
	return d.idle()
}

// drain hands over everything and waits until it is loaded.
func (d *dealer) drain() error {
	for i := range d.lanes {
		if d.lanes[i].open != nil {
			if err := d.give(i); err != nil {
				return err
			}
		}
	}
	if d.apart != nil {
		return d.giveApart()
	}
	return d.idle()
}

// finish ends the table.
func (d *dealer) finish() error {
	if err := d.drain(); err != nil {
		return err
	}
	return d.tell()
}

// idle waits until no lane is at work.
func (d *dealer) idle() error {
	for slices.ContainsFunc(d.lanes, func(l lane) bool { return len(l.given) > 0 }) {
		if err := d.await(); err != nil {
			return err
		}
	}
	return nil
}

// await waits for a batch to be loaded, and frees what it held.
func (d *dealer) await() error {
	var b *Batch
	select {
	case <-d.ctx.Done():
		return d.ctx.Err()
	case b = <-d.loaded:
	}
	l := &d.lanes[b.Lane]
	l.given = l.given[1:] // a lane loads in order
	d.size -= b.size
	d.lacks += b.Missing
	l.size -= b.size
	for _, e := range b.ends {
		if h := d.held[e]; h.rows > 1 {
			d.held[e] = hold{h.lane, h.rows - 1}
		} else {
			delete(d.held, e)
		}
	}
	return d.tell()
}

// tell says how many rows are loaded without a gap, where that is news.
func (d *dealer) tell() error {
	rows := d.read
	for _, l := range d.lanes {
		for _, b := range append(slices.Clip(l.given), l.open, d.apart) {
			if b != nil {
				rows = min(rows, b.first)
			}
		}
	}
	if rows <= d.reported {
		return nil
	}
	missing := d.lacks
	d.reported, d.lacks = rows, 0
	return d.done(rows, missing)
}
