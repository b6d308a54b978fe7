package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"syscall"
)

// file is the store of one file.
type file struct{ path string }

// openPath returns the store of a file or a directory.
func openPath(path string) (Store, error) {
	if path == "" {
		return nil, &UsageError{"no path is given"}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return nil, &UsageError{"there is no file or directory " + path}
	case err != nil:
		return nil, fileError(path, err)
	case info.IsDir():
		return directory{path}, nil
	case !info.Mode().IsRegular():
		return nil, &UsageError{path + " is neither a file nor a directory: what is read has to be there more than once"}
	}
	return file{path}, nil
}

func (f file) List(ctx context.Context, prune func(string) string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		o := Object{URI: f.path, Key: filepath.Base(f.path)}
		if err := context.Cause(ctx); err != nil {
			yield(Object{}, err)
			return
		}
		info, err := os.Stat(f.path)
		if err != nil {
			yield(Object{}, fileError(f.path, err))
			return
		}
		o.Size, o.Modified = info.Size(), info.ModTime().UnixNano()
		if prune == nil || prune(o.Key) == "" {
			yield(o, nil)
		}
	}
}

func (f file) Open(ctx context.Context, o Object) (io.ReadCloser, error) {
	return openFile(ctx, f.path, o.Size)
}

// fileReader returns as many bytes of a file as were listed.
type fileReader struct {
	ctx  context.Context
	file *os.File
	left int64
}

func openFile(ctx context.Context, path string, size int64) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	info, err := f.Stat()
	if err == nil && info.Size() != size {
		err = changed(path)
	}
	if err != nil {
		f.Close()
		return nil, fileError(path, err)
	}
	return &fileReader{ctx, f, size}, nil
}

func (r *fileReader) Read(b []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	if r.left == 0 {
		return 0, io.EOF
	}
	n, err := r.file.Read(b[:min(int64(len(b)), r.left)])
	r.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = changed(r.file.Name())
	}
	if err != nil {
		err = fileError(r.file.Name(), err)
	}
	return n, err
}

func (r *fileReader) Close() error { return r.file.Close() }

func changed(uri string) error {
	return &failure{ErrChanged, uri + " was replaced while it was read: run again when no other process writes there"}
}

// fileError says what is wrong with a file.
func fileError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &failure{ErrNotFound, path + " isn't there"}
	case errors.Is(err, fs.ErrPermission):
		return &failure{ErrRefused, path + " may not be read by this user"}
	case errors.Is(err, ErrChanged):
		return err
	}
	return fmt.Errorf("read %s: %w", path, err)
}
