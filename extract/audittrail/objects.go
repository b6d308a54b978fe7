package audittrail

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"liftgraph/extract/audittrail/spool"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// extraction is one run of [Extract].
type extraction struct {
	ctx      context.Context
	stats    *Stats
	out      Output
	report   Report
	accounts map[string]bool
	unpack   objects.Decompressor
	lines    *bufio.Reader

	read   dataset.Source  // of the place at hand
	broken []dataset.Scope // objects that could not be read to their end, at most maxNamed
	lost   int64           // how many there are
	only   []int64         // the lines that are delivered; nil: all
}

// maxAccounts bounds the accounts that are named.
const maxAccounts = 100

func (x *extraction) sortedAccounts() []string { return slices.Sorted(maps.Keys(x.accounts)) }

// spool reads the events of a spool, whose receiver may be at work.
func (x *extraction) spool(dir string) error {
	last := ""
	for line, err := range spool.Read(dir) {
		if x.ctx.Err() != nil {
			return context.Cause(x.ctx)
		}
		if line.File != last && line.File != "" {
			last = line.File
			x.read.Objects++
			x.stats.Objects.Add(1)
		}
		if err != nil {
			x.incomplete(dir, err, 0)
			continue
		}
		x.read.Bytes += int64(len(line.Body)) + 1
		if err := x.event(place{line.File, line.Number}, line.Body); err != nil {
			return err
		}
	}
	return nil
}

// objects reads all objects of a store. Why the list is incomplete is distinguished from what nothing can be published for.
func (x *extraction) objects(store objects.Store) (why, err error) {
	for o, listed := range store.List(x.ctx, skip) {
		if x.ctx.Err() != nil {
			return nil, context.Cause(x.ctx)
		}
		if listed != nil {
			return listed, nil
		}
		x.read.Objects++
		x.read.Bytes += o.Size
		x.stats.Objects.Add(1)
		if err := x.object(store, o); err != nil {
			return nil, err
		}
	}
	if x.read.Objects == 0 {
		return errors.New("nothing is there: check the URI"), nil
	}
	return nil, nil
}

// skip leaves out what Firehose could not deliver: the reference collector keeps that below error/TYPE/.
func skip(key string) string {
	const failures = "error/"
	if i := strings.Index("/"+key, "/"+failures); i >= 0 {
		return key[:i] + "error0" // what comes after error/… in the order of keys
	}
	return ""
}

// maxEvent is the longest event, in bytes: the most that a receiver can be set to take.
const maxEvent = 64 << 20

// errNoEvents says that an object is something else.
var errNoEvents = errors.New("it holds no events of Spacelift's audit trail: check the URI")

// object reads the events of an object.
func (x *extraction) object(store objects.Store, o objects.Object) error {
	before, good := x.report.Ledger.In, x.report.Ledger.Out
	body, err := store.Open(x.ctx, o)
	if err != nil {
		x.incomplete(o.URI, err, 0)
		return nil
	}
	defer func() { _ = body.Close() }() // it was only read
	text, err := x.unpack.OpenTwice(body)
	if err != nil {
		x.incomplete(o.URI, err, 0)
		return nil
	}
	if x.lines == nil {
		x.lines = bufio.NewReaderSize(nil, 256<<10)
	}
	x.lines.Reset(text)
	v := values{take: func(line int64, value []byte) error { return x.event(place{o.URI, line}, value) }}
	for n := int64(1); ; n++ {
		if x.ctx.Err() != nil {
			return context.Cause(x.ctx)
		}
		line, long, err := readLine(x.lines)
		if cut := err != nil && !errors.Is(err, io.EOF); (len(line) > 0 || long) && !cut {
			at := place{o.URI, n}
			if long && !x.named(n) {
				x.report.Ledger.In++
				x.report.Ledger.Filtered["not_named"]++
			} else if long {
				if err := x.reject(at, "record_too_large", fmt.Sprintf("an event of more than %d MiB", maxEvent>>20), line[:maxShown]); err != nil {
					return err
				}
			} else if err := v.line(n, line); errors.Is(err, errLong) {
				x.incomplete(o.URI, err, x.report.Ledger.In-before)
				return nil
			} else if err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			err := v.end()
			if err == nil && x.report.Ledger.In > before && x.report.Ledger.Out == good && x.only == nil {
				x.incomplete(o.URI, errNoEvents, 0)
			}
			return err
		}
		if err != nil {
			x.incomplete(o.URI, err, x.report.Ledger.In-before)
			return nil
		}
	}
}

// readLine returns the next line without its end; of one that is too long, its beginning.
func readLine(in *bufio.Reader) (line []byte, long bool, err error) {
	part, err := in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return trim(part), false, err
	}
	line = slices.Clone(part)
	for errors.Is(err, bufio.ErrBufferFull) {
		part, err = in.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxEvent; !long {
			line = append(line, part...)
		}
	}
	return trim(line), long, err
}

func trim(line []byte) []byte {
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line
}

// incomplete says that an object could not be read to its end.
func (x *extraction) incomplete(uri string, err error, records int64) {
	x.lost++
	if len(x.broken) < maxNamed {
		reason := err.Error()
		if errors.Is(err, io.ErrUnexpectedEOF) {
			reason = "it ends too early: " + reason
		}
		x.broken = append(x.broken, dataset.Scope{Scope: scopeName, Object: uri, Reason: reason, Records: records})
	}
}
