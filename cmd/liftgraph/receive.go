package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/extract/audittrail/receiver"
	"liftgraph/extract/audittrail/spool"
)

func receiveCommand() *cli.Command {
	return &cli.Command{
		Name:  "receive",
		Usage: "receive the deliveries of Spacelift's audit-trail webhook",
		Flags: slices.Concat(receiveFlags(), s3Flags()),
		Action: func(c *cli.Context) error {
			cfg, err := receiveConfig(c)
			if err != nil {
				return err
			}
			if os.Getenv("GOMEMLIMIT") == "" && os.Getenv("GOGC") == "" {
				debug.SetGCPercent(100) // it idles most of the time, and needn't hold the memory that a stage may take
			}
			return receive(c.Context, cfg)
		},
	}
}

// lastUpload bounds the time that uploading may take when the receiver stops. What is left is uploaded after the next start.
const lastUpload = 5 * time.Second

// receive receives until ctx is done.
func receive(ctx context.Context, cfg *receiveSettings) (err error) {
	log, metrics := cfg.log, receiver.NewMetrics()
	cfg.spool.Committed = metrics.Committed
	kept, err := spool.Open(cfg.spoolDir, cfg.spool)
	if err != nil {
		return err
	}
	defer func() {
		if closed := kept.Close(); err == nil {
			err = closed
		}
	}()
	metrics.Watch(kept)
	cfg.receiver.Spool, cfg.receiver.Metrics = kept, metrics
	r := receiver.New(cfg.receiver)

	listening := net.ListenConfig{}
	webhook, err := listening.Listen(ctx, "tcp", cfg.listen)
	if err != nil {
		return err
	}
	var status net.Listener
	if cfg.statusListen != "" {
		if status, err = listening.Listen(ctx, "tcp", cfg.statusListen); err != nil {
			return errors.Join(err, webhook.Close())
		}
		log.Info("health and metrics", "address", status.Addr().String())
	}
	log.Info("receiving", "address", webhook.Addr().String(), "path", cfg.receiver.Path, "tls", cfg.tls != nil, "spool", cfg.spoolDir, "upload", cfg.uploadURI)

	ctx, stop := context.WithCancel(ctx) // what fails stops the rest
	defer stop()
	var working sync.WaitGroup
	if cfg.upload != nil {
		working.Go(func() { kept.Ship(ctx, cfg.upload, cfg.uploaded(metrics, log)) })
	}
	var statusErr error
	if status != nil {
		working.Go(func() {
			defer stop()
			statusErr = receiver.Serve(ctx, status, r.Status(), nil, log)
		})
	}
	err = receiver.Serve(ctx, webhook, r, cfg.tls, log)
	stop()
	working.Wait()
	if err := errors.Join(err, statusErr, kept.Drain()); err != nil {
		return err
	}
	if cfg.upload != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastUpload)
		defer cancel()
		_ = kept.ShipOnce(last, cfg.upload, cfg.uploaded(metrics, log)) // it logs each failure
	}
	log.Info("stopped")
	return nil
}

// uploaded counts and logs uploads.
func (cfg *receiveSettings) uploaded(m *receiver.Metrics, log *slog.Logger) func(segment string, err error) {
	return func(segment string, err error) {
		m.Uploaded(err)
		if err != nil {
			log.Error("a segment isn't uploaded; it stays in the spool", "segment", segment, "error", err)
			return
		}
		log.Info("uploaded", "segment", segment)
	}
}
