package raw

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"liftgraph/internal/dataset"
)

// maxRecord bounds a record, in bytes: a longer line is no record of ours.
const maxRecord = 64 << 20

// batch is how many records are decoded ahead.
const batch = 256

// Read returns the records of a published directory, kind by kind in their fixed order, each kind as it
// was written. Decoding goes on in a goroutine of its own. The first error ends it. A directory of another stage, or
// with files of a kind that isn't known here, is an error before the first record.
func Read(dir string, m *dataset.Manifest) iter.Seq2[Record, error] {
	return ReadKinds(dir, m, Kinds()...)
}

// ReadKinds is Read for some kinds only, in the order that is given.
func ReadKinds(dir string, m *dataset.Manifest, kinds ...Kind) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		type decoded struct {
			recs []Record
			err  error
		}
		out, stop := make(chan decoded, 2), make(chan struct{})
		defer func() {
			close(stop)
			for range out {
			}
		}()
		go func() {
			defer close(out)
			var recs []Record
			send := func(d decoded) bool {
				select {
				case out <- d:
					return true
				case <-stop:
					return false
				}
			}
			for rec, err := range decode(dir, m, kinds) {
				if err != nil {
					send(decoded{recs, err})
					return
				}
				if recs = append(recs, rec); len(recs) == batch {
					if !send(decoded{recs: recs}) {
						return
					}
					recs = nil
				}
			}
			send(decoded{recs: recs})
		}()
		for d := range out {
			for _, r := range d.recs {
				if !yield(r, nil) {
					return
				}
			}
			if d.err != nil {
				yield(nil, d.err)
				return
			}
		}
	}
}

func decode(dir string, m *dataset.Manifest, kinds []Kind) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		parts, err := byKind(dir, m)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, kind := range kinds {
			for _, f := range parts[kind] {
				if !decodePart(filepath.Join(dir, filepath.FromSlash(f.Path)), f.Rows, kind, yield) {
					return
				}
			}
		}
	}
}

// Count returns how many records of an account a published directory has.
func Count(m *dataset.Manifest) (n int64) {
	for _, f := range m.Files {
		if Kind(path.Dir(f.Path)) != KindObject {
			n += f.Rows
		}
	}
	return n
}

// byKind sorts the files of the manifest, which are in the order of their paths, by kind.
func byKind(dir string, m *dataset.Manifest) (map[Kind][]dataset.File, error) {
	if m.Stage != "raw" {
		return nil, fmt.Errorf("%s is of the stage %q, but it must be of the stage \"raw\": name a directory that `liftgraph extract` published", dir, m.Stage)
	}
	parts := map[Kind][]dataset.File{}
	for _, f := range m.Files {
		kind := Kind(path.Dir(f.Path))
		if New(kind) == nil || !strings.HasSuffix(f.Path, ".ndjson.zst") {
			return nil, fmt.Errorf("%s in %s holds no records that this liftgraph knows: use the one that wrote it, version %q, or extract again", f.Path, dir, m.Version)
		}
		parts[kind] = append(parts[kind], f)
	}
	return parts, nil
}

func decodePart(name string, rows int64, kind Kind, yield func(Record, error) bool) (more bool) {
	fail := func(line int64, err error) bool {
		yield(nil, fmt.Errorf("%s, line %d: %w", name, line, err))
		return false
	}
	f, err := os.Open(name)
	if err != nil {
		yield(nil, err)
		return false
	}
	defer f.Close()
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		return fail(0, err)
	}
	defer z.Close()
	in := bufio.NewReaderSize(z, 64<<10)
	var long []byte
	for line := int64(1); ; line++ {
		text, err := readLine(in, &long)
		if errors.Is(err, io.EOF) {
			if line-1 != rows {
				return fail(line, fmt.Errorf("the part ends here, but the manifest says it has %d records", rows))
			}
			return true
		}
		if err != nil {
			return fail(line, err)
		}
		rec := New(kind)
		if err := json.Unmarshal(text, rec); err != nil {
			return fail(line, err)
		}
		if !yield(rec, nil) {
			return false
		}
	}
}

// readLine returns the next line, valid until the call after, and io.EOF at the end.
func readLine(in *bufio.Reader, long *[]byte) ([]byte, error) {
	text, err := in.ReadSlice('\n')
	if err == nil {
		return text, nil
	}
	*long = (*long)[:0]
	for errors.Is(err, bufio.ErrBufferFull) {
		if *long = append(*long, text...); len(*long) > maxRecord {
			return nil, fmt.Errorf("a record is longer than %d MiB", maxRecord>>20)
		}
		text, err = in.ReadSlice('\n')
	}
	*long = append(*long, text...)
	if errors.Is(err, io.EOF) && len(*long) > 0 {
		return *long, io.ErrUnexpectedEOF
	}
	return *long, err
}
