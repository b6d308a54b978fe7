package diff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"liftgraph/emit/published"
)

// Nights are the publications at one location that can be compared with each other: the snapshots of a lake, or of a directory that is
// replaced every night, it and an earlier one stored elsewhere.
type Nights struct {
	URI     string // as [published.Locate] takes it
	Before  string // an earlier publication; empty: of a lake, the previous snapshot
	Options published.Options
}

// ErrNoNights is wrapped where there is nothing to compare with.
var ErrNoNights = errors.New("there is no earlier publication to compare with")

// Newest returns the newest publication and the one before.
func (n *Nights) Newest(ctx context.Context) (before, after *published.Dir, err error) {
	return n.Between(ctx, "", "")
}

// Between returns two publications, each by the day of its snapshot (2026-11-13, in UTC), of which the newest is taken that is of that day or
// before. Without a day, after is the newest one, and before the one before it.
func (n *Nights) Between(ctx context.Context, dayBefore, dayAfter string) (before, after *published.Dir, err error) {
	for _, day := range []string{dayBefore, dayAfter} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return nil, nil, fmt.Errorf("%q is no day: give one as 2026-11-13", day)
		}
	}
	list, err := published.Snapshots(ctx, n.URI, n.Options)
	if err != nil {
		return nil, nil, err
	}
	if n.Before != "" && dayBefore == "" && dayAfter == "" || len(list) == 0 {
		return n.stored(ctx, dayBefore+dayAfter)
	}
	last := newestOf(list, cmp.Or(dayAfter, "9"))
	first := last - 1
	if dayBefore != "" {
		first = newestOf(list, dayBefore)
	}
	if first < 0 || last < 0 {
		return nil, nil, fmt.Errorf("%s: %w: its snapshots are of %s", n.URI, ErrNoNights, strings.Join(days(list), ", "))
	}
	return n.open(ctx, list[first], list[last])
}

// stored returns the publications of a location that isn't a lake.
func (n *Nights) stored(ctx context.Context, day string) (before, after *published.Dir, err error) {
	if day != "" || n.Before == "" {
		return nil, nil, fmt.Errorf("%s: %w: it is one publication, not a lake; publish with --layout lake, or name an earlier publication with --before", n.URI, ErrNoNights)
	}
	at, err := published.Locate(ctx, n.URI, "", n.Options)
	if err != nil {
		return nil, nil, err
	}
	old, err := published.Locate(ctx, n.Before, "", n.Options)
	if err != nil {
		return nil, nil, err
	}
	return n.open(ctx, old.Root+"/"+old.Name, at.Root+"/"+at.Name)
}

func (n *Nights) open(ctx context.Context, a, b string) (before, after *published.Dir, err error) {
	if before, err = published.OpenURI(ctx, a, n.Options); err == nil {
		after, err = published.OpenURI(ctx, b, n.Options)
	}
	return before, after, err
}

// newestOf returns the number of the newest snapshot of a day or before; -1 where there is none.
func newestOf(list []string, day string) int {
	for i, uri := range slices.Backward(list) {
		if dayOf(uri) <= day {
			return i
		}
	}
	return -1
}

// dayOf returns the day of a snapshot by the name of its manifest.
func dayOf(uri string) string {
	name := path.Base(uri)
	return name[:min(len(time.DateOnly), len(name))]
}

// mostDays bounds the days that an error names.
const mostDays = 10

func days(list []string) []string {
	var names []string
	for _, uri := range list[max(0, len(list)-mostDays):] {
		names = append(names, dayOf(uri))
	}
	return names
}
