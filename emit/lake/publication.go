package lake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"sync"
	"time"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// Config says what is published, and how.
type Config struct {
	UpdateTag int64           // of the rows: its date is the snapshot's
	Keep      int             // how many snapshots stay; 0: all
	S3        objects.Options // how a lake in S3 is reached
	Of        Of              // what of it is known before the rows come
}

// Publication is a snapshot in the making. Nothing of it is seen before [Publication.Swap].
type Publication struct {
	place   string
	cfg     Config
	store   store
	release func() error

	name   string // of this publication
	date   string
	latest *Latest // before; nil where nothing was published yet
	of     Of      // what the lake is of
	tag    string  // of latest.json

	mu       sync.Mutex
	files    []dataset.File
	open     int
	manifest []byte // once it is sealed
	revealed bool
}

// Begin begins to publish a snapshot at a place, a directory or s3://bucket/prefix. That the place can't be written, or holds
// something else than a lake, is an error now, before hours of work.
func Begin(ctx context.Context, place string, cfg Config) (p *Publication, err error) {
	p = &Publication{place: place, cfg: cfg, date: SnapshotDate(cfg.UpdateTag)}
	if p.store, err = openStore(ctx, place, cfg.S3); err != nil {
		return nil, err
	}
	if p.release, err = p.store.hold(); err != nil {
		return nil, err
	}
	if err := p.begin(ctx); err != nil {
		return nil, errors.Join(err, p.release())
	}
	return p, nil
}

func (p *Publication) begin(ctx context.Context) (err error) {
	for _, err := range p.store.list(ctx, "") { // whose errors tell best what is wrong with a place
		if err != nil {
			return err
		}
		break
	}
	if p.latest, p.tag, err = readLatest(ctx, p.place, p.store); err != nil {
		return err
	}
	before := ""
	if p.latest != nil {
		before = p.latest.Publication
		if p.of, err = readOf(ctx, p.store, p.latest.Manifest); err != nil {
			return err
		}
		if err := p.Fits(p.cfg.Of); err != nil {
			return err
		}
	} else if err := foreign(ctx, p.place, p.store); err != nil {
		return err
	}
	p.name = newPublication(time.Now(), before)
	return p.store.probe(ctx, p.name)
}

// readLatest reads latest.json; nil where there is none. One that isn't ours is an error.
func readLatest(ctx context.Context, place string, s store) (*Latest, string, error) {
	content, tag, err := s.read(ctx, LatestName)
	if errors.Is(err, errNone) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	l, err := parseLatest(content)
	if err != nil {
		return nil, "", fmt.Errorf("%s holds a %s that isn't a lake's (%w): name another place; or, where it was a lake's, write it anew: docs/guide/lake.md says what it holds", place, LatestName, err)
	}
	return &l, tag, nil
}

// foreign returns an error where files are that aren't a lake's.
func foreign(ctx context.Context, place string, s store) error {
	for e, err := range s.list(ctx, "") {
		if err != nil {
			return err
		}
		_, _, isOurs := publicationOf(e.path)
		if _, _, isManifest := parseManifestName(e.path); !isOurs && !isManifest {
			return fmt.Errorf("%s holds something else than a lake, e.g. %s: name another place, or one below it", place, e.path)
		}
	}
	return nil
}

// Name returns the name of the publication, which the names of its files end in.
func (p *Publication) Name() string { return p.name }

// Create begins a file of a table: the n-th of its folder, from 0. event is its event_date, "" for a table without.
func (p *Publication) Create(ctx context.Context, t *graph.Table, event string, n int) (*File, error) {
	return p.create(ctx, Part{Table: t.Folder(), Snapshot: p.date, Event: event, Number: n, Publication: p.name}.Path())
}

// CreateIndex begins an index of a table: the n-th, from 0.
func (p *Publication) CreateIndex(ctx context.Context, t *graph.Table, n int) (*File, error) {
	return p.create(ctx, Index{Table: t.Folder(), Snapshot: p.date, Number: n, Publication: p.name}.Path())
}

func (p *Publication) create(ctx context.Context, path string) (*File, error) {
	w, err := p.store.create(ctx, path)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open++
	return &File{publication: p, path: path, to: w, hash: sha256.New()}, nil
}

// File is a file on its way into a lake. It keeps its size, checksum and count of rows for the manifest.
type File struct {
	publication *Publication
	path        string
	to          io.WriteCloser
	hash        hash.Hash
	bytes, rows int64
	done        bool
}

// Path returns the path in the lake.
func (f *File) Path() string { return f.path }

// Bytes returns how many bytes were written.
func (f *File) Bytes() int64 { return f.bytes }

// Write implements [io.Writer].
func (f *File) Write(b []byte) (int, error) {
	f.hash.Write(b)
	f.bytes += int64(len(b))
	return f.to.Write(b)
}

// AddRows counts n more rows in the file.
func (f *File) AddRows(n int64) { f.rows += n }

// Close ends the file and enters it in the manifest.
func (f *File) Close() error {
	if f.done {
		return nil
	}
	f.done = true
	err := f.to.Close()
	p := f.publication
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
	p.files = append(p.files, dataset.File{Path: f.path, Rows: f.rows, Bytes: f.bytes, SHA256: hex.EncodeToString(f.hash.Sum(nil))})
	return err
}

// Seal completes the manifest, to which it adds the files, and waits until all are stored: only [Publication.Swap] is left.
func (p *Publication) Seal(ctx context.Context, m *dataset.Manifest) error {
	if p.open != 0 {
		return fmt.Errorf("publish %s: %d files are still open", p.place, p.open)
	}
	if err := p.Fits(ofManifest(m)); err != nil {
		return err
	}
	if l := p.latest; l != nil && l.UpdateTag > p.cfg.UpdateTag {
		m.Notes = append(slices.Clone(m.Notes), fmt.Sprintf("these rows are older than those published last in %s: update tag %d, then %d", p.place, l.UpdateTag, p.cfg.UpdateTag))
	}
	slices.SortFunc(p.files, func(a, b dataset.File) int { return cmp.Compare(a.Path, b.Path) })
	m.Stage, m.Files = Stage, p.files
	for i := range m.Ledger {
		if err := m.Ledger[i].Check(); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := p.store.finish(ctx); err != nil {
		return err
	}
	b = append(b, '\n')
	p.manifest = b
	return nil
}

// Abandon drops what was not published and lets others publish here. It may be called more than once. It works after ctx has ended.
func (p *Publication) Abandon(ctx context.Context) error {
	if p.release == nil {
		return nil
	}
	release := p.release
	p.release = nil
	ctx, cancel := lastEffort(ctx)
	defer cancel()
	return errors.Join(p.store.drop(ctx), release())
}

// lastEffort returns time to undo what was begun, also when the job was interrupted.
func lastEffort(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
}
