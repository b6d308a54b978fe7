package lookup

import (
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/gzip"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/index"
	"liftgraph/emit/index/blockgzip"
	"liftgraph/emit/lake"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// format is how the rows of a stage lie on disk.
type format struct {
	extension  string
	blockBytes func(dataset.File) int64 // what the bytes of a part's blocks add up to
	open       func(f io.ReaderAt, size int64, t *graph.Table) (blockReader, error)
}

// blockReader reads blocks of a part.
type blockReader interface {
	// Read hands the rows of a block whose text in a column is wanted to take; their text is valid during the call.
	Read(b index.Block, column int, wanted func(text []byte) bool, take func(graph.Row) error) error
	Close() error
}

var formats = map[string]format{
	"csv": {
		extension: ".csv.gz", blockBytes: func(f dataset.File) int64 { return f.Bytes },
		open: func(f io.ReaderAt, _ int64, t *graph.Table) (blockReader, error) {
			return &csvBlocks{file: f, rows: csvfile.NewBlockReader(t)}, nil
		},
	},
	"parquet": {
		extension: ".parquet", blockBytes: func(dataset.File) int64 { return 0 },
		open: func(f io.ReaderAt, size int64, t *graph.Table) (blockReader, error) {
			p, err := parquetfile.Open(f, size, t)
			return parquetBlocks{p}, err
		},
	},
	lake.Stage: {
		extension: ".parquet", blockBytes: func(dataset.File) int64 { return 0 },
		open: func(f io.ReaderAt, size int64, t *graph.Table) (blockReader, error) {
			l, err := parquetfile.OpenLake(f, size, t)
			return &lakeBlocks{l, nil}, err
		},
	},
}

// lakeBlocks reads blocks of a file of a lake; where it has none, the whole file, but for the pages that can't hold what is wanted.
type lakeBlocks struct {
	*parquetfile.LakeFile
	may func(low, high []byte) bool // nil where the file has blocks
}

func (l *lakeBlocks) Read(b index.Block, column int, wanted func([]byte) bool, take func(graph.Row) error) error {
	if l.may != nil {
		return l.Scan(column, l.may, wanted, take)
	}
	return l.LakeFile.Read(b.Row, b.Rows, column, wanted, take)
}

func (l *lakeBlocks) bound(may func(low, high []byte) bool) { l.may = may }

type csvBlocks struct {
	file io.ReaderAt
	gzip blockgzip.Reader
	rows *csvfile.BlockReader
}

func (c *csvBlocks) Read(b index.Block, column int, wanted func([]byte) bool, take func(graph.Row) error) error {
	text, err := c.text(b)
	if err != nil {
		return err
	}
	n, err := c.rows.Read(text, column, wanted, take)
	if err != nil {
		return fmt.Errorf("row %d: %w", b.Row+n, err)
	}
	if n != b.Rows {
		return fmt.Errorf("%d rows where there should be %d", n, b.Rows)
	}
	return nil
}

func (c *csvBlocks) text(b index.Block) (io.Reader, error) {
	if b.Stored.Bytes == 0 { // a whole part without an index
		return gzip.NewReader(io.NewSectionReader(c.file, 0, math.MaxInt64))
	}
	return c.gzip.Block(c.file, b.Byte, b.Stored)
}

func (c *csvBlocks) Close() error { return nil }

type parquetBlocks struct{ *parquetfile.File }

func (p parquetBlocks) Read(b index.Block, column int, wanted func([]byte) bool, take func(graph.Row) error) error {
	return p.File.Read(b.Row, b.Rows, column, wanted, take)
}
