package lake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// Swap lets the snapshot be seen: its files, then its manifest, then latest.json, which names that. Then what it replaces is
// removed, what is older than the snapshots to keep, and what was left by publications that were killed.
//
// Where another publication was quicker, it is refused. After an error before latest.json is written, what was seen is removed again.
func (p *Publication) Swap(ctx context.Context) error {
	if p.manifest == nil {
		return fmt.Errorf("publish %s: it isn't sealed", p.place)
	}
	if _, tag, err := readLatest(ctx, p.place, p.store); err != nil {
		return err
	} else if tag != p.tag {
		return p.overtaken()
	}
	name := manifestName(p.date, p.name)
	latest := Latest{Manifest: name, SnapshotDate: p.date, UpdateTag: p.cfg.UpdateTag, Publication: p.name}
	if p.latest != nil && p.latest.SnapshotDate > p.date { // an earlier night is filled in
		latest = *p.latest
		latest.Publication = p.name
	}
	p.revealed = true
	err := p.store.reveal(ctx)
	if err == nil {
		err = p.put(ctx, name, p.manifest, "")
	}
	if err == nil {
		err = p.put(ctx, LatestName, latest.encode(), p.tag)
	}
	if errors.Is(err, errReplaced) {
		err = p.overtaken()
	}
	if errors.Is(err, errUnknown) {
		return err
	}
	if err != nil {
		return errors.Join(err, p.undo(ctx, name))
	}
	p.latest = &latest
	if err := p.clean(ctx); err != nil {
		return fmt.Errorf("%s is published, but what it replaces isn't removed, which the next publication will do: %w", p.place, err)
	}
	return nil
}

// errUnknown says that latest.json may have been written or not.
var errUnknown = errors.New("whether it is published isn't known")

// put writes a small file. Where that fails it looks what is there: an answer may have been lost.
func (p *Publication) put(ctx context.Context, path string, content []byte, tag string) error {
	err := p.store.put(ctx, path, content, tag)
	if err == nil {
		return nil
	}
	last, cancel := lastEffort(ctx)
	defer cancel()
	there, _, readErr := p.store.read(last, path)
	switch {
	case readErr == nil && bytes.Equal(there, content):
		return nil
	case readErr != nil && !errors.Is(readErr, errNone) && path == LatestName:
		return fmt.Errorf("%s: %w: %w; and then: %w: see what %s names, and publish again", p.place, errUnknown, err, readErr, LatestName)
	}
	return err
}

func (p *Publication) overtaken() error {
	return fmt.Errorf("another liftgraph published into %s meanwhile: this snapshot isn't published; run again if it should replace that one", p.place)
}

// undo removes what reveal let be seen.
func (p *Publication) undo(ctx context.Context, manifest string) error {
	ctx, cancel := lastEffort(ctx)
	defer cancel()
	paths := []string{manifest}
	for _, f := range p.files {
		paths = append(paths, f.Path)
	}
	if err := p.store.remove(ctx, paths); err != nil {
		return fmt.Errorf("files of the snapshot that isn't published are left below %s, which the next publication will remove: %w", SnapshotKey+"="+p.date, err)
	}
	return nil
}
