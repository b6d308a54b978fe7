package spacelift

import "liftgraph/internal/raw"

// lostStacks are stacks whose lists could not be read to their end, each with the runs that were read of it nevertheless.
type lostStacks struct {
	runs map[string]map[string]struct{}

	stack string   // the one that is being read
	ids   []string // its runs so far
	room  int      // how many more ids are remembered of stacks that are lost
}

// maxLostRuns bounds the runs that are remembered of lost stacks. Of those beyond, what the previous extraction knew is kept
// too: a record that comes twice does no harm.
const maxLostRuns = 200_000

func newLostStacks() *lostStacks {
	return &lostStacks{runs: map[string]map[string]struct{}{}, room: maxLostRuns}
}

// saw takes the rows that were read of a stack, and whether that went wrong. l may be nil.
func (l *lostStacks) saw(b batch, failed bool) {
	if l == nil {
		return
	}
	if b.stack != l.stack {
		l.stack, l.ids = b.stack, l.ids[:0]
	}
	for _, r := range b.rows {
		if run, ok := r.record.(*raw.Run); ok && len(l.ids) < maxLostRuns {
			l.ids = append(l.ids, run.ID)
		}
	}
	if l.runs[b.stack] == nil {
		if !failed {
			return
		}
		l.runs[b.stack] = map[string]struct{}{}
	}
	for _, id := range l.ids[:min(len(l.ids), l.room)] {
		l.runs[b.stack][id] = struct{}{}
	}
	l.room -= min(len(l.ids), l.room)
	l.ids = l.ids[:0]
}

func (l *lostStacks) has(stack string) bool { return l.runs[stack] != nil }

// read reports whether a run of a lost stack was read nevertheless.
func (l *lostStacks) read(stack, run string) bool {
	_, read := l.runs[stack][run]
	return read
}
