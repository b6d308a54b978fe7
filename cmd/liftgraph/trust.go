package main

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"

	"github.com/urfave/cli/v2"

	"liftgraph/internal/objects"
)

// poolKey is the key in the app's metadata of the certificates that --ca-file names.
const poolKey = "ca-pool"

// trustCA makes this process trust the authorities of --ca-file beside the system's, in every connection that it makes:
// those of the default transport (Spacelift, a collector, Trino) here, those to AWS and Neo4j by [pool].
func trustCA(c *cli.Context) error {
	name := c.String(caFileFlag)
	if name == "" {
		return nil
	}
	pem, err := os.ReadFile(name)
	if err != nil {
		return usagef("--%s: %w", caFileFlag, err)
	}
	all, err := x509.SystemCertPool()
	if err != nil {
		all = x509.NewCertPool() // the system has none
	}
	if !all.AppendCertsFromPEM(pem) {
		return usagef("--%s %s holds no certificate: it is one or more in PEM form, beginning with -----BEGIN CERTIFICATE-----", caFileFlag, name)
	}
	c.App.Metadata[poolKey] = all
	http.DefaultTransport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: all, MinVersion: tls.VersionTLS12}
	return nil
}

// pool returns the authorities to trust; nil for the system's.
func pool(c *cli.Context) *x509.CertPool {
	p, _ := c.App.Metadata[poolKey].(*x509.CertPool)
	return p
}

// awsOf returns how AWS is reached.
func awsOf(c *cli.Context) *objects.AWS {
	return &objects.AWS{Profile: c.String(awsProfileFlag), PathStyle: c.Bool(pathStyleFlag), RootCAs: pool(c)}
}
