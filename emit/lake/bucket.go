package lake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"golang.org/x/sync/errgroup"

	"liftgraph/internal/objects"
)

// bucket is a lake below a prefix of S3. Files are uploads that are completed together.
type bucket struct {
	folder  *objects.Folder
	size    int           // of the parts of an upload
	slots   chan struct{} // for parts on their way
	buffers chan []byte   // to gather parts in, that aren't used now
	sending sync.WaitGroup

	mu      sync.Mutex
	pending []*pending
	failed  error // of a part, the first
}

// 24 MiB for what is on its way to S3, and 8 for each file that is open. A file of 512 MB has 64 parts; S3 allows 10,000.
const (
	partSize   = 8 << 20
	partsAhead = 3
	atOnce     = 8 // uploads that are completed or aborted at once
)

func openBucket(ctx context.Context, place string, opts objects.Options) (store, error) {
	folder, err := objects.OpenFolder(ctx, place, opts)
	if err != nil {
		return nil, err
	}
	return &bucket{folder: folder, size: partSize, slots: make(chan struct{}, partsAhead), buffers: make(chan []byte, partsAhead+1)}, nil
}

// hold holds nothing: another publication shows in latest.json.
func (b *bucket) hold() (func() error, error) { return func() error { return nil }, nil }

func (b *bucket) read(ctx context.Context, path string) ([]byte, string, error) {
	content, tag, err := b.folder.Read(ctx, path)
	if err == nil && tag == "" {
		err = fmt.Errorf("%s: %w", b.folder.URI(path), errNone)
	}
	return content, tag, err
}

func (b *bucket) open(ctx context.Context, path string, size int64) (io.ReadCloser, error) {
	return b.folder.Open(ctx, path, size)
}

func (b *bucket) list(ctx context.Context, folder string) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for o, err := range b.folder.List(ctx, folder) {
			if !yield(entry{o.Key, o.Size}, err) {
				return
			}
		}
	}
}

// probe does all that publishing will, with an upload that is never completed.
func (b *bucket) probe(ctx context.Context, publication string) error {
	name := manifestName(NoEvent, publication)
	for _, err := range b.folder.Uploads(ctx) {
		if err != nil {
			return err
		}
		break
	}
	u, err := b.folder.Upload(ctx, name)
	if err != nil {
		return err
	}
	if err := u.Abort(ctx); err != nil {
		return err
	}
	return b.folder.Remove(ctx, []string{name})
}

func (b *bucket) create(ctx context.Context, path string) (io.WriteCloser, error) {
	p := &pending{b: b, ctx: ctx}
	p.begin = sync.OnceValues(func() (*objects.Upload, error) { return b.folder.Upload(ctx, path) })
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pending = append(b.pending, p)
	return p, b.failed
}

func (b *bucket) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed == nil {
		b.failed = err
	}
}

func (b *bucket) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failed
}

func (b *bucket) finish(context.Context) error {
	b.sending.Wait()
	return b.failure()
}

func (b *bucket) reveal(ctx context.Context) error {
	return b.each(ctx, func(ctx context.Context, u *objects.Upload) error { return u.Complete(ctx) })
}

// drop aborts the uploads that aren't completed.
func (b *bucket) drop(ctx context.Context) error {
	b.sending.Wait()
	return b.each(ctx, func(ctx context.Context, u *objects.Upload) error { return u.Abort(ctx) })
}

// each does something to every upload that it wasn't done to.
func (b *bucket) each(ctx context.Context, do func(context.Context, *objects.Upload) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, p := range b.pending {
		g.Go(func() error {
			u := p.upload()
			if u == nil {
				return nil
			}
			err := do(ctx, u)
			p.done = err == nil
			return err
		})
	}
	return g.Wait()
}

func (b *bucket) put(ctx context.Context, path string, content []byte, tag string) error {
	err := b.folder.Write(ctx, path, content, tag)
	if errors.Is(err, objects.ErrReplaced) {
		return fmt.Errorf("%w: %w", errReplaced, err)
	}
	return err
}

func (b *bucket) remove(ctx context.Context, paths []string) error {
	return b.folder.Remove(ctx, paths)
}

func (b *bucket) sweep(ctx context.Context, stale func(publication string) bool) error {
	for u, err := range b.folder.Uploads(ctx) {
		if err != nil {
			return err
		}
		_, publication, ok := publicationOf(u.Path())
		if _, name, isManifest := parseManifestName(u.Path()); isManifest {
			publication, ok = name, true
		}
		if !ok || !stale(publication) {
			continue
		}
		if err := u.Abort(ctx); err != nil {
			return err
		}
	}
	return nil
}

// pending is a file that is uploaded while it is written.
type pending struct {
	b      *bucket
	ctx    context.Context
	begin  func() (*objects.Upload, error)
	buffer []byte
	sent   int32 // parts
	done   bool  // completed or aborted
}

// upload returns what is neither completed nor aborted; nil where nothing is. That it couldn't be begun was reported.
func (p *pending) upload() *objects.Upload {
	if p.done || p.sent == 0 {
		return nil
	}
	u, _ := p.begin()
	return u
}

// Write implements [io.Writer].
func (p *pending) Write(content []byte) (n int, err error) {
	for n < len(content) {
		if p.buffer == nil {
			p.buffer = p.b.take()
		}
		fits := min(len(content)-n, p.b.size-len(p.buffer))
		p.buffer = append(p.buffer, content[n:n+fits]...)
		n += fits
		if len(p.buffer) == p.b.size {
			if err := p.send(); err != nil {
				return n, err
			}
		}
	}
	return n, p.b.failure()
}

// take returns an empty buffer.
func (b *bucket) take() []byte {
	select {
	case buffer := <-b.buffers:
		return buffer
	default:
		return make([]byte, 0, b.size)
	}
}

// give takes back a buffer, unless there are enough.
func (b *bucket) give(buffer []byte) {
	select {
	case b.buffers <- buffer[:0]:
	default:
	}
}

// send sends what was gathered, in the background, when there is a slot.
func (p *pending) send() error {
	select {
	case p.b.slots <- struct{}{}:
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
	content := p.buffer
	p.buffer = nil
	p.sent++
	n := p.sent
	p.b.sending.Go(func() {
		u, err := p.begin()
		if err == nil {
			err = u.Part(p.ctx, n, content)
		}
		if err != nil {
			p.b.fail(err)
		}
		p.b.give(content)
		<-p.b.slots
	})
	return nil
}

// Close implements [io.Closer]. The last part may still be on its way.
func (p *pending) Close() error {
	if len(p.buffer) > 0 {
		if err := p.send(); err != nil {
			return err
		}
	}
	return p.b.failure()
}
