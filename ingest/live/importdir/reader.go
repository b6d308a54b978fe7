package importdir

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// reader is whom the files are put there for: the owner of the import directory, as whom the server runs.
type reader struct {
	uid, gid int
	own      bool        // it is ourselves: the files can be linked as they are
	file     os.FileMode // of a copy
	dir      os.FileMode
}

// readerOf finds out how the owner of a directory can be let read, and as few others as possible.
func readerOf(info os.FileInfo) (reader, error) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return reader{}, errors.New("the system doesn't report who owns it")
	}
	r := reader{uid: -1, gid: int(stat.Gid), file: 0o640, dir: 0o750}
	switch {
	case int(stat.Uid) == os.Getuid():
		r = reader{uid: -1, gid: -1, own: true, file: 0o600, dir: 0o700}
	case os.Getuid() == 0:
		r.uid = int(stat.Uid)
	}
	return r, nil
}

// put links or copies a file to a path below dir.
func (r reader) put(from, dir, path string) error {
	to := filepath.Join(dir, filepath.FromSlash(path))
	if err := r.mkdirs(dir, filepath.Dir(to)); err != nil {
		return err
	}
	if r.own {
		err := os.Link(from, to)
		if err == nil || !errors.Is(err, unix.EXDEV) && !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.EMLINK) && !errors.Is(err, unix.ENOTSUP) {
			return err
		}
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close(), r.give(to, r.file))
}

// mkdirs makes a directory and those above it up to top.
func (r reader) mkdirs(top, dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, os.ErrNotExist) && dir != top {
		if err := r.mkdirs(top, filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.give(dir, r.dir)
}

// give lets the reader read.
func (r reader) give(path string, mode os.FileMode) error {
	if !r.own {
		if err := os.Chown(path, r.uid, r.gid); err != nil {
			return fmt.Errorf("%w; the server's user must be able to read the files: run this as that user, as a member of the import directory's group, or as root", err)
		}
	}
	return os.Chmod(path, mode)
}
