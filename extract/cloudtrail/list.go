package cloudtrail

import (
	"path/filepath"
	"strings"
	"time"
)

// pruner decides which objects of a source are not read, by their keys. It is asked in the order of the keys.
type pruner struct {
	from, to string // dates; "": no bound
	root     string // what stands before the keys of a directory: its folders count too

	companions, others, notes, undated int64 // objects that were left out, or read though a bound was given
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
	full := p.root + key
	for _, folder := range []string{"CloudTrail-Digest/", "CloudTrail-Insight/"} {
		if i := strings.Index(full, folder); i == 0 || i > 0 && full[i-1] == '/' {
			return p.keyOf(past(full[:i+len(folder)]), key)
		}
	}
	if isOtherService(full) {
		p.others++
		return key
	}
	if isNote(key) {
		p.notes++
		return key
	}
	if isCompanion(key) {
		p.companions++
		return key
	}
	if p.from == "" && p.to == "" {
		return ""
	}
	d, ok := dateIn(full)
	switch {
	case !ok || len(d.folder) <= len(p.root): // a directory that was given by its day is read
		p.undated++
		return ""
	case p.from != "" && d.date < p.from:
		return p.keyOf(d.jump(p.from), key)
	case p.to != "" && d.date > p.to:
		return p.keyOf(d.end(), key)
	default:
		return ""
	}
}

// keyOf makes a key of a path to jump to, or returns the one at hand where the path is outside of the root.
func (p *pruner) keyOf(path, key string) string {
	to, ok := strings.CutPrefix(path, p.root)
	if !ok {
		return key
	}
	return max(to, key)
}

// rootOf returns what stands before the keys of a source; "" for S3, whose keys are whole.
func rootOf(uri string) string {
	path := strings.TrimPrefix(uri, "file://")
	if strings.Contains(path, "://") {
		return ""
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(filepath.ToSlash(path), "/") + "/"
}

// past returns the least key that comes after a folder.
func past(folder string) string { return strings.TrimSuffix(folder, "/") + "0" } // which follows the slash

// isCompanion reports whether an object is one that Athena or Spark writes beside those that hold rows.
func isCompanion(key string) bool {
	name := key[strings.LastIndexByte(key, '/')+1:]
	return name == "_SUCCESS" || strings.HasSuffix(name, ".metadata") || strings.HasSuffix(name, "-manifest.csv")
}

// isOtherService reports whether a key is one of another service's logs: below AWSLogs/, any organizations' ids and an
// account's, only CloudTrail's folders are CloudTrail's.
func isOtherService(key string) bool {
	folders := strings.Split(key, "/")
	for i, folder := range folders {
		if folder != "AWSLogs" {
			continue
		}
		rest := folders[i+1:]
		for len(rest) > 0 && strings.HasPrefix(rest[0], "o-") {
			rest = rest[1:]
		}
		if len(rest) > 1 && isNumber(rest[0], 12) {
			return len(rest) == 2 || !strings.HasPrefix(rest[1], "CloudTrail")
		}
	}
	return false
}

// isNote reports whether an object is one that people or services leave beside logs.
func isNote(key string) bool {
	name := strings.ToLower(key[strings.LastIndexByte(key, '/')+1:])
	switch name {
	case "elbaccesslogtestfile", "configwritabilitycheckfile", ".ds_store", "thumbs.db", "license", "readme", ".gitignore", ".gitkeep", ".keep":
		return true
	}
	return strings.HasPrefix(name, "readme.") || strings.HasSuffix(name, ".md")
}
