package verify

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"liftgraph/emit/index"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// indexCheck makes the indexes of a lake's table again from its rows, to compare them with those that are there.
type indexCheck struct {
	files     *lakeFiles
	table     *graph.Table
	scattered bool
	left      []dataset.File // indexes that aren't read yet
	none      bool           // of a lake of an earlier version
	wrong     error          // the first that is found: rows are proved all the same

	file    dataset.File
	written []byte
	blocks  []index.Block // of the index under way that haven't ended
	rows    int64         // in the first of them
	again   index.Builder
}

// off reports whether there is nothing to compare.
func (c *indexCheck) off() bool { return c.none || c.wrong != nil }

// next reads the next index where the one before has ended; false where there is none.
func (c *indexCheck) next() bool {
	if c.off() || len(c.blocks) > 0 {
		return !c.off()
	}
	if len(c.left) == 0 {
		c.wrong = fmt.Errorf("the indexes of %s end before its rows: a look-up would miss some; run emit again", c.table.Folder())
		return false
	}
	c.file, c.left = c.left[0], c.left[1:]
	err := c.files.file(c.file, func(f *os.File) (err error) {
		c.written, err = io.ReadAll(f)
		return err
	})
	if err == nil {
		var x *index.Index
		if x, err = index.ReadTable(bytes.NewReader(c.written), int64(len(c.written)), c.table, c.scattered); err == nil {
			c.blocks = x.Blocks
		}
	}
	if err != nil {
		c.wrong = fmt.Errorf("%s: %w", c.file.Path, err)
		return false
	}
	c.again.BeginTable(c.table, c.scattered)
	return true
}

// add takes the next row of the part.
func (c *indexCheck) add(row graph.Row) {
	if !c.next() {
		return
	}
	c.again.Add(row)
	if c.rows++; c.rows >= c.blocks[0].Rows {
		c.again.EndBlock()
		c.endBlock()
	}
}

// endBlock goes on with the next block, and compares an index that ends.
func (c *indexCheck) endBlock() {
	c.rows, c.blocks = 0, c.blocks[1:]
	if len(c.blocks) == 0 && !bytes.Equal(c.again.Encode(nil), c.written) {
		c.wrong = fmt.Errorf("%s doesn't lead to the rows of %s: a look-up would miss some; run emit again", c.file.Path, c.table.Folder())
	}
}

// endPart ends a part, maybe the last one.
func (c *indexCheck) endPart(part dataset.File, last bool) {
	if part.Rows > 0 && c.next() {
		c.again.EndPart()
		c.endBlock()
	}
	if last && !c.off() && len(c.left)+len(c.blocks) > 0 {
		c.wrong = fmt.Errorf("the indexes of %s go on behind its rows; run emit again", c.table.Folder())
	}
}
