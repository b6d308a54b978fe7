package cloudtrail

import (
	"cmp"
	"log/slog"
	"runtime"
	"time"

	"liftgraph/extract/cloudtrail/scan"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// Config says which events to read, and what to keep of them.
type Config struct {
	Sources []Source
	From    time.Time // objects whose key has an earlier date (UTC) aren't read; zero: no bound
	To      time.Time // nor those with a later one; zero: no bound

	IncludeReadOnly bool // keep calls that changed nothing
	IncludeFailed   bool // keep calls that failed
	FollowRoles     bool // keep what it takes to attribute the calls of roles that a run's session assumed
	HoldBack        bool // of what was done with temporary keys, deliver only what runs did; then FollowRoles costs little
	AllInstances    bool // deliver every instance that any event names, not only those of runs
	Resources       Resources
	Changes         Changes

	Previous *Previous               // the previous extraction, to go on from; nil: everything is read
	Seen     func(*raw.Object) error // takes each object that was read, for the next extraction, after its records; may be nil

	Temp    string       // directory for what has to be read more than once; "": the system's
	Workers int          // objects that are scanned at once; 0: the number of CPUs
	Stats   *Stats       // counts for a progress display; may be nil
	Log     *slog.Logger // receives retries and their reasons; nil: silent
}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	c.Workers = cmp.Or(max(c.Workers, 0), runtime.GOMAXPROCS(0))
	c.Stats = cmp.Or(c.Stats, new(Stats))
	return c
}

// holdsBack reports whether what was done with a temporary key is held back until it is known whether a run got the key.
// Where more than runs' is delivered, it can't be.
func (c *Config) holdsBack() bool {
	return c.HoldBack && c.FollowRoles && !c.AllInstances && (c.Changes == "" || c.Changes == ChangesNone)
}

// options returns what concerns the reading of one object.
func (c *Config) options() scan.Options {
	return scan.Options{
		IncludeReadOnly: c.IncludeReadOnly, IncludeFailed: c.IncludeFailed, FollowRoles: c.FollowRoles, AllInstances: c.AllInstances,
		NoInstances: c.Resources == ResourcesNone, AllResources: c.Resources == ResourcesAll,
		Changes: c.Changes == ChangesManaged || c.Changes == ChangesAll, AllChanges: c.Changes == ChangesAll, Temp: c.Temp,
		Later: c.holdsBack(),
	}
}

// Source is a place to read.
type Source struct {
	URI   string // as the user gave it, for scopes and messages
	Store objects.Store
	Lines []int64 // the numbers, from 1 and in order, of the records of each object that are delivered; nil: all
}

// Output takes what an extraction delivers, from one goroutine. An error ends the extraction.
type Output interface {
	Record(raw.Record) error
	Reject(raw.Rejected) error
}

// Report says what was read, for the manifest.
type Report struct {
	Accounts []string         // Spacelift accounts that sessions name in full, sorted; at most maxAccounts
	Sources  []dataset.Source // one a Source of Config
	Scopes   []dataset.Scope  // one a Source, and one an object that could not be read to its end
	Notes    []string
	Ledger   dataset.Ledger // in events; balanced

	UnknownEvents map[string]int64 // changes of which nothing says what they changed, by SOURCE NAME; of objects that were read this time
}
