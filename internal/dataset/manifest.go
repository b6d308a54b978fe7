// Package dataset stores what one stage passes to the next: a directory of parts with a manifest, written
// beside its target and swapped in whole, so that a reader sees all of it or what was there before.
package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ManifestName is the name of the manifest in every published directory.
const ManifestName = "manifest.json"

// Manifest says what a directory holds, where it came from and what is missing.
// Each stage passes on what the stages before it wrote and adds its own.
type Manifest struct {
	Version   string    `json:"version"`               // of liftgraph
	Stage     string    `json:"stage"`                 // raw, graph, csv, parquet or lake
	Model     string    `json:"graph_model,omitempty"` // of the tables; empty: the default
	UpdateTag int64     `json:"update_tag"`
	Accounts  []string  `json:"accounts"`
	Started   time.Time `json:"started"` // of the first stage
	Ended     time.Time `json:"ended"`

	Sources       []Source                  `json:"sources"`
	Scopes        []Scope                   `json:"scopes"`
	MissingFields []string                  `json:"missing_fields"` // Type.field that the server's schema lacks
	Notes         []string                  `json:"notes"`          // what a reader must know and no other field says
	Ledger        []Ledger                  `json:"ledger"`
	CarriedOver   []CarriedOver             `json:"carried_over,omitempty"`  // rows that are as an earlier publication had them, by cause
	QualifiedIDs  bool                      `json:"qualified_ids,omitempty"` // ids that are unique only within an account stand as account/id
	SanitizedIDs  *SanitizedIDs             `json:"sanitized_ids,omitempty"`
	Resources     map[string]ResourceCounts `json:"resources,omitempty"`      // managed entities by the type of the resource that they are
	Coverage      []Reach                   `json:"coverage,omitempty"`       // of CloudTrail's events, by account and region
	UnknownEvents map[string]int64          `json:"unknown_events,omitempty"` // changes in CloudTrail of which no rule says what they changed, by SOURCE NAME
	Watermarks    map[string]int64          `json:"watermarks,omitempty"`     // by source: up to when it was read, Unix seconds; the next extraction goes on there
	Settings      map[string]string         `json:"settings,omitempty"`       // by source: what decided which of its records were kept
	Files         []File                    `json:"files"`                    // sorted by path
}

// Source is what was read of one source.
type Source struct {
	Name     string `json:"name"`
	Endpoint string `json:"endpoint"`
	Requests int64  `json:"requests"`
	Retries  int64  `json:"retries"`
	Pages    int64  `json:"pages"`
	PageSize int    `json:"page_size,omitempty"` // runs that the server returns at once, as far as that was tried
	Objects  int64  `json:"objects,omitempty"`   // files or S3 objects
	Bytes    int64  `json:"bytes"`               // of answers, uncompressed; of objects, as they are stored
}

// Scope is a part of a source that is complete or not as a whole.
type Scope struct {
	Scope    string `json:"scope"`            // e.g. runs, managed_users
	Stack    string `json:"stack,omitempty"`  // where the scope is one stack's
	Object   string `json:"object,omitempty"` // where it is one place's: a file, a directory, an s3:// URI
	Complete bool   `json:"complete"`
	ByStack  bool   `json:"by_stack,omitempty"` // incomplete in nothing but stacks, each of which is a scope of its own
	Reason   string `json:"reason,omitempty"`   // why not, in words
	Records  int64  `json:"records"`
}

// Name returns the scope's name, with the stack or the object that it is of.
func (s Scope) Name() string {
	switch {
	case s.Stack != "":
		return s.Scope + " of stack " + s.Stack
	case s.Object != "":
		return s.Scope + " " + s.Object
	}
	return s.Scope
}

// Ledger accounts for everything that entered a stage, in one unit: In = Out + Filtered + Deduplicated + Quarantined.
type Ledger struct {
	Stage        string           `json:"stage"`
	Source       string           `json:"source"`
	Unit         string           `json:"unit"`
	In           int64            `json:"in"`
	Out          int64            `json:"out"`
	Filtered     map[string]int64 `json:"filtered"` // by reason
	Deduplicated int64            `json:"deduplicated"`
	Quarantined  map[string]int64 `json:"quarantined"` // by reason
}

// HistoryScope stands in [CarriedOver] for what no scope lists any more and is kept, because it happened.
const HistoryScope = "history"

// QuarantineScope is the scope of a source (its Object) of which so many records were quarantined that it is incomplete.
const QuarantineScope = "quarantine"

// SpaceliftSource is the name of the source that lists the account.
const SpaceliftSource = "spacelift"

// CarriedOver counts rows that were carried over from the previous graph. They keep their lastupdated.
type CarriedOver struct {
	Scope  string `json:"scope"`             // that could not be read completely, or [HistoryScope]
	Rows   int64  `json:"rows"`              // nodes and relationships
	Oldest int64  `json:"oldest_update_tag"` // the lowest lastupdated of them, Unix seconds
	Newest int64  `json:"newest_update_tag"` // the highest one
}

// PreviousSource is the source of rows that emit kept of the publication before.
const PreviousSource = "previous"

// GraphSource is the source of the rows that emit writes of the graph that was made now.
const GraphSource = "graph"

// NewLedger returns an empty ledger.
func NewLedger(stage, source, unit string) Ledger {
	return Ledger{Stage: stage, Source: source, Unit: unit, Filtered: map[string]int64{}, Quarantined: map[string]int64{}}
}

// Add adds what another ledger counts, in the same unit.
func (l *Ledger) Add(other Ledger) {
	l.In, l.Out, l.Deduplicated = l.In+other.In, l.Out+other.Out, l.Deduplicated+other.Deduplicated
	for reason, n := range other.Filtered {
		l.Filtered[reason] += n
	}
	for reason, n := range other.Quarantined {
		l.Quarantined[reason] += n
	}
}

// Check returns an error where the ledger doesn't balance.
func (l *Ledger) Check() error {
	if l.In != l.Out+l.Deduplicated+sum(l.Filtered)+sum(l.Quarantined) {
		return fmt.Errorf("the ledger of %s %s doesn't balance: %d %s in, but %d out, %d filtered, %d deduplicated, %d quarantined",
			l.Stage, l.Source, l.In, l.Unit, l.Out, sum(l.Filtered), l.Deduplicated, sum(l.Quarantined))
	}
	return nil
}

func sum(m map[string]int64) (n int64) {
	for _, v := range m {
		n += v
	}
	return n
}

// SanitizedIDs counts the managed entities whose id Spacelift had sanitized, each once.
type SanitizedIDs struct {
	Resolved   int64 `json:"resolved"`
	Ambiguous  int64 `json:"ambiguous"`
	Unresolved int64 `json:"unresolved"`
}

// File is one file of the directory.
type File struct {
	Path   string `json:"path"` // relative, with slashes
	Rows   int64  `json:"rows"` // records in it; 0 for headers and other helpers
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hex
}

// Incomplete returns the scopes that are not complete.
func (m *Manifest) Incomplete() []Scope {
	var s []Scope
	for _, sc := range m.Scopes {
		if !sc.Complete {
			s = append(s, sc)
		}
	}
	return s
}

// Kept returns the number of rows that were kept as an earlier publication had them: their lastupdated is an earlier update tag.
func (m *Manifest) Kept() (n int64) {
	for _, l := range m.Ledger {
		if l.Stage == "emit" && l.Source == PreviousSource {
			n += l.Out
		}
	}
	return n
}

// ErrNotPublished is wrapped by [ReadManifest] where the directory holds no manifest.
var ErrNotPublished = errors.New("no " + ManifestName)

// ReadManifest reads the manifest of a published directory.
func ReadManifest(dir string) (*Manifest, error) {
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := recoverOld(dir); err != nil {
			return nil, err
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, ManifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not a published directory: %w", dir, ErrNotPublished)
	}
	if err != nil {
		return nil, err
	}
	m := new(Manifest)
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, ManifestName), err)
	}
	return m, nil
}
