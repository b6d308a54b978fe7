package objects

import (
	"cmp"
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// tuning is what tests make smaller.
type tuning struct {
	page         int32         // keys asked for at once; 0: as many as the server returns, which are 1000
	part         int64         // bytes asked for at once; larger objects are read in parts
	ahead        int           // parts of one object that are read at once beside the one that is delivered
	buffers      int           // and of all objects of one AWS, so that memory stays bounded
	firstContact time.Duration // until the server must have answered once
	stall        time.Duration // without a byte until a request is given up
	backoff      time.Duration // the longest first wait before a request is sent again
}

// 64 MiB for reading ahead, however many objects are open. A page of a bucket with many deleted objects may take S3 most of a minute.
var usual = tuning{part: 8 << 20, ahead: 4, buffers: 8, firstContact: time.Minute, stall: time.Minute, backoff: 500 * time.Millisecond}

// How often a request is sent, unless Options say otherwise. The waits add up to 32 s on average.
const (
	maxAttempts   = 8
	firstAttempts = 4 // until the server has answered anything: the address may be wrong
	backoffCap    = 20 * time.Second
)

// bucket is the store of the objects of S3 whose keys begin with prefix; with exact, of that one.
type bucket struct {
	name, prefix string
	exact        bool

	client      *s3.Client
	credentials aws.CredentialsProvider
	endpoint    string                 // "": AWS's
	region      atomic.Pointer[string] // where the bucket is, once it isn't where the configuration says
	reached     atomic.Bool            // the server has answered once

	tuning
	buffers  chan []byte
	attempts int
	retried  *atomic.Int64
	log      *slog.Logger
}

func openS3(ctx context.Context, name, prefix string, opts Options, t tuning) (*bucket, error) {
	how := cmp.Or(opts.AWS, new(AWS))
	client, endpoint, err := how.client(ctx)
	if err != nil {
		return nil, err
	}
	b := &bucket{
		name: name, prefix: prefix, exact: opts.Exact,
		client: client, credentials: client.Options().Credentials, endpoint: endpoint,
		tuning: t, buffers: how.buffers(t.buffers),
		attempts: cmp.Or(opts.Attempts, maxAttempts), retried: cmp.Or(opts.Retried, new(atomic.Int64)), log: opts.Log,
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	return b, nil
}

func (b *bucket) uri(key string) string { return "s3://" + b.name + "/" + key }

// inRegion makes a request go to the bucket's region.
func (b *bucket) inRegion(o *s3.Options) {
	if region := b.region.Load(); region != nil {
		o.Region = *region
	}
}
