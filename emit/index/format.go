// Package index makes and reads the small file beside each part of a table by which a look-up finds its rows and
// leaves the rest unread: where the part's blocks are and with which key each begins, and for edges the blocks in
// which an id is an end. docs/internals/index.md describes the form.
package index

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/bits"
	"path"
	"strings"
	"unsafe"

	"liftgraph/graph"
)

// Folder is where the indexes of a published directory lie, each under the name of its part.
const Folder = "index"

// Path returns the index of a part: index/nodes/SpaceliftRun/part-00000.idx for nodes/SpaceliftRun/part-00000.csv.gz.
// A part without rows has none.
func Path(part string) string {
	dir, name := path.Split(part)
	name, _, _ = strings.Cut(name, ".")
	return path.Join(Folder, dir, name+".idx")
}

// Ends reports whether the edges of a table are found by their ends too. Those of an account aren't: each
// thing in it has one, and no question is about them.
func Ends(t *graph.Table) bool {
	return t.Relationship != nil && t.Relationship.Type != graph.Resource
}

// filed returns the columns of t whose ids have entries in an index. Where the parts have each an order of its own, keys are found by
// entries too.
func filed(t *graph.Table, scattered bool) []int {
	switch {
	case scattered && t.Relationship != nil:
		return []int{0, 1}
	case scattered:
		return []int{0}
	case Ends(t):
		return []int{1}
	}
	return nil
}

// ErrDamaged is wrapped by every error about what an index holds.
var ErrDamaged = errors.New("it is damaged")

const (
	magic      = "liftidx1"
	headBytes  = len(magic) + 8 // with the length of the list of blocks, and the checksum of both
	bucketMean = 256            // entries in a bucket
	slotBytes  = 8              // of the directory: how many entries end with a bucket, and its checksum
	markBits   = 13             // of the hash in an entry, at least: an id that isn't there looks like one that is in one bucket of 32
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// hash returns the number under which an end is filed. The checksum distinguishes ids, and the factor spreads
// those that count upwards over the high bits, by which buckets are chosen.
func hash(id string) uint32 {
	return crc32.Update(0, castagnoli, unsafe.Slice(unsafe.StringData(id), len(id))) * 0x9e3779b1
}

// shape is how the ends of a part are filed: by the first bits of its hash an end has its bucket, which holds an entry
// for each block it is in: the bits that follow, its mark, above the block's number.
type shape struct {
	bucketBits, blockBits, entryBytes int
}

func shapeOf(blocks, entries int) shape {
	s := shape{blockBits: bits.Len(uint(max(blocks-1, 0))), bucketBits: bits.Len(uint(max(entries-1, 0) / bucketMean))}
	s.entryBytes = (s.blockBits + markBits + 7) / 8
	return s
}

func (s shape) buckets() int { return 1 << s.bucketBits }

// bytes returns the size of the directory and so many entries.
func (s shape) bytes(entries int) int { return s.buckets()*slotBytes + entries*s.entryBytes }

func (s shape) bucket(h uint32) int { return int(uint64(h) >> (32 - s.bucketBits)) }

func (s shape) mark(h uint32) uint64 {
	return uint64(h<<s.bucketBits) >> (32 - min(8*s.entryBytes-s.blockBits, 32-s.bucketBits))
}

// bucketChecksum is that of a bucket's number and entries: no other bucket can stand for it.
func bucketChecksum(bucket int, entries []byte) uint32 {
	var n [4]byte
	binary.LittleEndian.PutUint32(n[:], uint32(bucket))
	return crc32.Update(crc32.Update(0, castagnoli, n[:]), castagnoli, entries)
}
