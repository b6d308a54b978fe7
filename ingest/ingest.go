// Package ingest loads what emit published into Neo4j. It is the door to its rooms:
//
//   - admin: `neo4j-admin database import full`, which fills a fresh database offline
//   - live: into an existing database, by LOAD CSV, which the server reads itself, or over Bolt, whose driver brings the rows
//   - stale: which rows of an existing graph a load deletes, and why
//   - source: the published directory, read whole before a load begins
//   - server: what every method does over Bolt
//
// Every load ends with the counts of the database compared with those of the manifest.
package ingest

import (
	"context"

	"liftgraph/ingest/admin"
	"liftgraph/ingest/live"
	"liftgraph/ingest/live/importdir"
	"liftgraph/ingest/server"
)

// Server is where a Neo4j answers over Bolt.
type Server = server.Config

// UsageError says that a setting is wrong: nothing was run and no server was asked.
type UsageError = server.UsageError

// The types of an import into a fresh database.
type (
	// AdminConfig says what is imported, and where.
	AdminConfig = admin.Config
	// AdminReport says what was imported.
	AdminReport = admin.Report
	// AdminProgress says how far an import is.
	AdminProgress = admin.Progress
)

// The types of a load into an existing database.
type (
	// LiveConfig says what is loaded, and where.
	LiveConfig = live.Config
	// LiveReport says what was loaded and removed.
	LiveReport = live.Report
	// LiveProgress says how far a load is.
	LiveProgress = live.Progress
	// Plan is what a load is going to do, before it does it.
	Plan = live.Plan
	// Sign returns a URL by which the server can read a file for some time.
	Sign = importdir.Sign
)

// The methods that load into an existing database, and the batches that [Bolt] writes at a time by default.
const (
	LoadCSV     = live.LoadCSV
	Bolt        = live.Bolt
	BoltWorkers = live.BoltWorkers
)

// Errors that a caller may want to distinguish.
var (
	ErrDatabaseExists = admin.ErrDatabaseExists
	ErrDatabaseInUse  = admin.ErrDatabaseInUse
)

// Admin imports a published directory into a fresh database; see [admin.Import].
func Admin(ctx context.Context, cfg AdminConfig) (*AdminReport, error) { return admin.Import(ctx, cfg) }

// CheckAdmin returns what would keep [Admin] from importing; see [admin.Check].
func CheckAdmin(ctx context.Context, cfg AdminConfig) error { return admin.Check(ctx, cfg) }

// Live loads a published directory into an existing database; see [live.Load].
func Live(ctx context.Context, cfg LiveConfig) (*LiveReport, error) { return live.Load(ctx, cfg) }

// CheckLive returns what would keep [Live] from loading; see [live.Check].
func CheckLive(ctx context.Context, cfg LiveConfig) error { return live.Check(ctx, cfg) }
