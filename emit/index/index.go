package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"

	"liftgraph/emit/index/blockgzip"
	"liftgraph/graph"
)

// Block is a run of rows that is read as a whole.
type Block struct {
	First  string // the key of its first row: a node's id, or an edge's start
	Row    int64  // of the part, from 0, that it begins with
	Rows   int64
	Byte   int64           // of the part that it begins at
	Stored blockgzip.Block // nothing where the part is read by rows
}

// Index is that of one part. Its list of blocks is in memory, its ends are read when they are asked for.
type Index struct {
	Blocks  []Block
	ends    bool
	parts   bool // of several parts
	entries int
	shape   shape
	at      int64 // where the directory begins
}

// Read reads what precedes the ends of the index of a part of t.
func Read(r io.ReaderAt, size int64, t *graph.Table) (*Index, error) {
	return read(r, size, &Index{ends: Ends(t)})
}

// ReadTable reads what precedes the entries of an index of several parts of t, as [Builder.BeginTable] begins one. A block without rows
// ends a part.
func ReadTable(r io.ReaderAt, size int64, t *graph.Table, scattered bool) (*Index, error) {
	return read(r, size, &Index{ends: len(filed(t, scattered)) > 0, parts: true})
}

func read(r io.ReaderAt, size int64, x *Index) (*Index, error) {
	head := make([]byte, headBytes)
	if err := readAt(r, head, 0); err != nil {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(head[len(magic):]))
	if string(head[:len(magic)]) != magic || n > size-int64(headBytes) {
		return nil, fmt.Errorf("%w: it doesn't begin as an index does", ErrDamaged)
	}
	head = append(head, make([]byte, n)...)
	if err := readAt(r, head[headBytes:], int64(headBytes)); err != nil {
		return nil, err
	}
	if headChecksum(head) != binary.LittleEndian.Uint32(head[len(magic)+4:]) {
		return nil, fmt.Errorf("%w: its list of blocks has another checksum", ErrDamaged)
	}
	x.at = int64(len(head))
	if !x.decode(head[headBytes:]) {
		return nil, fmt.Errorf("%w: its list of blocks can't be read", ErrDamaged)
	}
	x.shape = shapeOf(len(x.Blocks), x.entries)
	want := x.at
	if x.ends {
		want += int64(x.shape.bytes(x.entries))
	}
	if size != want {
		return nil, fmt.Errorf("%w: it has %d bytes, not %d", ErrDamaged, size, want)
	}
	return x, nil
}

func readAt(r io.ReaderAt, p []byte, off int64) error {
	if n, err := r.ReadAt(p, off); n < len(p) {
		if err == io.EOF {
			return fmt.Errorf("%w: it is cut off", ErrDamaged)
		}
		return err
	}
	return nil
}

// decode reads the list of blocks.
func (x *Index) decode(b []byte) bool {
	d := decoder{b: b}
	blocks, entries := d.number(), d.number()
	if entries > math.MaxUint32 {
		return false
	}
	x.entries = int(entries)
	row, at := int64(0), int64(blockgzip.HeadBytes)
	for range blocks {
		block := Block{Byte: at, Row: row}
		if block.Stored.Bytes = int64(d.number()); block.Stored.Bytes > 0 {
			block.Stored.Sum = d.sum()
		}
		block.Rows, block.First = int64(d.number()), d.key()
		if d.failed || block.Rows == 0 && !x.parts {
			return false
		}
		if len(x.Blocks) > 0 && (block.Stored.Bytes > 0) != (x.Blocks[0].Stored.Bytes > 0) {
			return false
		}
		at += block.Stored.Bytes
		row += block.Rows
		x.Blocks = append(x.Blocks, block)
	}
	return !d.failed && len(d.b) == 0 && len(x.Blocks) > 0
}

type decoder struct {
	b      []byte
	before string // the last key
	failed bool
}

func (d *decoder) number() uint64 {
	n, w := binary.Uvarint(d.b)
	if w <= 0 || n > math.MaxInt64 {
		d.failed, d.b = true, nil
		return 0
	}
	d.b = d.b[w:]
	return n
}

func (d *decoder) sum() uint32 {
	if len(d.b) < 4 {
		d.failed, d.b = true, nil
		return 0
	}
	n := binary.LittleEndian.Uint32(d.b)
	d.b = d.b[4:]
	return n
}

func (d *decoder) key() string {
	same, rest := d.number(), d.number()
	if same > uint64(len(d.before)) || rest > uint64(len(d.b)) {
		d.failed, d.b = true, nil
		return ""
	}
	d.before = d.before[:same] + string(d.b[:rest])
	d.b = d.b[rest:]
	return d.before
}

// Fits returns an error where the blocks aren't those of a part of so many rows and, if it is gzip, bytes; these are 0
// for a part that is read by rows.
func (x *Index) Fits(rows, bytes int64) error {
	last := x.Blocks[len(x.Blocks)-1]
	end := last.Byte + last.Stored.Bytes + int64(blockgzip.TailBytes)
	if last.Stored.Bytes == 0 {
		end = 0
	}
	if last.Row+last.Rows != rows || end != bytes {
		return fmt.Errorf("%w, or another part's: it counts %d rows and %d bytes, not %d and %d", ErrDamaged, last.Row+last.Rows, end, rows, bytes)
	}
	return nil
}

// Range returns the blocks, from one to before another, that can hold rows whose keys lie from low to high, both included.
func (x *Index) Range(low, high string) (from, to int) {
	// A key with which a block begins may be the last of the block before, too.
	from = max(sort.Search(len(x.Blocks), func(i int) bool { return x.Blocks[i].First >= low })-1, 0)
	to = sort.Search(len(x.Blocks), func(i int) bool { return x.Blocks[i].First > high })
	return from, to
}

// EndBlocks returns the blocks in which one of the ids is an end, in order. One may be among them in which none is.
func (x *Index) EndBlocks(r io.ReaderAt, ids []string) ([]int, error) {
	if !x.ends {
		return nil, errors.New("index: no ends are indexed")
	}
	directory := make([]byte, x.shape.buckets()*slotBytes)
	if err := readAt(r, directory, x.at); err != nil {
		return nil, err
	}
	var blocks []int
	var entries []byte
	for _, id := range ids {
		h := hash(id)
		n := x.shape.bucket(h)
		from, to := uint32(0), binary.LittleEndian.Uint32(directory[n*slotBytes:])
		if n > 0 {
			from = binary.LittleEndian.Uint32(directory[(n-1)*slotBytes:])
		}
		if from > to || int(to) > x.entries {
			return nil, fmt.Errorf("%w: bucket %d ends before it begins", ErrDamaged, n)
		}
		entries = slices.Grow(entries[:0], int(to-from)*x.shape.entryBytes)[:int(to-from)*x.shape.entryBytes]
		if err := readAt(r, entries, x.at+int64(len(directory))+int64(from)*int64(x.shape.entryBytes)); err != nil {
			return nil, err
		}
		if bucketChecksum(n, entries) != binary.LittleEndian.Uint32(directory[n*slotBytes+4:]) {
			return nil, fmt.Errorf("%w: bucket %d has another checksum", ErrDamaged, n)
		}
		blocks = x.shape.find(blocks, entries, x.shape.mark(h))
	}
	slices.Sort(blocks)
	blocks = slices.Compact(blocks)
	if n := len(blocks); n > 0 && blocks[n-1] >= len(x.Blocks) {
		return nil, fmt.Errorf("%w: it names block %d of %d", ErrDamaged, blocks[n-1], len(x.Blocks))
	}
	return blocks, nil
}

// find appends the blocks of the entries with a mark.
func (s shape) find(blocks []int, entries []byte, mark uint64) []int {
	for ; len(entries) > 0; entries = entries[s.entryBytes:] {
		var e uint64
		for i := range s.entryBytes {
			e |= uint64(entries[i]) << (8 * i)
		}
		if e>>s.blockBits == mark {
			blocks = append(blocks, int(e&(1<<s.blockBits-1)))
		}
	}
	return blocks
}
