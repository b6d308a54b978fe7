// Package journal keeps the answers to requests in a file, so that work that was killed needn't ask for them again.
package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"liftgraph/internal/disk"
)

// Journal is answers to requests in a file. It may be used from any goroutine.
type Journal struct {
	// Found is how many answers an earlier, unfinished work left, and Began when that began.
	Found int
	Began time.Time
	// Ignored is why what an earlier work left isn't used; empty where it is, or there was nothing.
	Ignored string

	mu    sync.Mutex
	file  disk.File
	end   int64
	known map[key][]int64 // where the answers are that were found, those to the same request in their order
	enc   *zstd.Encoder
	dec   *zstd.Decoder
}

type key [16]byte

// header is the first line of the file.
type header struct {
	Of    string    `json:"of"` // what the answers are of: those of anything else are ignored
	Began time.Time `json:"began"`
}

// record is what stands before each answer: the request's key, its length and the checksum of both and of the answer.
const recordSize = len(key{}) + 8

// maxAnswer bounds what a damaged length can ask for, in bytes.
const maxAnswer = 1 << 30

// Open opens the journal at a path, or begins one, of answers that are the same for the same value of of. What is older than
// maxAge, or of something else, or damaged, is removed, and Ignored says so; a record that was cut off by a kill is dropped.
func Open(path, of string, maxAge time.Duration, now time.Time) (j *Journal, err error) {
	if err := disk.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	j = &Journal{known: map[key][]int64{}, Began: now}
	if j.enc, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20)); err != nil {
		return nil, err
	}
	if j.dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxAnswer)); err != nil {
		return nil, err
	}
	if j.file, err = disk.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if err := j.read(of, maxAge, now); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), j.Close())
	}
	return j, nil
}

// read reads what is in the file, and begins it anew where that isn't usable.
func (j *Journal) read(of string, maxAge time.Duration, now time.Time) error {
	in := bufio.NewReaderSize(j.file, 256<<10)
	line, err := in.ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	var h header
	switch {
	case len(line) == 0:
	case err != nil || json.Unmarshal(line, &h) != nil:
		j.Ignored = "it is damaged"
	case h.Of != of:
		j.Ignored = "it is of another endpoint, other credentials or settings, or another version of liftgraph"
	case now.Sub(h.Began) > maxAge || h.Began.After(now.Add(time.Hour)):
		j.Ignored = fmt.Sprintf("it was begun at %s, which is too long ago", h.Began.Format(time.RFC3339))
	default:
		j.Began, j.end = h.Began, int64(len(line))
		if err := j.scan(in); err != nil {
			return err
		}
		return j.file.Truncate(j.end)
	}
	b, err := json.Marshal(header{of, now.UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	j.end = int64(len(b) + 1)
	if err := j.file.Truncate(0); err != nil {
		return err
	}
	_, err = j.file.WriteAt(append(b, '\n'), 0)
	return err
}

// scan finds the records, up to one that is cut off or damaged.
func (j *Journal) scan(in io.Reader) error {
	var head [recordSize]byte
	var body bytes.Buffer
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return ended(err)
		}
		n := binary.LittleEndian.Uint32(head[len(key{}):])
		if n > maxAnswer {
			return nil
		}
		body.Reset()
		if _, err := io.CopyN(&body, in, int64(n)); err != nil {
			return ended(err)
		}
		if crc32.Update(crc32.ChecksumIEEE(head[:len(key{})+4]), crc32.IEEETable, body.Bytes()) != binary.LittleEndian.Uint32(head[len(key{})+4:]) {
			return nil
		}
		k := key(head[:len(key{})])
		j.known[k] = append(j.known[k], j.end)
		j.Found++
		j.end += int64(recordSize) + int64(n)
	}
}

// ended is nil where an error is that of a file that is cut off.
func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

func keyOf(request []byte) key {
	sum := sha256.Sum256(request)
	return key(sum[:len(key{})])
}

// Recall returns the answer to a request that was found in the file, each once: the n-th time the n-th of them.
func (j *Journal) Recall(request []byte) (answer []byte, ok bool, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	k := keyOf(request)
	list := j.known[k]
	if len(list) == 0 {
		return nil, false, nil
	}
	if len(list) == 1 {
		delete(j.known, k)
	} else {
		j.known[k] = list[1:]
	}
	var head [recordSize]byte
	if _, err := j.file.ReadAt(head[:], list[0]); err != nil {
		return nil, false, fmt.Errorf("read what an earlier extraction left: %w", err)
	}
	b := make([]byte, binary.LittleEndian.Uint32(head[len(key{}):]))
	if _, err := j.file.ReadAt(b, list[0]+int64(recordSize)); err != nil {
		return nil, false, fmt.Errorf("read what an earlier extraction left: %w", err)
	}
	if answer, err = j.dec.DecodeAll(b, nil); err != nil {
		return nil, false, fmt.Errorf("read what an earlier extraction left: %w", err)
	}
	return answer, true, nil
}

// Record appends an answer.
func (j *Journal) Record(request, answer []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(answer) > maxAnswer {
		return nil // it is asked for again
	}
	k := keyOf(request)
	b := append(make([]byte, 0, recordSize+len(answer)/4), k[:]...)
	b = append(b, make([]byte, 8)...)
	b = j.enc.EncodeAll(answer, b)
	binary.LittleEndian.PutUint32(b[len(k):], uint32(len(b)-recordSize))
	sum := crc32.Update(crc32.ChecksumIEEE(b[:len(k)+4]), crc32.IEEETable, b[recordSize:])
	binary.LittleEndian.PutUint32(b[len(k)+4:], sum)
	if _, err := j.file.WriteAt(b, j.end); err != nil {
		return fmt.Errorf("keep an answer for the next extraction: %w", err)
	}
	j.end += int64(len(b))
	return nil
}

// Close closes the file, which stays.
func (j *Journal) Close() error {
	j.dec.Close()
	return errors.Join(j.enc.Close(), j.file.Close())
}

// Remove removes a journal that isn't needed any more, if it is there.
func Remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
