package live

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// saveEvery bounds how old a checkpoint gets: what is loaded twice after a kill is what came in meanwhile.
var saveEvery = time.Second

// checkpoint keeps on disk how far a load is, so that the next one goes on there. It is of one directory, by its
// manifest, and one database: for others it counts for nothing.
type checkpoint struct {
	path  string
	saved time.Time
	state checkpointState
}

type checkpointState struct {
	Manifest string             `json:"manifest"` // its SHA-256
	Into     string             `json:"into"`
	Tables   map[string]reached `json:"tables"`
	Nodes    *int64             `json:"nodes,omitempty"` // of the account, which the graph had when the load began
}

// reached is how far a table is.
type reached struct {
	Rows    int64 `json:"rows"`    // loaded, from the first one on
	Missing int64 `json:"missing"` // of these, relationships without an end
}

// openCheckpoint reads what an earlier load of dir into the same place left, if anything.
func openCheckpoint(dir, into string) (*checkpoint, error) {
	manifest, err := os.ReadFile(filepath.Join(dir, dataset.ManifestName))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(manifest)
	c := &checkpoint{path: checkpointName(dir), state: checkpointState{Manifest: hex.EncodeToString(sum[:]), Into: into, Tables: map[string]reached{}}}
	b, err := os.ReadFile(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	var old checkpointState
	// One that was written in part is as good as none.
	if json.Unmarshal(b, &old) == nil && old.Manifest == c.state.Manifest && old.Into == into && old.Tables != nil {
		c.state = old
	}
	return c, nil
}

// checkpointName returns the place of a directory's checkpoint: beside it, so that the directory stays what its manifest says.
func checkpointName(dir string) string {
	return filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".load.json")
}

// at returns how far a table is.
func (c *checkpoint) at(t *graph.Table) reached { return c.state.Tables[t.Name] }

// reached takes down that so many rows of a table are loaded, of which missing more than before have no end.
func (c *checkpoint) reached(t *graph.Table, rows, missing int64) error {
	c.state.Tables[t.Name] = reached{rows, c.at(t).Missing + missing}
	if time.Since(c.saved) < saveEvery {
		return nil
	}
	return c.save()
}

// save writes the checkpoint, whole or not at all. Where nothing can be written, as on a read-only disk, the load is one that can't be taken up.
func (c *checkpoint) save() error {
	b, err := json.Marshal(c.state)
	if err != nil {
		return err
	}
	c.saved = time.Now()
	partial := c.path + ".new"
	if err := os.WriteFile(partial, append(b, '\n'), 0o600); err != nil {
		if unwritable(err) {
			return nil
		}
		return fmt.Errorf("keep how far the load is: %w", err)
	}
	return os.Rename(partial, c.path)
}

// remove ends the checkpoint of a load that is complete.
func (c *checkpoint) remove() error {
	if err := os.Remove(c.path); err != nil && !errors.Is(err, fs.ErrNotExist) && !unwritable(err) {
		return err
	}
	return nil
}

// unwritable reports whether nothing can be written at a place.
func unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.EROFS)
}
