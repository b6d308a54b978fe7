package spool_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liftgraph/extract/audittrail/receiver"
	"liftgraph/extract/audittrail/spool"
	"liftgraph/extract/spacelift"
)

const benchSecret = "the-secret-of-the-webhook"

// BenchmarkReceive is how many events a second a receiver acknowledges over HTTP from 64 senders at a time, against the same
// receiver on a disk that syncs nothing, one after the other in the same run. Senders and receiver share the machine.
func BenchmarkReceive(b *testing.B) {
	sample, err := os.ReadFile("../payload/testdata/stack.create.json")
	if err != nil {
		b.Fatal(err)
	}
	var took [2]time.Duration
	var n, commits atomic.Int64
	for b.Loop() {
		for i, disk := range []spool.Disk{spool.LocalDisk{}, lazyDisk{}} {
			opts := spool.Options{}
			if i == 0 {
				opts.Committed = func(spool.Commit) { commits.Add(1) }
			}
			took[i] += receiveMany(b, opts.On(disk), string(sample), &n)
		}
	}
	each := float64(n.Load()) / 2
	synced, lazy := each/took[0].Seconds(), each/took[1].Seconds()
	b.ReportMetric(synced, "events/s")
	b.ReportMetric(lazy, "unsynced-events/s")
	b.ReportMetric(synced/lazy, "ratio")
	b.ReportMetric(each/float64(commits.Load()), "events/sync")
}

// receiveMany delivers events, which it counts, and returns how long that took.
func receiveMany(b *testing.B, opts spool.Options, sample string, n *atomic.Int64) time.Duration {
	b.Helper()
	const senders, each = 64, 100
	kept := open(b, b.TempDir(), opts)
	r := receiver.New(receiver.Config{
		Secrets: []spacelift.Secret{benchSecret}, Spool: kept, Metrics: receiver.NewMetrics(), Log: slog.New(slog.DiscardHandler),
	})
	server := httptest.NewServer(r)
	web := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	var working sync.WaitGroup
	began := time.Now()
	for s := range senders {
		working.Go(func() {
			for i := range each {
				body := strings.Replace(sample, "1674124447947", fmt.Sprint(1674124447947+s*each+i), 1)
				if err := post(web, server.URL, body); err != nil {
					b.Error(err)
				}
				n.Add(1)
			}
		})
	}
	working.Wait()
	took := time.Since(began)
	web.CloseIdleConnections()
	server.Close()
	closeSpool(b, kept)
	return took
}

func post(web *http.Client, url, body string) error {
	mac := hmac.New(sha256.New, []byte(benchSecret))
	mac.Write([]byte(body))
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	a, err := web.Do(req)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	_, _ = io.Copy(io.Discard, a.Body)
	if a.StatusCode != http.StatusNoContent {
		return fmt.Errorf("status %d", a.StatusCode)
	}
	return nil
}

// lazyDisk syncs nothing.
type lazyDisk struct{ spool.LocalDisk }

func (d lazyDisk) Create(name string) (spool.File, error) {
	f, err := d.LocalDisk.Create(name)
	return lazyFile{f}, err
}

func (lazyDisk) SyncDir(string) error { return nil }

type lazyFile struct{ spool.File }

func (lazyFile) Sync() error { return nil }
