package lookup

import (
	"fmt"
	"io"
	"slices"

	"liftgraph/emit/index"
	"liftgraph/emit/lake"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// segment is one of the indexes of a table in a lake. Each goes on where the one before ends.
type segment struct {
	file  dataset.File
	index *index.Index
	at    []blockOf // by block of the index
}

// blockOf says which block of which part a block of a segment is; one that only ends a part has no rows.
type blockOf struct{ part, block int }

// scattered reports whether the parts of a table have each an order of its own.
func (d *Dir) scattered(t *graph.Table) bool { return d.lake() && lake.EventColumn(t) >= 0 }

// lakeParts returns the parts of a table in a lake that have rows, with the blocks that its indexes name; without indexes, as earlier versions
// wrote lakes, each is one block.
func (d *Dir) lakeParts(t *graph.Table) ([]*part, error) {
	list := []*part{}
	for _, file := range d.folders[t.Folder()] {
		if file.Rows > 0 {
			list = append(list, &part{file: file, alone: d.scattered(t), index: new(index.Index)})
		}
	}
	if len(d.indexes[t.Folder()]) == 0 {
		for _, p := range list {
			p.full, p.index.Blocks = true, []index.Block{{Rows: p.file.Rows}}
		}
		return list, nil
	}
	var segments []*segment
	rows, n := int64(0), 0 // of the part under way, and its number
	for _, file := range d.indexes[t.Folder()] {
		s := &segment{file: file}
		err := d.read(file, func(f io.ReaderAt) (err error) {
			if s.index, err = index.ReadTable(f, file.Bytes, t, d.scattered(t)); err != nil {
				return err
			}
			for _, b := range s.index.Blocks {
				if n == len(list) {
					return fmt.Errorf("%w: it has more parts than the table", index.ErrDamaged)
				}
				p := list[n]
				s.at = append(s.at, blockOf{n, len(p.index.Blocks)})
				if b.Rows > 0 {
					b.Row = rows
					rows += b.Rows
					p.index.Blocks = append(p.index.Blocks, b)
					continue
				}
				if rows != p.file.Rows {
					return fmt.Errorf("%w, or another's: %s has %d rows, not %d", index.ErrDamaged, p.file.Path, p.file.Rows, rows)
				}
				p.last, rows, n = b.First, 0, n+1
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		segments = append(segments, s)
	}
	if n != len(list) {
		return nil, fmt.Errorf("%s: the indexes of %s end before its parts: %w; check the lake with `liftgraph verify %s`, or run emit again", d.path, t.Folder(), index.ErrDamaged, d.path)
	}
	d.segments[t] = segments
	return list, nil
}

// entries returns the indexes of a table that have entries of what is looked up; none where parts are chosen by their keys, or read in full.
func (d *Dir) entries(t *graph.Table, by By) []*segment {
	if d.scattered(t) || by == ByEnd && index.Ends(t) {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.segments[t]
	}
	return nil
}

// byEntries adds the blocks in which one of the ids is.
func (d *Dir) byEntries(segments []*segment, ids []string, blocks [][]int) error {
	for _, s := range segments {
		err := d.read(s.file, func(f io.ReaderAt) error {
			found, err := s.index.EndBlocks(f, ids)
			for _, b := range found {
				at := s.at[b]
				blocks[at.part] = append(blocks[at.part], at.block)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, list := range blocks {
		slices.Sort(list) // each block is in one segment
	}
	return nil
}
