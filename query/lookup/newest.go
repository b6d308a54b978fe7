package lookup

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Newest is what is published at one location, for a process that goes on: look-ups that begin after a new publication read that one, and
// those that are under way end in the one that they began in. It is safe for concurrent use.
type Newest struct {
	Open  func(ctx context.Context) (*Dir, error) // opens what is published now
	Every time.Duration                           // how long a publication is taken for the newest; 0: a second

	mu      sync.Mutex
	now     *generation
	checked time.Time
}

// generation is one publication; it is closed when another has come and no look-up in it is left.
type generation struct {
	dir  *Dir
	uses int
	old  bool
}

// recheck is how long a publication is taken for the newest.
const recheck = time.Second

// attempts is how often a look-up begins anew where what it reads is replaced meanwhile.
const attempts = 3

// Do calls ask with the newest publication, and again where that was replaced while ask read it.
func (n *Newest) Do(ctx context.Context, ask func(*Dir) error) error {
	for i := range attempts {
		g, err := n.use(ctx, i > 0)
		if err != nil {
			return err
		}
		err = ask(g.dir)
		n.leave(g)
		if !errors.Is(err, ErrReplaced) || i == attempts-1 {
			return err
		}
	}
	return nil
}

// use returns the newest publication, which the caller leaves after use.
func (n *Newest) use(ctx context.Context, again bool) (*generation, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	every := n.Every
	if every == 0 {
		every = recheck
	}
	if n.now == nil || again || time.Since(n.checked) > every {
		next, err := n.Open(context.WithoutCancel(ctx)) // it outlives the request
		switch {
		case err != nil && n.now == nil:
			return nil, err
		case err != nil: // it is being published: the one before answers
		case n.now != nil && next.ManifestSHA256() == n.now.dir.ManifestSHA256() && !again:
			_ = next.Close() // nothing was read
		default:
			if n.now != nil {
				n.now.old = true
				n.now.drop()
			}
			n.now = &generation{dir: next}
		}
		n.checked = time.Now()
	}
	n.now.uses++
	return n.now, nil
}

func (n *Newest) leave(g *generation) {
	n.mu.Lock()
	defer n.mu.Unlock()
	g.uses--
	g.drop()
}

// drop closes a publication that is over.
func (g *generation) drop() {
	if g.old && g.uses == 0 {
		_ = g.dir.Close() // it was only read
	}
}

// Close ends look-ups. None may be under way.
func (n *Newest) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.now == nil {
		return nil
	}
	err := n.now.dir.Close()
	n.now = nil
	return err
}
