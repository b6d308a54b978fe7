package index

import (
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"slices"

	"liftgraph/emit/index/blockgzip"
	"liftgraph/graph"
)

// Builder makes the indexes of parts, one after the other. It holds four bytes for each end in a part, and the index
// last made.
type Builder struct {
	// Most is how many entries an index of several parts should have, at most; 0: two million. Others are for tests.
	Most int

	filed  []int // the columns whose ids have entries
	parts  bool  // where parts end is noted: the index is of several
	last   []byte
	blocks []built
	rows   int64    // in the block under way
	first  []byte   // its key
	hashes []uint32 // of the ends, in the order of rows
	recent [1024]uint64
	out    []byte
}

type built struct {
	rows  int64
	first string
	until int // of hashes
}

// Begin makes the builder ready for the first part of t. It keeps the memory of the tables before.
func (b *Builder) Begin(t *graph.Table) {
	b.begin(filed(t, false), false)
}

// BeginTable makes the builder ready for an index of all parts of t, or one of several such. Where each part has an order of its own, all ids
// are filed.
func (b *Builder) BeginTable(t *graph.Table, scattered bool) { b.begin(filed(t, scattered), true) }

func (b *Builder) begin(columns []int, parts bool) {
	b.filed, b.parts = columns, parts
	b.clear()
}

func (b *Builder) clear() {
	b.blocks, b.rows, b.hashes, b.recent = b.blocks[:0], 0, b.hashes[:0], [len(b.recent)]uint64{}
}

// Add takes the next row of the part.
func (b *Builder) Add(row graph.Row) {
	if b.rows == 0 {
		b.first = append(b.first[:0], row[0].Text...)
	}
	b.rows++
	if b.parts {
		b.last = append(b.last[:0], row[0].Text...)
	}
	for _, column := range b.filed {
		h := hash(row[column].Text)
		// An end that comes again and again, as a space does among roles, is entered about once a block.
		seen, this := &b.recent[h%uint32(len(b.recent))], uint64(len(b.blocks)+1)<<32|uint64(h)
		if *seen != this {
			*seen = this
			b.hashes = append(b.hashes, h)
		}
	}
}

// EndBlock ends the block under way, if it has rows: the next row begins another.
func (b *Builder) EndBlock() {
	if b.rows > 0 {
		b.blocks = append(b.blocks, built{rows: b.rows, first: string(b.first), until: len(b.hashes)})
		b.rows = 0
	}
}

// EndPart ends the part under way of a table: behind its blocks comes one without rows, whose key is the last of the part.
func (b *Builder) EndPart() {
	b.EndBlock()
	b.blocks = append(b.blocks, built{first: string(b.last), until: len(b.hashes)})
}

// An index of several parts ends where it has so many entries or blocks: a builder holds them.
const (
	mostEntries = 2 << 20
	mostBlocks  = 1 << 16
)

// Full reports whether the index should end with the blocks that it has.
func (b *Builder) Full() bool {
	return len(b.hashes) >= cmp.Or(b.Most, mostEntries) || len(b.blocks) >= mostBlocks
}

// Empty reports whether no block has ended.
func (b *Builder) Empty() bool { return len(b.blocks) == 0 }

// Encode returns the index of the part, of which every block has ended, and begins another part. It is valid until
// the next call. Where the blocks lie is given of a part of gzip; one that is read by rows has nil.
func (b *Builder) Encode(stored []blockgzip.Block) []byte {
	out := b.out[:0]
	out = append(out, magic...)
	out = append(out, make([]byte, headBytes-len(magic))...)
	out = b.appendBlocks(out, stored)
	binary.LittleEndian.PutUint32(out[len(magic):], uint32(len(out)-headBytes))
	binary.LittleEndian.PutUint32(out[len(magic)+4:], headChecksum(out))
	if len(b.filed) > 0 {
		out = b.appendEnds(out)
	}
	b.out = out
	b.clear()
	return out
}

// headChecksum is that of the head, but for its own place, and the list of blocks behind it.
func headChecksum(head []byte) uint32 {
	return crc32.Update(crc32.Update(0, castagnoli, head[:headBytes-4]), castagnoli, head[headBytes:])
}

func (b *Builder) appendBlocks(dst []byte, stored []blockgzip.Block) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(b.blocks)))
	dst = binary.AppendUvarint(dst, uint64(len(b.hashes)))
	before := ""
	for i, block := range b.blocks {
		if stored == nil {
			dst = binary.AppendUvarint(dst, 0)
		} else {
			dst = binary.AppendUvarint(dst, uint64(stored[i].Bytes))
			dst = binary.LittleEndian.AppendUint32(dst, stored[i].Sum)
		}
		dst = binary.AppendUvarint(dst, uint64(block.rows))
		dst = appendKey(dst, before, block.first)
		before = block.first
	}
	return dst
}

// appendKey appends a key as the number of bytes it has in common with the one before, and the rest.
func appendKey(dst []byte, before, key string) []byte {
	n := 0
	for n < len(before) && n < len(key) && before[n] == key[n] {
		n++
	}
	dst = binary.AppendUvarint(dst, uint64(n))
	dst = binary.AppendUvarint(dst, uint64(len(key)-n))
	return append(dst, key[n:]...)
}

// appendEnds appends the directory of the buckets, and the buckets.
func (b *Builder) appendEnds(dst []byte) []byte {
	s := shapeOf(len(b.blocks), len(b.hashes))
	next := make([]int, s.buckets()+1) // where the next entry of a bucket goes
	for _, h := range b.hashes {
		next[s.bucket(h)+1]++
	}
	for i := range s.buckets() {
		next[i+1] += next[i]
	}
	from := len(dst)
	dst = slices.Grow(dst, s.bytes(len(b.hashes)))[:from+s.bytes(len(b.hashes))]
	directory, entries := dst[from:from+s.buckets()*slotBytes], dst[from+s.buckets()*slotBytes:]
	at := 0
	for n, block := range b.blocks {
		for _, h := range b.hashes[at:block.until] {
			to := &next[s.bucket(h)]
			entry := s.mark(h)<<s.blockBits | uint64(n)
			for i := range s.entryBytes {
				entries[*to*s.entryBytes+i] = byte(entry >> (8 * i))
			}
			*to++
		}
		at = block.until
	}
	begin := 0
	for i := range s.buckets() {
		end := next[i] * s.entryBytes
		binary.LittleEndian.PutUint32(directory[i*slotBytes:], uint32(next[i]))
		binary.LittleEndian.PutUint32(directory[i*slotBytes+4:], bucketChecksum(i, entries[begin:end]))
		begin = end
	}
	return dst
}
