package cloudtrail

import (
	"fmt"

	"liftgraph/internal/raw"
)

// carry delivers what the previous extraction has of an object.
func (x *extraction) carry(y raw.Yield) error {
	x.report.Ledger.In += y.Events
	x.report.Ledger.Out += y.Events
	return x.last.records(y, x.record)
}

// skip passes over what the previous extraction has of an object.
func (x *extraction) skip(y raw.Yield) error {
	return x.last.records(y, func(raw.Record) error { return nil })
}

// settle ends an object: with what the previous extraction has of it where it wasn't read again, or can't be, and with what
// the next extraction has to know of it.
func (x *extraction) settle(t *task, sc *scope) error {
	o := raw.Object{
		Source: t.source, Key: t.object.Key, Size: t.object.Size, ETag: t.object.ETag, Modified: t.object.Modified,
		Gave: t.gave, Again: t.err != nil || t.rejected,
	}
	o.Gave.Records = t.records
	o.Keys = t.keys.text()
	switch was := t.was; {
	case was == nil:
	case t.gone:
		return x.skip(was.Gave)
	case t.batches == nil: // it wasn't read
		if err := x.carry(was.Gave); err != nil {
			return err
		}
		sc.take(was)
		o = *was
	default:
		older := was.Kept
		if older == (raw.Yield{}) {
			older = was.Gave
		}
		if t.err == nil || t.records >= older.Records { // what was read is all, or no less than before
			if err := x.skip(was.Gave); err != nil {
				return err
			}
			break
		}
		if err := x.skip(was.Gave.Less(older)); err != nil {
			return err
		}
		if err := x.carry(older); err != nil {
			return err
		}
		o.Gave, o.Kept = o.Gave.Plus(older), older
		t.kept = true
	}
	if t.batches != nil {
		sc.add(t)
	}
	if x.cfg.Seen == nil {
		return nil
	}
	if err := x.cfg.Seen(&o); err != nil {
		return fmt.Errorf("which objects were read can't be kept: %w", err)
	}
	return nil
}

// record hands a record to the output.
func (x *extraction) record(r raw.Record) error {
	switch r := r.(type) {
	case *raw.APICall:
		x.learn(r.Session)
	case *raw.Grant:
		x.learn(r.Session)
	case *raw.ResourceEvent:
		x.learn(r.Session)
	}
	if err := x.out.Record(r); err != nil {
		return fmt.Errorf("an event can't be kept: %w", err)
	}
	return nil
}
