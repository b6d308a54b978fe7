package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"

	"liftgraph/emit"
	"liftgraph/emit/csvfile"
	"liftgraph/graph/cypher"
	"liftgraph/internal/dataset"
)

// copies proves what LOAD CSV reads: each part that it would read wrongly has a copy, no other has, a copy says what its
// part says, and the script names what is to be read of each part with rows. Directories of earlier versions have none of it.
func (g *graphCheck) copies(m *dataset.Manifest) error {
	listed := map[string]bool{}
	for _, f := range m.Files {
		listed[f.Path] = true
	}
	var read []string
	for _, t := range g.model.Tables() {
		for _, part := range g.parts[t] {
			if part.Rows == 0 {
				continue
			}
			path := cypher.CopyPath(part.Path)
			switch needed := g.copied[part.Path] && listed[emit.LoadName]; {
			case needed && !listed[path]:
				return fmt.Errorf("%s is missing: LOAD CSV would read %s wrongly", path, part.Path)
			case !needed && listed[path]:
				return fmt.Errorf("%s is the copy of a part that needs none", path)
			case !needed:
				path = part.Path
			default:
				if err := g.sameText(part.Path, path); err != nil {
					return err
				}
			}
			read = append(read, path)
		}
	}
	return g.script(read)
}

// script proves that the script names these files, in this order, and no others.
func (g *graphCheck) script(files []string) error {
	b, err := os.ReadFile(filepath.Join(g.dir, emit.LoadName))
	if errors.Is(err, fs.ErrNotExist) { // nor is it in the manifest, whose files are all there
		return nil
	}
	if err != nil {
		return err
	}
	var named []string
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "LOAD CSV ") {
			_, path, _ := strings.Cut(line, "'")
			path, _, _ = strings.Cut(path, "'")
			named = append(named, path)
		}
	}
	if !slices.Equal(named, files) {
		return fmt.Errorf("%s doesn't load every part with rows, each once and in order", emit.LoadName)
	}
	return nil
}

// sameText proves that a copy is its part's text with backslashes doubled.
func (g *graphCheck) sameText(part, copied string) (err error) {
	want, closePart, err := g.text(part)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closePart()) }()
	got, closeCopy, err := g.text(copied)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeCopy()) }()
	if err := csvfile.Escape(&comparer{path: copied, with: got}, reader{g.ctx, want}); err != nil {
		return err
	}
	if n, err := io.Copy(io.Discard, got); n > 0 || err != nil {
		return errors.Join(fmt.Errorf("%s goes on after the rows of its part", copied), err)
	}
	return nil
}

// text opens a file of gzip.
func (g *graphCheck) text(path string) (*gzip.Reader, func() error, error) {
	f, err := os.Open(filepath.Join(g.dir, filepath.FromSlash(path)))
	if err != nil {
		return nil, nil, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return z, f.Close, nil
}

// comparer fails to write what isn't what it is compared with.
type comparer struct {
	path string
	with io.Reader
	buf  []byte
}

// Write implements [io.Writer].
func (c *comparer) Write(p []byte) (int, error) {
	c.buf = slices.Grow(c.buf[:0], len(p))[:len(p)]
	if _, err := io.ReadFull(c.with, c.buf); err != nil || !bytes.Equal(c.buf, p) {
		return 0, fmt.Errorf("%s doesn't say what its part says", c.path)
	}
	return len(p), nil
}
