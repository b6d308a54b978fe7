// Package verify proves a published directory: that its files are those of its manifest, bit for bit,
// and that their rows are a whole graph. It believes nothing that it can compute.
package verify

import (
	"context"
	"fmt"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/rowfile"
	"liftgraph/internal/verify/csvrows"
	"liftgraph/internal/verify/parquetrows"
)

// Report is what was proved.
type Report struct {
	Stage         string // of the directory: raw, quarantine, graph, csv or parquet
	Files         int
	Rows          int64 // of all kinds
	Nodes         int64
	Relationships int64
}

// format is how the rows of a stage lie on disk.
type format struct {
	extension string // of parts
	complete  bool   // every table is there, with a header
	readPart  func(dir string, t *graph.Table, part dataset.File, take func(graph.Row) error) error
}

var formats = map[string]format{
	"graph":   {".ndjson.zst", false, rowfile.ReadPart},
	"csv":     {".csv.gz", true, csvrows.ReadPart},
	"parquet": {".parquet", true, parquetrows.ReadPart},
}

// Dir proves a directory; the first thing that is wrong ends it with an error that names it. Spill files go to tmp.
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
		g := &graphCheck{ctx: ctx, dir: dir, tmp: tmp, format: f, report: r}
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
	for _, l := range m.Ledger {
		if l.Stage == "emit" && l.Out != r.Rows {
			return fmt.Errorf("the files hold %d rows, but by the ledger %d were emitted", r.Rows, l.Out)
		}
	}
	return nil
}
