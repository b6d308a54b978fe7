package verify

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"liftgraph/emit/index"
	"liftgraph/emit/index/blockgzip"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// readPart reads a part, and makes its index again to compare it with the one that is there.
func (g *graphCheck) readPart(t *graph.Table, part dataset.File, take func(graph.Row) error) error {
	if g.format.readBlocks == nil {
		return g.format.readPart(g.dir, t, part, take)
	}
	path := index.Path(part.Path)
	written, err := os.ReadFile(filepath.Join(g.dir, filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) { // every file of the manifest is there: the directory has no indexes
		return g.format.readPart(g.dir, t, part, take)
	}
	if err != nil {
		return err
	}
	x, err := index.Read(bytes.NewReader(written), int64(len(written)), t)
	if err == nil {
		err = x.Fits(part.Rows, g.format.blockBytes(part))
	}
	if err != nil {
		g.index = cmp.Or(g.index, fmt.Errorf("%s: %w", path, err))
		return g.format.readPart(g.dir, t, part, take)
	}
	var again index.Builder
	again.Begin(t)
	var stored []blockgzip.Block
	for _, b := range x.Blocks {
		if b.Stored.Bytes > 0 {
			stored = append(stored, b.Stored)
		}
	}
	n, block := int64(0), 0
	err = g.format.readBlocks(g.dir, t, part, x, func(row graph.Row) error {
		again.Add(row)
		if n++; block < len(x.Blocks) && n == x.Blocks[block].Row+x.Blocks[block].Rows {
			again.EndBlock()
			block++
		}
		return take(row)
	})
	if err == nil && !bytes.Equal(again.Encode(stored), written) {
		g.index = cmp.Or(g.index, fmt.Errorf("%s doesn't lead to the rows of %s: a look-up would miss some", path, part.Path))
	}
	return err
}
