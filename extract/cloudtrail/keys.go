package cloudtrail

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"liftgraph/extract/cloudtrail/scan"
	"liftgraph/internal/raw"
)

// keySet is which temporary keys runs got. It has a bit for each, of a fixed number: it may hold one that none was, which
// costs that what was done with it is delivered, and belongs to no run.
type keySet struct {
	bits []uint64
	grew bool // by an add, since it was last set to false
}

const keyBits = 26

// add adds a key, and reports whether it is new.
func (s *keySet) add(k scan.Key) bool {
	if s.bits == nil {
		s.bits = make([]uint64, 1<<keyBits/64)
	}
	word, bit := &s.bits[k>>(64-keyBits+6)], uint64(1)<<(k>>(64-keyBits)&63)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	s.grew = true
	return true
}

func (s *keySet) has(k scan.Key) bool {
	return s.bits != nil && s.bits[k>>(64-keyBits+6)]>>(k>>(64-keyBits)&63)&1 != 0
}

func (s *keySet) any(keys []scan.Key) bool { return slices.ContainsFunc(keys, s.has) }

// learn adds the keys that a record says a run had, or got.
func (s *keySet) learn(r raw.Record, pairs *keyPairs) error {
	switch r := r.(type) {
	case *raw.APICall:
		s.learnKey(r.Session, r.AccessKey)
	case *raw.ResourceEvent:
		s.learnKey(r.Session, r.AccessKey)
	case *raw.Grant:
		s.learnKey(r.Session, r.Key)
		s.learnKey(r.Session, r.AccessKey)
		if r.Session == nil {
			return pairs.add([]scan.Key{scan.KeyOf(r.AccessKey), scan.KeyOf(r.Key)})
		}
	}
	return nil
}

func (s *keySet) learnKey(session *raw.Session, key string) {
	if session != nil && key != "" {
		s.add(scan.KeyOf(key))
	}
}

// keyPairs keeps which keys stand in a grant whose owner isn't known: if one is a run's, so are the others.
type keyPairs struct{ spill }

func (p *keyPairs) add(keys []scan.Key) error {
	if len(keys) < 2 {
		return nil
	}
	text := append(make([]byte, 0, 1+8*len(keys)), byte(len(keys)))
	for _, k := range keys {
		text = binary.LittleEndian.AppendUint64(text, uint64(k))
	}
	_, err := p.Write(text)
	return err
}

// follow adds to a set the keys that were got with its own, over any number of hops.
func (p *keyPairs) follow(set *keySet) error {
	if err := p.flush(); err != nil {
		return err
	}
	var text [8 * 256]byte
	var keys []scan.Key
	for more := true; more; {
		more = false
		in := bufio.NewReaderSize(io.NewSectionReader(p, 0, 1<<62), 64<<10)
		for {
			n, err := in.ReadByte()
			if errors.Is(err, io.EOF) {
				break
			}
			if err == nil {
				_, err = io.ReadFull(in, text[:8*int(n)])
			}
			if err != nil {
				return err
			}
			keys = keys[:0]
			for i := range int(n) {
				keys = append(keys, scan.Key(binary.LittleEndian.Uint64(text[8*i:])))
			}
			if set.any(keys) {
				for _, k := range keys {
					more = set.add(k) || more
				}
			}
		}
	}
	return nil
}

// shortKeys are keys of an object in short: half of each.
type shortKeys map[uint32]struct{}

// maxShortKeys is how many of an object's keys are remembered; where there are more, any may be among them.
const maxShortKeys = 1 << 17

// everyKey stands for more keys than are remembered.
const everyKey = "*"

func (s shortKeys) add(keys []scan.Key) {
	for _, k := range keys {
		if len(s) <= maxShortKeys {
			s[uint32(k>>32)] = struct{}{}
		}
	}
}

// text returns them as [raw.Object] keeps them.
func (s shortKeys) text() string {
	if len(s) > maxShortKeys {
		return everyKey
	}
	all := make([]uint32, 0, len(s))
	for k := range s {
		all = append(all, k)
	}
	slices.Sort(all)
	var text []byte
	for _, k := range all {
		text = binary.LittleEndian.AppendUint32(text, k)
	}
	return base64.RawStdEncoding.EncodeToString(text)
}

// anyShort reports whether one of an object's keys may be in the set, and wasn't before.
func (s *keySet) anyShort(text string) bool {
	if text == "" || s.bits == nil {
		return false
	}
	keys, err := base64.RawStdEncoding.DecodeString(text)
	if text == everyKey || err != nil {
		return s.grew
	}
	for ; len(keys) >= 4; keys = keys[4:] {
		if s.has(scan.Key(binary.LittleEndian.Uint32(keys)) << 32) {
			return true
		}
	}
	return false
}
