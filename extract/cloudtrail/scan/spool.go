package scan

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// spoolOf keeps what is read in a temporary file without a name. An error of that file is a [DiskError].
func spoolOf(r io.Reader, dir string) (*os.File, int64, error) {
	f, err := os.CreateTemp(dir, ".liftgraph-cloudtrail-*")
	if err != nil {
		return nil, 0, &DiskError{err}
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, 0, errors.Join(&DiskError{err}, f.Close())
	}
	w := diskWriter{f: f}
	size, err := io.Copy(&w, r)
	if w.err != nil {
		err = &DiskError{w.err}
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, size, nil
}

// diskWriter keeps its own error apart from those of what is read.
type diskWriter struct {
	f   *os.File
	err error
}

func (w *diskWriter) Write(p []byte) (n int, err error) {
	n, w.err = w.f.Write(p)
	return n, w.err
}

// DiskError says that the directory for temporary files can't be used, which is no object's fault.
type DiskError struct{ err error }

// Error implements error.
func (e *DiskError) Error() string { return fmt.Sprintf("a temporary file can't be kept: %v", e.err) }

// Unwrap returns the error of the file.
func (e *DiskError) Unwrap() error { return e.err }
