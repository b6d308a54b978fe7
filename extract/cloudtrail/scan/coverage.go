package scan

import (
	"cmp"
	"slices"

	"liftgraph/internal/raw"
)

// coverage is how far an object's events reach, by account and region.
type coverage struct {
	spans map[place]*raw.Coverage
	last  place // that was noted: most objects have one
	span  *raw.Coverage
}

type place struct{ account, region string }

// maxPlaces is how many places are gathered before they are delivered.
const maxPlaces = 1 << 12

// cover notes a record by its bytes, where they are as CloudTrail writes them; else it is parsed.
func (s *scan) cover(record []byte) {
	at, after := timeName.text(record)
	region, rest := regionName.text(after)
	account, _ := accountName.text(rest)
	if account == nil || timeName.in(after) != nil || !isPlainTime(at) {
		if e, err := eventOf(record); err == nil && e.isOne() {
			s.coverEvent(&e)
		}
		return
	}
	s.note(account, region, at)
}

// isPlainTime reports whether a time has the form 2026-11-13T23:47:05Z, in which the order of texts is that of times.
func isPlainTime(t []byte) bool {
	return len(t) == len("2006-01-02T15:04:05Z") && t[4] == '-' && t[10] == 'T' && t[19] == 'Z'
}

// coverEvent notes an event that was parsed.
func (s *scan) coverEvent(e *event) {
	at, ok := e.time()
	if !ok {
		return
	}
	if len(at) > len("2006-01-02T15:04:05") {
		at = at[:len("2006-01-02T15:04:05")] + "Z" // seconds are enough
	}
	s.note(e.recipient(), e[awsRegion], []byte(at))
}

func (s *scan) note(account, region, at []byte) {
	c := &s.coverage
	if c.span == nil || c.last.account != string(account) || c.last.region != string(region) {
		c.last = place{string(account), string(region)}
		if c.span = c.spans[c.last]; c.span == nil {
			if len(c.spans) == maxPlaces {
				s.covered()
			}
			if c.spans == nil {
				c.spans = map[place]*raw.Coverage{}
			}
			c.span = &raw.Coverage{Account: c.last.account, Region: c.last.region, First: string(at), Last: string(at)}
			c.spans[c.last] = c.span
		}
	}
	c.span.Events++
	if string(at) < c.span.First {
		c.span.First = string(at)
	}
	if string(at) > c.span.Last {
		c.span.Last = string(at)
	}
}

// covered delivers how far the events reach.
func (s *scan) covered() {
	all := make([]*raw.Coverage, 0, len(s.coverage.spans))
	for _, c := range s.coverage.spans {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *raw.Coverage) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region))
	})
	for _, c := range all {
		s.batch.add(c)
	}
	clear(s.coverage.spans)
	s.coverage.span = nil
}
