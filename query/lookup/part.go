package lookup

import (
	"fmt"
	"io"
	"slices"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/index"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// part is one file of a table.
type part struct {
	file  dataset.File
	index *index.Index
	full  bool   // it has no index: its one block is all of it
	alone bool   // its order is its own
	last  string // its last key, where that is known
}

// parts returns the parts of a table that have rows, with their indexes.
func (d *Dir) parts(t *graph.Table) ([]*part, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if list, ok := d.tables[t]; ok {
		return list, nil
	}
	list, err := d.lakeParts(t)
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		file, ok := d.files[fmt.Sprintf("%s/part-%05d%s", t.Folder(), n, d.format.extension)]
		if !ok {
			break
		}
		if file.Rows == 0 {
			continue
		}
		p, err := d.part(t, file)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	if err := d.checkHeader(t, list); err != nil {
		return nil, err
	}
	d.tables[t] = list
	return list, nil
}

// checkHeader returns an error where a table of CSV with rows has other columns than the model's.
func (d *Dir) checkHeader(t *graph.Table, list []*part) error {
	header, ok := d.files[t.Folder()+"/header.csv"]
	if !ok || len(list) == 0 || d.manifest.Stage != "csv" {
		return nil
	}
	return d.read(header, func(f io.ReaderAt) error {
		text, err := io.ReadAll(io.NewSectionReader(f, 0, header.Bytes))
		if err != nil {
			return err
		}
		return csvfile.CheckHeader(string(text), t)
	})
}

func (d *Dir) part(t *graph.Table, file dataset.File) (*part, error) {
	x, ok := d.files[index.Path(file.Path)]
	if !ok {
		return &part{file: file, full: true, index: &index.Index{Blocks: []index.Block{{Rows: file.Rows}}}}, nil
	}
	p := &part{file: file}
	return p, d.read(x, func(f io.ReaderAt) (err error) {
		if p.index, err = index.Read(f, x.Bytes, t); err != nil {
			return err
		}
		return p.index.Fits(file.Rows, d.format.blockBytes(file))
	})
}

// plan returns the blocks of each part of a table, in order, that can hold rows whose keys, or ends, are among the ids.
func (d *Dir) plan(t *graph.Table, by By, ids []string) ([]*part, [][]int, error) {
	parts, err := d.parts(t)
	if err != nil {
		return nil, nil, err
	}
	blocks := make([][]int, len(parts))
	if s := d.entries(t, by); s != nil {
		return parts, blocks, d.byEntries(s, ids, blocks)
	}
	for i, p := range parts {
		switch {
		case p.full || by == ByEnd && !index.Ends(t):
			for b := range p.index.Blocks {
				blocks[i] = append(blocks[i], b)
			}
		case by == ByKey:
			for _, id := range ids {
				blocks[i] = append(blocks[i], between(parts, i, id, id)...)
			}
			slices.Sort(blocks[i])
			blocks[i] = slices.Compact(blocks[i])
		default:
			err := d.read(d.files[index.Path(p.file.Path)], func(f io.ReaderAt) (err error) {
				blocks[i], err = p.index.EndBlocks(f, ids)
				return err
			})
			if err != nil {
				return nil, nil, err
			}
		}
	}
	return parts, blocks, nil
}

// between returns the blocks of the i-th part that can hold keys from low to high.
func between(parts []*part, i int, low, high string) (blocks []int) {
	switch p := parts[i]; {
	case p.last != "" && p.last < low:
		return nil // it ends before
	case !p.alone && i+1 < len(parts) && parts[i+1].index.Blocks[0].First < low && !parts[i+1].full:
		return nil
	}
	from, to := parts[i].index.Range(low, high)
	for b := from; b < to; b++ {
		blocks = append(blocks, b)
	}
	return blocks
}
