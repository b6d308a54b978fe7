package ingest

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

// Sign gives a URL by which the server can read a file of the directory for some time, and that nobody else is to see.
type Sign func(ctx context.Context, f dataset.File) (string, error)

// checkPlace gives a [UsageError] where it isn't said how the server reads the files.
func (cfg LiveConfig) checkPlace() error {
	switch {
	case cfg.ImportDir == "" && cfg.LoadURL == "" && cfg.Sign == nil:
		if !cfg.Server.local() {
			return &UsageError{nowhere}
		}
		return nil // it is asked
	case cfg.ImportDir != "" && (cfg.LoadURL != "" || cfg.Sign != nil):
		return &UsageError{"--neo4j-import-dir and --load-url say the same in two ways: give one"}
	case cfg.ImportDir != "":
		if info, err := os.Stat(cfg.ImportDir); err != nil || !info.IsDir() {
			return &UsageError{fmt.Sprintf("--neo4j-import-dir %s is no directory", cfg.ImportDir)}
		}
	case cfg.Sign == nil:
		u, err := url.Parse(cfg.LoadURL)
		switch { // without repeating it: it may hold a password
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			return &UsageError{"--load-url is no URL that begins with https://, http:// or s3://"}
		case u.User != nil || u.RawQuery != "" || u.Fragment != "":
			return &UsageError{"--load-url has a user, a ? or a #: it is the URL of a directory, to which paths are added, and servers of Neo4j send no user along"}
		}
	}
	return nil
}

// loadPlace is where the server reads the files.
type loadPlace struct {
	base string // URL of the directory, with a slash at the end
	sign Sign   // instead of base

	made    string // directory to remove afterwards, or empty
	release func() error
}

// url gives where the server reads a file.
func (p *loadPlace) url(ctx context.Context, f dataset.File) (string, error) {
	if p.sign != nil {
		return p.sign(ctx, f)
	}
	return p.base + f.Path, nil
}

// unsigned gives an error without what makes a signed URL work, which the server repeats.
func (p *loadPlace) unsigned(err error, url string) error {
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

// remove takes away what was put there.
func (p *loadPlace) remove() error {
	if p.made == "" {
		return nil
	}
	return errors.Join(os.RemoveAll(p.made), p.release())
}

// clear takes away what a killed load left, but for the lock.
func (p *loadPlace) clear() error {
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

// place puts the files where the server reads them, unless they are there already.
func (cfg LiveConfig) place(ctx context.Context, paths []string) (_ *loadPlace, err error) {
	if cfg.Sign != nil {
		return &loadPlace{sign: cfg.Sign}, nil
	}
	if cfg.LoadURL != "" {
		return &loadPlace{base: strings.TrimSuffix(cfg.LoadURL, "/") + "/"}, nil
	}
	root, err := filepath.EvalSymlinks(cfg.ImportDir)
	if err != nil {
		return nil, err
	}
	if root, err = filepath.Abs(root); err != nil {
		return nil, err
	}
	dir, err := filepath.EvalSymlinks(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if rel, err := filepath.Rel(root, dir); err == nil && filepath.IsLocal(rel) {
		return &loadPlace{base: fileURL(rel)}, nil
	}
	name := placeName(dir)
	p := &loadPlace{base: fileURL(name), made: filepath.Join(root, name)}
	problem := func(err error) error {
		return fmt.Errorf("put the files into --neo4j-import-dir %s: %w", cfg.ImportDir, err)
	}
	if p.release, err = dataset.Lock(p.made); err != nil {
		return nil, problem(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(problem(err), p.remove())
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

// placeName gives the directory in the import directory for the files of another: always the same, so that the next load removes
// what a killed one left.
func placeName(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return "liftgraph-" + hex.EncodeToString(sum[:6])
}

// fileURL gives the URL of a directory within the import directory.
func fileURL(rel string) string {
	u := url.URL{Scheme: "file", Path: "/" + filepath.ToSlash(rel) + "/"}
	return "file://" + u.EscapedPath()
}
