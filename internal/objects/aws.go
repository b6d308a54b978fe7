package objects

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"
)

// AWS is how AWS, or what speaks its protocols, is reached. Stores that share one share credentials, connections and the
// memory for reading ahead (64 MiB at most). What isn't said here the AWS SDK takes from its own environment variables and files: credentials,
// region, endpoints (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, endpoint_url).
type AWS struct {
	Profile   string            // of the SDK's configuration files; "": that of AWS_PROFILE, or the default one
	PathStyle bool              // a bucket stands in the path of its address, as many S3-compatible stores want it, not in the host
	Transport http.RoundTripper // to S3; nil: the SDK's, which heeds HTTPS_PROXY and the like
	RootCAs   *x509.CertPool    // authorities to trust; nil: the system's. AWS_CA_BUNDLE adds to them

	mu     sync.Mutex
	config *aws.Config
	ahead  chan []byte
}

// Config returns the SDK's configuration, loaded once. What is wrong with it is a [UsageError].
func (a *AWS) Config(ctx context.Context) (aws.Config, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.config != nil {
		return *a.config, nil
	}
	// As many idle connections as there may be readers: the SDK keeps ten, and each other request would begin with a handshake.
	web := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConnsPerHost = t.MaxIdleConns
		if a.RootCAs != nil {
			t.TLSClientConfig.RootCAs = a.RootCAs.Clone()
		}
	})
	settings := []func(*config.LoadOptions) error{
		config.WithHTTPClient(web),
		config.WithLogger(logging.Nop{}), // its lines would go to stderr past the log; what matters is in errors
	}
	if a.Profile != "" {
		settings = append(settings, config.WithSharedConfigProfile(a.Profile))
	}
	loaded, err := config.LoadDefaultConfig(ctx, settings...)
	if missing, ok := errors.AsType[config.SharedConfigProfileNotExistError](err); ok {
		return aws.Config{}, &UsageError{"there is no AWS profile " + missing.Profile + ": `aws configure list-profiles` lists those there are"}
	}
	if err != nil {
		if ctx.Err() != nil {
			return aws.Config{}, context.Cause(ctx)
		}
		return aws.Config{}, &UsageError{"the AWS configuration can't be used: " + err.Error()}
	}
	a.config = &loaded
	return loaded, nil
}

// client returns a client for S3 that sends each request once, and the address it was configured with, "" for AWS's.
func (a *AWS) client(ctx context.Context) (*s3.Client, string, error) {
	cfg, err := a.Config(ctx)
	if err != nil {
		return nil, "", err
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.Region = cmp.Or(o.Region, "us-east-1") // which reports where a bucket of another region is
		o.UsePathStyle = a.PathStyle
		if a.Transport != nil {
			o.HTTPClient = &http.Client{Transport: a.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		}
		o.Retryer = aws.NopRetryer{} // repeating is up to bucket.ask, which also knows about bodies that break off
		o.DisableLogOutputChecksumValidationSkipped = true
	})
	endpoint := aws.ToString(client.Options().BaseEndpoint)
	if u, err := url.Parse(endpoint); endpoint != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return nil, "", &UsageError{"the endpoint of S3, " + endpoint + ", is no address: set AWS_ENDPOINT_URL_S3 (or AWS_ENDPOINT_URL, or endpoint_url of the profile) to one such as https://s3.example.com"}
	}
	return client, endpoint, nil
}

// buffers returns what is there to take memory for reading ahead from, and to give it back to: n pieces, nil until they are used.
func (a *AWS) buffers(n int) chan []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ahead == nil {
		a.ahead = make(chan []byte, n)
		for range n {
			a.ahead <- nil
		}
	}
	return a.ahead
}
