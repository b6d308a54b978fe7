package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Open requests the object, or for its first part.
func (b *bucket) Open(ctx context.Context, o Object) (io.ReadCloser, error) {
	if o.Size > b.part {
		return b.openParts(ctx, o)
	}
	p := &part{b: b, ctx: ctx, o: o, end: o.Size}
	if err := p.connect(); err != nil {
		return nil, err
	}
	return p, nil
}

// part reads the bytes of an object from at to end. Where an answer breaks off, it asks for the rest.
type part struct {
	b       *bucket
	ctx     context.Context
	o       Object
	at, end int64

	body   io.ReadCloser // nil: not asked for
	watch  *watch        // of the request of body
	breaks int
	err    error // that ended it; io.EOF where nothing is wrong
}

func (p *part) Read(buf []byte) (int, error) {
	for p.err == nil {
		if p.body == nil {
			if p.err = p.connect(); p.err != nil {
				break
			}
		}
		p.watch.resume()
		n, err := p.body.Read(buf[:min(int64(len(buf)), p.end-p.at)])
		p.watch.pause()
		p.at += int64(n)
		switch {
		case p.at == p.end:
			p.err = p.whole(err)
			p.disconnect()
		case err != nil:
			p.err = p.broken(p.watch.because(err))
		}
		if n > 0 || len(buf) == 0 {
			return n, nil
		}
	}
	return 0, p.err
}

// fill reads all of it.
func (p *part) fill(buf []byte) error {
	_, err := io.ReadFull(p, buf)
	if err == nil && !errors.Is(p.err, io.EOF) { // all bytes are here, but something is wrong with the end
		err = p.err
	}
	return err
}

// connect asks for what is missing.
func (p *part) connect() error {
	ask := s3.GetObjectInput{Bucket: &p.b.name, Key: &p.o.Key}
	if p.o.ETag != "" {
		ask.IfMatch = &p.o.ETag
	}
	whole := p.at == 0 && p.end == p.o.Size // not by its range: so S3 returns its checksum, which the SDK verifies
	if !whole {
		ask.Range = aws.String(fmt.Sprintf("bytes=%d-%d", p.at, p.end-1))
	}
	return p.b.ask(p.ctx, request{get, p.o.Key}, func(ctx context.Context, limit time.Duration) error {
		ctx, w := newWatch(ctx, limit)
		answer, err := p.b.client.GetObject(ctx, &ask, p.b.inRegion)
		if err != nil {
			defer w.end()
			return w.because(err)
		}
		w.pause()
		w.limit = p.b.stall
		if err := p.fits(answer, whole); err != nil {
			_ = answer.Body.Close()
			w.end()
			return err
		}
		p.body, p.watch = answer.Body, w
		return nil
	})
}

// fits makes sure that an answer is of the object that was listed: not every server looks at If-Match, or at Range.
func (p *part) fits(answer *s3.GetObjectOutput, whole bool) error {
	tag, size := aws.ToString(answer.ETag), p.end-p.at
	if tag != "" && p.o.ETag != "" && tag != p.o.ETag {
		return changed(p.o.URI)
	}
	if !whole {
		span := aws.ToString(answer.ContentRange)
		if !strings.HasPrefix(span, fmt.Sprintf("bytes %d-%d/", p.at, p.end-1)) {
			return fmt.Errorf("%w: %q for the bytes %d to %d of %s", errForeign, span, p.at, p.end-1, p.o.URI)
		}
		if !strings.HasSuffix(span, fmt.Sprintf("/%d", p.o.Size)) {
			return changed(p.o.URI)
		}
	}
	if answer.ContentLength != nil && *answer.ContentLength != size {
		return changed(p.o.URI)
	}
	return nil
}

// whole reports whether what came to its end is all there is, and undamaged. Err is what the last Read gave.
func (p *part) whole(err error) error {
	p.watch.resume()
	defer p.watch.pause()
	var more [1]byte
	for err == nil {
		var n int
		if n, err = p.body.Read(more[:]); n > 0 {
			return changed(p.o.URI)
		}
	}
	if strings.Contains(err.Error(), "checksum did not match") { // the SDK's error has no exported type
		return fmt.Errorf("the bytes of %s aren't those that were stored: %w", p.o.URI, err)
	}
	return io.EOF // whatever broke: all bytes are here
}

// broken drops a request that broke off, and waits before the next.
func (p *part) broken(err error) error {
	p.disconnect()
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	what := request{get, p.o.Key}
	if p.breaks++; p.breaks >= p.b.attempts {
		return p.b.explain(what, err)
	}
	return p.b.again(p.ctx, what, p.breaks, p.b.wait(p.breaks), err)
}

func (p *part) disconnect() {
	if p.body != nil {
		_ = p.body.Close()
		p.watch.end()
		p.body = nil
	}
}

// Close ends the request under way.
func (p *part) Close() error {
	p.disconnect()
	if p.err == nil {
		p.err = io.ErrClosedPipe
	}
	return nil
}
