package objects

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// directory is the store of the files below a directory. Listing it keeps the names in one directory at each depth in memory.
type directory struct{ root string }

func (d directory) Open(ctx context.Context, o Object) (io.ReadCloser, error) {
	return openFile(ctx, filepath.Join(d.root, filepath.FromSlash(o.Key)), o.Size)
}

func (d directory) List(ctx context.Context, prune func(string) string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		w := &walk{ctx: ctx, root: d.root, prune: prune, yield: yield}
		err := w.directory("", nil)
		if err == nil {
			err = w.unread
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(Object{}, err)
		}
	}
}

// walk is one pass over a directory.
type walk struct {
	ctx   context.Context
	root  string
	prune func(string) string
	yield func(Object, error) bool
	upTo  string // keys less than this are left out

	unread error // why the first directory that can't be read can't; the others are walked all the same
}

// errEnough ends a walk whose caller wants no more.
var errEnough = errors.New("enough")

// directory walks one directory, whose key is "" or ends in a slash. Above it are the directories that lead to it.
func (w *walk) directory(key string, above []fs.FileInfo) error {
	path := filepath.Join(w.root, filepath.FromSlash(key))
	info, err := os.Stat(path)
	if err != nil {
		w.failed(path, err)
		return nil
	}
	if slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }) {
		return nil // a link back: what is in there is listed already
	}
	names, err := namesIn(path)
	if err != nil {
		w.failed(path, err)
	}
	above = append(above[:len(above):len(above)], info)
	for _, name := range names {
		if err := context.Cause(w.ctx); err != nil {
			return err
		}
		if err := w.entry(key+name, above); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) failed(path string, err error) {
	if w.unread == nil {
		w.unread = fileError(path, err)
	}
}

// entry returns a file, or walks a directory, whose key ends in a slash.
func (w *walk) entry(key string, above []fs.FileInfo) error {
	if key < w.upTo && !strings.HasPrefix(w.upTo, key) {
		return nil // it, and all that is in it
	}
	if strings.HasSuffix(key, "/") {
		return w.directory(key, above)
	}
	if key < w.upTo {
		return nil
	}
	path := filepath.Join(w.root, filepath.FromSlash(key))
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() || err != nil && !isThere(path) {
		return nil
	}
	if w.prune != nil {
		if upTo := w.prune(key); upTo != "" {
			w.upTo = max(w.upTo, upTo)
			return nil
		}
	}
	o := Object{URI: path, Key: key}
	if err == nil { // else a link to nowhere, which Open reports
		o.Size, o.Modified = info.Size(), info.ModTime().UnixNano()
	}
	if !w.yield(o, nil) {
		return errEnough
	}
	return nil
}

// namesIn returns the names in a directory, with an error those that were read before it, in the order that the keys below them have, those of directories with a slash at the end.
func namesIn(path string) ([]string, error) {
	d, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var names []string
	for {
		entries, err := d.ReadDir(1000)
		for _, e := range entries {
			name := e.Name()
			if strings.HasPrefix(name, ".") {
				continue
			}
			if e.IsDir() || e.Type()&fs.ModeSymlink != 0 && leadsToDirectory(filepath.Join(path, name)) {
				name += "/"
			}
			names = append(names, name)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			slices.Sort(names)
			return names, err
		}
	}
	slices.Sort(names)
	return names, nil
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func leadsToDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
