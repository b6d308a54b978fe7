// Package importdir makes the files of a published directory readable for the database server: it links or copies them into
// the server's import directory, or names the URL where a web server or a bucket serves them.
package importdir

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"liftgraph/internal/dataset"
)

// Served returns the place of a directory that a web server serves at a URL.
func Served(url string) *Place { return &Place{base: strings.TrimSuffix(url, "/") + "/"} }

// Signed returns the place of files to each of which the server gets a URL of its own.
func Signed(sign Sign) *Place { return &Place{sign: sign} }

// Sign returns a URL by which the server can read a file of the directory for some time, and that is a secret.
type Sign func(ctx context.Context, f dataset.File) (string, error)

// Place is where the server reads the files.
type Place struct {
	base string // URL of the directory, with a slash at the end
	sign Sign   // instead of base

	made    string // directory to remove afterwards, or empty
	release func() error
}

// URL returns where the server reads a file.
func (p *Place) URL(ctx context.Context, f dataset.File) (string, error) {
	if p.sign != nil {
		return p.sign(ctx, f)
	}
	return p.base + f.Path, nil
}

// Unsigned returns an error without what makes a signed URL work, which the server repeats.
func (p *Place) Unsigned(err error, url string) error {
	if plain, _, found := strings.Cut(url, "?"); err != nil && p.sign != nil && found && strings.Contains(err.Error(), url) {
		return &unsignedError{err, strings.ReplaceAll(err.Error(), url, plain)}
	}
	return err
}

type unsignedError struct {
	err  error
	text string
}

func (e *unsignedError) Error() string { return e.text }
func (e *unsignedError) Unwrap() error { return e.err }

// Remove takes away what was put there.
func (p *Place) Remove() error {
	if p.made == "" {
		return nil
	}
	return errors.Join(os.RemoveAll(p.made), p.release())
}

// clear takes away what a killed load left, but for the lock.
func (p *Place) clear() error {
	entries, err := os.ReadDir(p.made)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != ".lock" {
			err = errors.Join(err, os.RemoveAll(filepath.Join(p.made, e.Name())))
		}
	}
	return err
}

// Put puts files of a published directory where the server reads them, unless they are there already.
func Put(ctx context.Context, importDir, from string, paths []string) (_ *Place, err error) {
	root, err := filepath.EvalSymlinks(importDir)
	if err != nil {
		return nil, err
	}
	if root, err = filepath.Abs(root); err != nil {
		return nil, err
	}
	dir, err := filepath.EvalSymlinks(from)
	if err != nil {
		return nil, err
	}
	if rel, err := filepath.Rel(root, dir); err == nil && filepath.IsLocal(rel) {
		return &Place{base: fileURL(rel)}, nil
	}
	name := placeName(dir)
	p := &Place{base: fileURL(name), made: filepath.Join(root, name)}
	problem := func(err error) error {
		return fmt.Errorf("put the files into --neo4j-import-dir %s: %w", importDir, err)
	}
	if p.release, err = dataset.Lock(p.made); err != nil {
		return nil, problem(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(problem(err), p.Remove())
		}
	}()
	if err := p.clear(); err != nil {
		return nil, err
	}
	info, err := os.Stat(root)
	if err != nil {
		return nil, err
	}
	reader, err := readerOf(info)
	if err != nil {
		return nil, err
	}
	if err := reader.give(p.made, reader.dir); err != nil {
		return nil, err
	}
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := reader.put(filepath.Join(dir, filepath.FromSlash(path)), p.made, path); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// placeName returns the directory in the import directory for the files of another: always the same, so that the next load removes
// what a killed one left.
func placeName(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return "liftgraph-" + hex.EncodeToString(sum[:6])
}

// fileURL returns the URL of a directory within the import directory.
func fileURL(rel string) string {
	u := url.URL{Scheme: "file", Path: "/" + filepath.ToSlash(rel) + "/"}
	return "file://" + u.EscapedPath()
}
