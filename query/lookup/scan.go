package lookup

import (
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"liftgraph/graph"
)

// scan reads blocks of a table for the rows whose text in a column is wanted.
type scan struct {
	dir    *Dir
	table  *graph.Table
	column int
	wanted func(text []byte) bool      // called by several at once
	may    func(low, high []byte) bool // whether a text between bounds may be wanted; nil: it may
}

// bounded is a reader of whole parts that skips what lies between bounds that may not hold what is wanted.
type bounded interface {
	bound(may func(low, high []byte) bool)
}

// few is the number of blocks that aren't worth a second goroutine.
const few = 3

// run hands the rows wanted of each part's blocks to take, in their order. Their text is valid during the call.
func (s *scan) run(ctx context.Context, parts []*part, blocks [][]int, take func(graph.Row) error) error {
	if s.dir.lake() && len(parts) > 1 { // each folder of a lake has an order of its own
		return s.sorted(ctx, parts, blocks, take)
	}
	count, streamed := 0, false
	for i, p := range parts {
		count += len(blocks[i])
		streamed = streamed || p.full // what is wanted of it may not fit in memory
	}
	if workers := min(s.dir.readers(), count); workers > 1 && count > few && !streamed {
		return s.share(ctx, workers, parts, blocks, take)
	}
	for i, p := range parts {
		if err := s.part(ctx, p, blocks[i], take, nil); err != nil {
			return err
		}
	}
	return nil
}

// sorted hands the rows over by their keys, whatever the order of the parts. It holds those that are wanted in memory.
func (s *scan) sorted(ctx context.Context, parts []*part, blocks [][]int, take func(graph.Row) error) error {
	of := make([][]graph.Row, len(parts))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(s.dir.readers())
	for i, p := range parts {
		if len(blocks[i]) == 0 {
			continue
		}
		g.Go(func() error {
			return s.part(ctx, p, blocks[i], func(row graph.Row) error { of[i] = append(of[i], clone(row)); return nil }, nil)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	rows := slices.Concat(of...)
	slices.SortFunc(rows, func(a, b graph.Row) int {
		for i := range s.table.KeyColumns() {
			if c := strings.Compare(a[i].Text, b[i].Text); c != 0 {
				return c
			}
		}
		return 0
	})
	for _, row := range rows {
		if err := take(row); err != nil {
			return err
		}
	}
	return nil
}

// part reads blocks of one part, and calls done, if there is one, behind each.
func (s *scan) part(ctx context.Context, p *part, blocks []int, take func(graph.Row) error, done func() error) error {
	if len(blocks) == 0 {
		return nil
	}
	var stopped error // by the caller: not the file's fault
	err := s.dir.read(p.file, func(f io.ReaderAt) (err error) {
		r, err := s.dir.format.open(f, p.file.Bytes, s.table)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, r.Close()) }()
		if b, ok := r.(bounded); ok && p.full {
			may := s.may
			if may == nil {
				may = func(_, _ []byte) bool { return true }
			}
			b.bound(may)
		}
		for _, b := range blocks {
			if stopped = ctx.Err(); stopped != nil {
				return stopped
			}
			err := r.Read(p.index.Blocks[b], s.column, s.wanted, func(row graph.Row) error {
				stopped = take(row)
				return stopped
			})
			if err != nil {
				return err
			}
			if done != nil {
				if stopped = done(); stopped != nil {
					return stopped
				}
			}
		}
		return nil
	})
	if stopped != nil {
		return stopped
	}
	return err
}

// readers returns how many goroutines read at once: from S3 most of them wait.
func (d *Dir) readers() int {
	if d.root == nil {
		return 8
	}
	return runtime.GOMAXPROCS(0)
}

// found is what a block holds.
type found struct {
	rows []graph.Row
	err  error
}

// share reads blocks by several goroutines in turn: with three, the second one reads the second block, the fifth, the eighth.
// None is more than a block ahead of what take has seen.
func (s *scan) share(ctx context.Context, workers int, parts []*part, blocks [][]int, take func(graph.Row) error) error {
	ctx, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel()
	turns := make([]chan found, workers)
	for w := range workers {
		turns[w] = make(chan found)
		wait.Go(func() { s.turn(ctx, w, workers, parts, blocks, turns[w]) })
	}
	n := 0
	for range slices.Concat(blocks...) {
		var f found
		select {
		case f = <-turns[n%workers]:
		case <-ctx.Done():
			return ctx.Err()
		}
		n++
		if f.err != nil {
			return f.err
		}
		for _, row := range f.rows {
			if err := take(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// turn reads every block of which it is a goroutine's turn, and ends with the context.
func (s *scan) turn(ctx context.Context, w, workers int, parts []*part, blocks [][]int, to chan<- found) {
	n := 0 // of the blocks so far
	for i, p := range parts {
		var own []int
		for _, b := range blocks[i] {
			if n%workers == w {
				own = append(own, b)
			}
			n++
		}
		var f found
		send := func() error {
			select {
			case to <- f:
				f = found{}
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		err := s.part(ctx, p, own, func(row graph.Row) error { f.rows = append(f.rows, clone(row)); return nil }, send)
		if err != nil {
			f.err = err
			_ = send() // if it isn't taken, another goroutine's error came first
			return
		}
	}
}

func clone(row graph.Row) graph.Row {
	own := slices.Clone(row)
	for i := range own {
		own[i].Text = strings.Clone(own[i].Text)
	}
	return own
}
