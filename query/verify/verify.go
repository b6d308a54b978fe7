// Package verify checks a published directory: that its files are those of its manifest, bit for bit,
// and that their rows are a whole graph. It trusts nothing that it can compute.
package verify

import (
	"context"
	"fmt"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/index"
	"liftgraph/emit/parquetfile"
	"liftgraph/emit/rowfile"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Report is what was proved.
type Report struct {
	Stage         string // of the directory: raw, quarantine, graph, csv, parquet or lake
	Files         int
	Rows          int64 // of all kinds
	Nodes         int64
	Relationships int64
}

// format is how the rows of a stage lie on disk.
type format struct {
	extension string // of parts
	complete  bool   // every table is there, with a header
	copied    bool   // parts that LOAD CSV reads wrongly have copies
	readPart  func(dir string, t *graph.Table, part dataset.File, take func(graph.Row) error) error

	// Those of stages with indexes: to read a part as a look-up does, and what its blocks' bytes add up to.
	readBlocks func(dir string, t *graph.Table, part dataset.File, x *index.Index, take func(graph.Row) error) error
	blockBytes func(part dataset.File) int64
}

var formats = map[string]format{
	"graph": {extension: ".ndjson.zst", readPart: rowfile.ReadPart},
	"csv": {
		extension: ".csv.gz", complete: true, copied: true, readPart: csvfile.ReadPart,
		readBlocks: csvfile.ReadBlocks, blockBytes: func(part dataset.File) int64 { return part.Bytes },
	},
	"parquet": {
		extension: ".parquet", complete: true, readPart: parquetfile.ReadPart,
		readBlocks: func(dir string, t *graph.Table, part dataset.File, _ *index.Index, take func(graph.Row) error) error {
			return parquetfile.ReadPart(dir, t, part, take)
		},
		blockBytes: func(dataset.File) int64 { return 0 },
	},
}

// Dir verifies a directory; the first thing that is wrong ends it with an error that names it. Spill files go to tmp.
func Dir(ctx context.Context, dir, tmp string) (*Report, error) {
	m, err := dataset.ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	for i := range m.Ledger {
		if err := m.Ledger[i].Check(); err != nil {
			return nil, err
		}
	}
	r := &Report{Stage: m.Stage, Files: len(m.Files)}
	if err := files(ctx, dir, m); err != nil {
		return nil, err
	}
	switch f, isGraph := formats[m.Stage]; {
	case isGraph:
		model, ok := graph.ModelNamed(m.Model)
		if !ok {
			return nil, fmt.Errorf("%s: the manifest names the graph model %q, which is unknown here", dir, m.Model)
		}
		g := &graphCheck{ctx: ctx, dir: dir, tmp: tmp, format: f, model: model, report: r}
		if err := g.run(m); err != nil {
			return nil, err
		}
	case m.Stage == "raw" || m.Stage == "quarantine":
		if r.Rows, err = lines(ctx, dir, m); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("%s: the manifest names the stage %q, which is unknown here", dir, m.Stage)
	}
	return r, ledgerRows(m, r)
}

// ledgerRows compares the rows with what the manifest's ledger says was emitted.
func ledgerRows(m *dataset.Manifest, r *Report) error {
	emitted, reported := int64(0), false
	for _, l := range m.Ledger {
		if l.Stage == "emit" {
			emitted, reported = emitted+l.Out, true
		}
	}
	if reported && emitted != r.Rows {
		return fmt.Errorf("the files hold %d rows, but by the ledger %d were emitted", r.Rows, emitted)
	}
	return nil
}
