package cloudtrail

import (
	"strings"
	"time"
)

// pruner tells which objects of a source are not read, by their keys. It is asked in the order of the keys.
type pruner struct {
	from, to string // dates; "": no bound

	companions, undated int64 // objects that were left out, or read though a bound was given
}

func newPruner(from, to time.Time) *pruner {
	p := new(pruner)
	if !from.IsZero() {
		p.from = from.UTC().Format(time.DateOnly)
	}
	if !to.IsZero() {
		p.to = to.UTC().Format(time.DateOnly)
	}
	return p
}

// prune answers "" for a key that is to be read, or else the least key that may be one again.
func (p *pruner) prune(key string) (upTo string) {
	for _, folder := range []string{"CloudTrail-Digest/", "CloudTrail-Insight/"} {
		if i := strings.Index(key, folder); i == 0 || i > 0 && key[i-1] == '/' {
			return past(key[:i+len(folder)])
		}
	}
	if isCompanion(key) {
		p.companions++
		return key
	}
	if p.from == "" && p.to == "" {
		return ""
	}
	d, ok := dateIn(key)
	switch {
	case !ok:
		p.undated++
		return ""
	case p.from != "" && d.date < p.from:
		return d.jump(key, p.from)
	case p.to != "" && d.date > p.to:
		return max(key, d.end)
	default:
		return ""
	}
}

// past gives the least key that comes after a folder.
func past(folder string) string { return strings.TrimSuffix(folder, "/") + "0" } // which follows the slash

// isCompanion tells whether an object is one that Athena or Spark writes beside those that hold rows.
func isCompanion(key string) bool {
	name := key[strings.LastIndexByte(key, '/')+1:]
	return name == "_SUCCESS" || strings.HasSuffix(name, ".metadata") || strings.HasSuffix(name, "-manifest.csv")
}
