package spool

// Disk and File are what tests put in the place of the real disk.
type (
	Disk = disk
	File = file
)

// LocalDisk is the real one.
type LocalDisk = localDisk

// On returns options for a spool on a disk of the test's.
func (o Options) On(d Disk) Options {
	o.disk = d
	return o
}
