package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit/published"
	"liftgraph/extract/audittrail"
	"liftgraph/extract/audittrail/receiver"
	"liftgraph/extract/audittrail/spool"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/sample"
	"liftgraph/graph"
	"liftgraph/internal/table"
	"liftgraph/query/trace"
)

// receiveSample receives what the sample's audit trail sends to its webhook, over HTTP and signed, and returns where it was kept.
func receiveSample(ctx context.Context, data string) (_ audittrail.Source, err error) {
	dir := filepath.Join(data, "sample-spool")
	kept, err := spool.Open(dir, spool.Options{})
	if err != nil {
		return audittrail.Source{}, err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	url, stop, err := serveLocally(ctx, receiver.New(receiver.Config{
		Secrets: []spacelift.Secret{sample.WebhookSecret}, Spool: kept, Metrics: receiver.NewMetrics(), Log: slog.New(slog.DiscardHandler),
	}))
	if err != nil {
		return audittrail.Source{}, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for _, body := range sample.Deliveries() {
		if err := sendSigned(ctx, url, body); err != nil {
			return audittrail.Source{}, err
		}
	}
	return audittrail.Source{URI: dir, Spool: dir}, nil
}

// sendSigned sends a body as Spacelift does.
func sendSigned(ctx context.Context, url string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	sum := hmac.New(sha256.New, []byte(sample.WebhookSecret))
	sum.Write(body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Signature-256", "sha256="+hex.EncodeToString(sum.Sum(nil)))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if err := res.Body.Close(); err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("the receiver answers %s", res.Status)
	}
	return nil
}

// sampleAudit reads what was received, and the API's own entries.
func sampleAudit(ctx context.Context, data string, api *spacelift.Config) (*pipeline.AuditTrail, error) {
	received, err := receiveSample(ctx, data)
	return &pipeline.AuditTrail{Files: audittrail.Config{Sources: []audittrail.Source{received}}, API: api}, err
}

var eventColumns = []string{"event_time", "action", "actor", "resource_type", "resource_id", "remote_ip", "security_signal"}

// printEvents writes the audit events of a published directory as a table, by time.
func printEvents(w io.Writer, dir string) error {
	d, err := published.Open(dir)
	if err != nil {
		return err
	}
	var events [][]string
	for row, err := range d.Rows(graph.NodeTable(graph.SpaceliftAuditEvent)) {
		if err != nil {
			return err
		}
		var cells []string
		for _, name := range eventColumns {
			v := row[graph.Column(graph.SpaceliftAuditEvent, name)]
			switch {
			case name != "security_signal":
				cells = append(cells, cmp.Or(trace.Printable(v.Text), "-"))
			case v.Num == 1:
				cells = append(cells, "security signal")
			}
		}
		events = append(events, cells)
	}
	slices.SortFunc(events, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	t := table.New(w, true)
	fmt.Fprintln(t, "TIME\tACTION\tACTOR\tTYPE\tRESOURCE\tFROM\t")
	for _, cells := range events {
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	return t.Flush()
}
