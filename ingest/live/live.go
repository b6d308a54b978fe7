// Package live loads a published directory into an existing database. Rows that are there are updated, missing ones are
// created, and what the account no longer has is deleted as package stale decides. There are two ways for the rows: LOAD CSV,
// which the server reads itself (package importdir makes the files readable for it), and Bolt, whose driver brings them, batch by
// batch (package lanes keeps two batches with a common end from being written at the same time). Both write the same graph, can
// be interrupted at any time (a checkpoint beside the directory says where to go on), and take memory by settings, not by rows.
package live

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/graph/cypher"
	"liftgraph/ingest/live/importdir"
	"liftgraph/ingest/live/lanes"
	"liftgraph/ingest/server"
	"liftgraph/ingest/source"
	"liftgraph/internal/dataset"
)

// The methods that load into an existing database.
const (
	LoadCSV = "load-csv" // the server reads the files
	Bolt    = "bolt"     // the driver brings the rows
)

// methods are how the rows of a table get into the graph.
var methods = map[string]method{LoadCSV: loadCSV, Bolt: loadBolt}

// method loads the rows of a table but the first from of them. Each time that more are there to stay, it calls done with
// their number, counted from the table's first row, and with how many of those that came since the last call have no
// end to stand between. It may be called again for the same rows after an error.
type method func(ctx context.Context, l *live, t *graph.Table, from int64, done func(rows, missing int64) error) error

// Config says what to load into an existing database, and how.
type Config struct {
	Method   string // LoadCSV or Bolt
	Dir      string // the published directory; LoadCSV wants CSV
	Server   server.Config
	Database string // name; empty: neo4j

	EC2Label        string // label of the instances in this graph; empty: EC2Instance
	NoCreateForeign bool   // only match the nodes that other tools own, and leave out the relationships of those that miss

	ImportDir string         // LoadCSV: the server's import directory, as seen from here; empty, and LoadURL too: what a server on this machine has set
	LoadURL   string         // LoadCSV: the URL at which the server finds the directory, instead
	Sign      importdir.Sign // LoadCSV: returns a URL for each file, instead

	Workers int // Bolt: batches that are written at a time; 0: a few

	KeepStale  bool              // nothing is removed
	Older      bool              // load a directory although the graph holds a later state of its account; then nothing is removed
	MaxRemoved *float64          // percent of the account's nodes that are removed at most, else the load ends with a [TooManyRemovedError]; nil: any
	Retention  time.Duration     // how long before the update tag the events are that logs recorded and that are kept though the directory lacks them; 0: any time
	DryRun     bool              // change nothing, only plan
	Plan       func(*Plan) error // gets the plan, before anything is removed; an error ends the load
	Temp       string            // directory of spill files; empty: the system's

	Progress func(Progress)

	limits   lanes.Limits  // Bolt: of a batch; empty: the default
	batch    int           // LoadCSV: rows in a transaction; 0: as many as is good
	patience time.Duration // how long a server that is away is waited for; 0: patience
	removed  func(*Report) // called after each batch that was removed, if not nil
}

// Progress is how far a load is.
type Progress struct {
	Table       string
	Rows, Total int64 // of all tables
}

// String returns e.g. "350000 of 1000000 rows: SpaceliftRun".
func (p Progress) String() string {
	return fmt.Sprintf("%d of %d rows: %s", p.Rows, p.Total, p.Table)
}

// Of returns how many rows of how many are loaded, of one step.
func (p Progress) Of() (step string, done, total int64) { return "", p.Rows, p.Total }

// Report says what was done.
type Report struct {
	Version       string // of Neo4j
	Nodes         int64  // rows loaded, those of an interrupted load that this one went on with among them
	Relationships int64
	LeftOut       int64 // relationships without an end, by NoCreateForeign; not counted above
	Resumed       int64 // rows that were loaded before, by a load that was interrupted
	Retries       int64 // how often something was tried again
	Took          time.Duration

	Plan                               *Plan // what was to be removed, or of a dry run; nil where nothing may be
	RemovedNodes, RemovedRelationships int64 // with what hung on them that other tools made
}

// live is a load under way.
type live struct {
	cfg     Config
	dir     *published.Dir
	model   *graph.Model
	want    source.Counts
	driver  neo4j.DriverWithContext
	options cypher.Options
	point   *checkpoint
	report  *Report
	load    method
	account string // that the directory is of; empty: of none
	older   bool   // the graph holds a later state of it

	spelled spellings // of nodes that the graph has in another case

	looked map[*graph.Table]bool // tables of which it was looked up whether the graph has any row

	bookmarks neo4j.BookmarkManager // Bolt: on a cluster, what one session wrote the others see

	place  *importdir.Place        // LoadCSV: where the server reads the files
	copies map[string]dataset.File // LoadCSV: the copies of parts that it reads as they are meant, by path
	legacy bool                    // LoadCSV: the server reads a backslash before a quote as an escape
}

// Load loads a published directory into an existing database: what is there is updated, what isn't is created, and what the
// account no longer has is removed. A load that was interrupted is taken up where it stopped. A directory that is older than what the graph
// holds, or whose ids are another account's there, is refused. Wrong settings are a [server.UsageError].
func Load(ctx context.Context, cfg Config) (_ *Report, err error) {
	began := time.Now()
	l, err := openLive(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.driver.Close(context.WithoutCancel(ctx))) }()
	if err := l.refuse(ctx); err != nil {
		return nil, err
	}
	if err := l.lookUpSpellings(ctx); err != nil {
		return nil, err
	}
	if cfg.DryRun {
		return l.report, l.dryRun(ctx)
	}
	if err := l.countNodes(ctx); err != nil {
		return nil, err
	}
	if err := l.schema(ctx); err != nil {
		return nil, err
	}
	if err := l.prepared(ctx, l.tables); err != nil {
		return l.report, err
	}
	if err := l.compare(ctx); err != nil {
		return l.report, err
	}
	if err := l.removeStale(ctx); err != nil {
		return l.report, err
	}
	l.report.Took = time.Since(began)
	return l.report, l.point.remove()
}

// Check returns an error that says what would keep [Load] from loading, so that a long job can ask before it begins: wrong settings, and a server
// that doesn't answer, refuses the password or is too old. Dir isn't looked at.
func Check(ctx context.Context, cfg Config) (err error) {
	if cfg, err = cfg.settled(); err != nil {
		return err
	}
	d, err := cfg.Server.Driver()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close(context.WithoutCancel(ctx))) }()
	if _, err = contact(ctx, d, cfg); err != nil {
		return err
	}
	_, err = cfg.found(ctx, d)
	return err
}

// openLive checks the directory, connects and finds out how far an earlier load came.
func openLive(ctx context.Context, cfg Config) (_ *live, err error) {
	if cfg, err = cfg.settled(); err != nil {
		return nil, err
	}
	l := &live{looked: map[*graph.Table]bool{}, cfg: cfg, report: &Report{}, load: methods[cfg.Method], bookmarks: neo4j.NewBookmarkManager(neo4j.BookmarkManagerConfig{})}
	if l.want, err = source.Rows(cfg.Dir); err != nil {
		return nil, err
	}
	if l.dir, err = published.Open(cfg.Dir); err == nil {
		err = l.dir.Fits()
	}
	if err != nil {
		return nil, err
	}
	m := l.dir.Manifest
	if cfg.Method == LoadCSV && m.Stage != "csv" {
		return nil, &server.UsageError{Problem: fmt.Sprintf("%s holds %s: load-csv loads CSV, bolt any", cfg.Dir, m.Stage)}
	}
	if cfg.Method == LoadCSV && !slices.ContainsFunc(m.Files, func(f dataset.File) bool { return f.Path == source.LoadName }) {
		return nil, fmt.Errorf("%s was emitted by a version that didn't know of LOAD CSV, which could read some strings wrongly: run emit again, or load by bolt", cfg.Dir)
	}
	var known bool
	if l.model, known = graph.ModelNamed(m.Model); !known {
		return nil, fmt.Errorf("%s is laid out by the model %q, which this version doesn't know", cfg.Dir, m.Model)
	}
	l.options = cypher.Options{Model: l.model, EC2Label: cfg.EC2Label, MatchForeign: cfg.NoCreateForeign, Spelled: "$" + spelledName}
	if l.driver, err = cfg.Server.Driver(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.driver.Close(context.WithoutCancel(ctx)))
		}
	}()
	at, err := contact(ctx, l.driver, cfg)
	if err != nil {
		return nil, err
	}
	l.report.Version = at.version
	if l.cfg, err = cfg.found(ctx, l.driver); err != nil {
		return nil, err
	}
	l.point, err = openCheckpoint(cfg.Dir, fmt.Sprintf("%s %s %s %s %t", cfg.Server.Address(), cfg.Database, at.database, cfg.EC2Label, cfg.NoCreateForeign))
	return l, err
}

// settled fills in what was left out, or returns a [server.UsageError].
func (cfg Config) settled() (Config, error) {
	if methods[cfg.Method] == nil {
		return cfg, &server.UsageError{Problem: fmt.Sprintf("%q is no method of loading into an existing database: %s or %s is", cfg.Method, LoadCSV, Bolt)}
	}
	if cfg.Database == "" {
		cfg.Database = "neo4j"
	}
	if cfg.patience == 0 {
		cfg.patience = patience
	}
	if p := cfg.MaxRemoved; p != nil && !(*p >= 0 && *p <= 100) {
		return cfg, &server.UsageError{Problem: fmt.Sprintf("--max-removed %v: it is a percentage between 0 and 100", *p)}
	}
	if cfg.Method == LoadCSV {
		if err := cfg.checkPlace(); err != nil {
			return cfg, err
		}
	}
	if err := cfg.Server.Check(); err != nil {
		return cfg, err
	}
	if err := cfg.checkWorkers(); err != nil {
		return cfg, err
	}
	if cfg.Dir == "" {
		return cfg, nil
	}
	var err error
	cfg.Dir, err = filepath.Abs(cfg.Dir)
	return cfg, err
}
