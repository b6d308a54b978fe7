package spool_test

import (
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"liftgraph/extract/audittrail/spool"
)

// The power fails after any operation, and the disk has kept only what was synced, contents and names: what was acknowledged is there.
func TestEachPowerCut(t *testing.T) {
	for k := 1; ; k++ {
		disk := &forgetfulDisk{faultyDisk: faultyDisk{fails: from(k, -1, errDead)}, names: map[string]*inode{}, synced: map[string]*inode{}}
		dir := t.TempDir()
		s := open(t, dir, spool.Options{MaxBytes: 600}.On(disk))
		acknowledged, _ := scenario(t, s)
		_ = s.Close()
		struck := disk.count() >= k
		disk.powerCut(t, dir)
		for n, lines := range []map[string]int{kept(t, dir), reopened(t, dir)} {
			for i := range events {
				times := lines[string(event(t, i).Line)]
				if times > 1 || acknowledged[i] && times == 0 {
					t.Fatalf("no power from operation %d, %d starts later: event %d is there %d times, acknowledged: %v", k, n, i, times, acknowledged[i])
				}
			}
		}
		if !struck {
			break
		}
	}
}

// forgetfulDisk knows what of it would outlive a power cut, at the least.
type forgetfulDisk struct {
	faultyDisk

	mu            sync.Mutex
	names, synced map[string]*inode // by path: now, and when the directory was synced
}

// inode is the content of a file when it was synced.
type inode struct{ synced []byte }

func (d *forgetfulDisk) Create(name string) (spool.File, error) {
	f, err := d.faultyDisk.Create(name)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.names[name] = new(inode)
	return &forgetfulFile{f, name, d.names[name]}, nil
}

func (d *forgetfulDisk) Rename(from, to string) error {
	err := d.faultyDisk.Rename(from, to)
	if err == nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.names[to] = d.names[from]
		delete(d.names, from)
	}
	return err
}

func (d *forgetfulDisk) Remove(name string) error {
	err := d.faultyDisk.Remove(name)
	if err == nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.names, name)
		delete(d.synced, name) // what is done to a directory may last in any order
	}
	return err
}

func (d *forgetfulDisk) SyncDir(name string) error {
	err := d.faultyDisk.SyncDir(name)
	if err == nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.synced = maps.Clone(d.names)
	}
	return err
}

// powerCut makes the directory what would be left of it.
func (d *forgetfulDisk) powerCut(t *testing.T, dir string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	for path, i := range d.synced {
		if err := os.WriteFile(path, i.synced, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

type forgetfulFile struct {
	spool.File
	path  string
	inode *inode
}

func (f *forgetfulFile) Sync() error {
	if err := f.File.Sync(); err != nil {
		return err
	}
	content, err := os.ReadFile(f.path)
	f.inode.synced = content
	return err
}
