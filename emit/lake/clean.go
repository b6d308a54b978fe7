package lake

import (
	"context"
	"slices"
)

// removeBatch is how many files are removed at once.
const removeBatch = 1000

// snapshotFolders hold the files of snapshots.
var snapshotFolders = []string{"nodes", "relationships", IndexFolder}

// clean removes what no snapshot to keep needs: manifests first, so that none ever names a file that isn't there. What began after
// this publication is left alone.
func (p *Publication) clean(ctx context.Context) error {
	current, stale, err := manifests(ctx, p.store)
	if err != nil {
		return err
	}
	for _, date := range p.expired(current) {
		stale = append(stale, manifestName(date, current[date]))
		delete(current, date)
	}
	old := func(publication string) bool { return publication < p.name }
	stale = slices.DeleteFunc(stale, func(name string) bool {
		_, publication, _ := parseManifestName(name)
		return !old(publication)
	})
	if err := p.store.remove(ctx, stale); err != nil {
		return err
	}
	for _, folder := range snapshotFolders {
		var batch []string
		for e, err := range p.store.list(ctx, folder) {
			if err != nil {
				return err
			}
			if snapshot, publication, ok := publicationOf(e.path); !ok || current[snapshot] == publication || !old(publication) {
				continue
			}
			if batch = append(batch, e.path); len(batch) == removeBatch {
				if err := p.store.remove(ctx, batch); err != nil {
					return err
				}
				batch = batch[:0]
			}
		}
		if err := p.store.remove(ctx, batch); err != nil {
			return err
		}
	}
	// Of its own there may be uploads whose beginning was asked for twice, because an answer was lost.
	return p.store.sweep(ctx, func(publication string) bool { return publication <= p.name })
}

// manifests returns the publication that each date's snapshot is of, the last one, and the names of the other manifests.
func manifests(ctx context.Context, s store) (current map[string]string, others []string, err error) {
	current = map[string]string{}
	for e, err := range s.list(ctx, ManifestsFolder) {
		if err != nil {
			return nil, nil, err
		}
		date, publication, ok := parseManifestName(e.path)
		if !ok {
			continue
		}
		if last, ok := current[date]; ok {
			others = append(others, manifestName(date, min(last, publication)))
			publication = max(last, publication)
		}
		current[date] = publication
	}
	return current, others, nil
}

// expired returns the dates of the snapshots beyond those to keep. The one that latest.json names stays, and the one just published.
func (p *Publication) expired(current map[string]string) (dates []string) {
	if p.cfg.Keep == 0 {
		return nil
	}
	for date := range current {
		dates = append(dates, date)
	}
	slices.Sort(dates)
	slices.Reverse(dates)
	dates = dates[min(p.cfg.Keep, len(dates)):]
	return slices.DeleteFunc(dates, func(date string) bool { return date == p.latest.SnapshotDate || date == p.date })
}
