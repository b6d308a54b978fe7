package spool_test

import (
	"errors"
	"sync"

	"liftgraph/extract/audittrail/spool"
)

var errDead = errors.New("the process is dead")

// faultyDisk fails some of the operations, which it counts from 1.
type faultyDisk struct {
	spool.LocalDisk
	fails func(n int, op string) error // nil: it succeeds

	mu  sync.Mutex
	ops int
}

// from fails the kth operation and those after it, n in all; with n < 0 for ever.
func from(k, n int, err error) func(int, string) error {
	return func(i int, _ string) error {
		if i >= k && (n < 0 || i < k+n) {
			return err
		}
		return nil
	}
}

func (d *faultyDisk) fail(op string) error {
	d.mu.Lock()
	d.ops++
	n := d.ops
	d.mu.Unlock()
	return d.fails(n, op)
}

func (d *faultyDisk) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

func (d *faultyDisk) Create(name string) (spool.File, error) {
	if err := d.fail("create"); err != nil {
		return nil, err
	}
	f, err := d.LocalDisk.Create(name)
	if err != nil {
		return nil, err
	}
	return &faultyFile{f, d}, nil
}

func (d *faultyDisk) Rename(from, to string) error {
	if err := d.fail("rename"); err != nil {
		return err
	}
	return d.LocalDisk.Rename(from, to)
}

func (d *faultyDisk) Remove(name string) error {
	if err := d.fail("remove"); err != nil {
		return err
	}
	return d.LocalDisk.Remove(name)
}

func (d *faultyDisk) SyncDir(name string) error {
	if err := d.fail("syncdir"); err != nil {
		return err
	}
	return d.LocalDisk.SyncDir(name)
}

// faultyFile is a file on such a disk. A write that fails has written half.
type faultyFile struct {
	spool.File
	disk *faultyDisk
}

func (f *faultyFile) Write(b []byte) (int, error) {
	if err := f.disk.fail("write"); err != nil {
		n, _ := f.File.Write(b[:len(b)/2])
		return n, err
	}
	return f.File.Write(b)
}

func (f *faultyFile) Sync() error {
	if err := f.disk.fail("sync"); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faultyFile) Truncate(size int64) error {
	if err := f.disk.fail("truncate"); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *faultyFile) Close() error {
	err := f.disk.fail("close")
	return errors.Join(err, f.File.Close())
}
