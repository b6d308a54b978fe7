package cloudtrail

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"strings"

	"liftgraph/extract/cloudtrail/scan"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// Previous is a published extraction that the next one goes on from.
type Previous struct {
	Manifest *dataset.Manifest
	Records  func(kinds ...raw.Kind) iter.Seq2[raw.Record, error] // those of some kinds, kind by kind, as they were delivered
}

// Kinds returns the kinds of records that an extraction delivers.
func Kinds() []raw.Kind {
	return []raw.Kind{raw.KindObject, raw.KindAPICall, raw.KindGrant, raw.KindInstance, raw.KindResourceEvent, raw.KindActorKey, raw.KindCoverage}
}

// Settings says what decides which events are kept, and what of them: the next extraction can go on from one only if both
// have the same. Its number is that of what is kept of an event.
func (c *Config) Settings() string {
	roles := fmt.Sprint(c.FollowRoles)
	if c.holdsBack() {
		roles = "runs"
	}
	return fmt.Sprintf("1 read-only=%t failed=%t roles=%s all-instances=%t resources=%s changes=%s", c.IncludeReadOnly, c.IncludeFailed, roles, c.AllInstances,
		cmp.Or(c.Resources, ResourcesInstances), cmp.Or(c.Changes, ChangesNone))
}

// differs says why nothing of an extraction can be taken over.
func (c *Config) differs(m *dataset.Manifest) string {
	if was := m.Settings[scan.SourceName]; was != c.Settings() {
		return fmt.Sprintf("whose settings were others (%s)", was)
	}
	var were []string
	for _, s := range m.Sources {
		were = append(were, s.Endpoint)
	}
	for i, uri := range were {
		if i >= len(c.Sources) || c.Sources[i].URI != uri {
			return fmt.Sprintf("which read other places (%s)", strings.Join(were, ", "))
		}
	}
	return ""
}

// last returns what the previous extraction delivered, in its order. Its methods may be called on nil, which knows nothing.
type last struct {
	next   map[raw.Kind]func() (raw.Record, error, bool)
	stop   []func()
	object *raw.Object // the next one, if it was looked at
}

// errDamaged says that the previous extraction isn't what it was.
var errDamaged = errors.New("the records of the last extraction don't fit together: extract without --since")

func newLast(p *Previous) *last {
	l := &last{next: map[raw.Kind]func() (raw.Record, error, bool){}}
	for _, kind := range Kinds() {
		next, stop := iter.Pull2(p.Records(kind))
		l.next[kind] = next
		l.stop = append(l.stop, stop)
	}
	return l
}

func (l *last) close() {
	if l != nil {
		for _, stop := range l.stop {
			stop()
		}
	}
}

// peek returns the next object of a source, nil after the last one. It is the lister's.
func (l *last) peek(source int) (*raw.Object, error) {
	if l == nil {
		return nil, nil
	}
	if l.object == nil {
		r, err, more := l.next[raw.KindObject]()
		if err != nil || !more {
			return nil, err
		}
		l.object = r.(*raw.Object)
	}
	if l.object.Source != source {
		return nil, nil
	}
	return l.object, nil
}

// pop passes over the object that peek gave.
func (l *last) pop() { l.object = nil }

// records hands as many records of each kind to take as an object gave.
func (l *last) records(y raw.Yield, take func(raw.Record) error) error {
	for _, k := range []struct {
		kind raw.Kind
		n    int64
	}{{raw.KindAPICall, y.Calls}, {raw.KindGrant, y.Grants}, {raw.KindInstance, y.Instances}, {raw.KindResourceEvent, y.Resources}, {raw.KindActorKey, y.Actors}, {raw.KindCoverage, y.Coverages}} {
		for range k.n {
			r, err, more := l.next[k.kind]()
			if err != nil {
				return fmt.Errorf("the last extraction: %w", err)
			}
			if !more {
				return errDamaged
			}
			if err := take(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// unchanged reports whether an object is the one that was read to its end.
func unchanged(was *raw.Object, o objects.Object) bool {
	return !was.Again && was.Size == o.Size && was.ETag == o.ETag && was.Modified == o.Modified
}
