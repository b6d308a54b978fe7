package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/extract/cloudtrail"
	"liftgraph/fixtures/fakespacelift"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/fixtures/sample"
	"liftgraph/internal/objects"
)

// serveSample serves the sample account on a port of this machine's own.
func serveSample(ctx context.Context) (endpoint string, stop func() error, err error) {
	handler, err := fakespacelift.New(sample.Account(), sample.Options())
	if err != nil {
		return "", nil, err
	}
	return serveLocally(ctx, handler)
}

// serveLocally serves on a port of this machine's own, until stop.
func serveLocally(ctx context.Context, handler http.Handler) (url string, stop func() error, err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	return "http://" + l.Addr().String(), func() error {
		err := s.Close()
		if end := <-served; !errors.Is(end, http.ErrServerClosed) {
			err = errors.Join(err, end)
		}
		return err
	}, nil
}

// sampleInventory puts the sample's inventory where --instance-inventory can read it.
func sampleInventory(data string) (string, error) {
	name := filepath.Join(data, "sample-inventory.csv")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return "", fmt.Errorf("--%s %s can't be used: %w; name a directory", dataFlag, data, err)
	}
	return name, os.WriteFile(name, sample.Inventory(), 0o600)
}

// sampleBucket holds the sample's CloudTrail.
const sampleBucket = "acme-corp-trail"

// serveTrail serves the sample's CloudTrail from an S3 server of this process, where the AWS SDK finds it.
func serveTrail() (*fakes3.Server, error) {
	s, err := fakes3.New()
	if err != nil {
		return nil, err
	}
	for key, body := range sample.CloudTrail() {
		err = errors.Join(err, s.Put(sampleBucket, key, body, nil))
	}
	for _, variable := range s.Env() {
		key, value, _ := strings.Cut(variable, "=")
		err = errors.Join(err, os.Setenv(key, value))
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// What the demo shows of AWS: every resource that a run touched, and who changed what a stack manages outside of runs.
const (
	demoResources = cloudtrail.ResourcesAll
	demoChanges   = cloudtrail.ChangesManaged
)

// sampleTrail returns what to read of it.
func sampleTrail(c *cli.Context) (*pipeline.CloudTrail, error) {
	const uri = "s3://" + sampleBucket + "/"
	store, err := objects.Open(c.Context, uri, objects.Options{AWS: &objects.AWS{PathStyle: true}})
	if err != nil {
		return nil, err
	}
	return &pipeline.CloudTrail{Config: cloudtrail.Config{Sources: []cloudtrail.Source{{URI: uri, Store: store}}, FollowRoles: true, Resources: demoResources, Changes: demoChanges, Temp: tempDir(c)}}, nil
}
