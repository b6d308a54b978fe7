package receiver

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is a key pair that is read again when its file was replaced, as those who renew certificates do.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	changed time.Time
	checked time.Time
}

// certificateHolds is how long the files aren't looked at again.
const certificateHolds = 10 * time.Second

// Certificates returns a configuration for TLS with the certificate and the key in two files of PEM.
func Certificates(certFile, keyFile string, log *slog.Logger) (*tls.Config, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.load(); err != nil {
		return nil, err
	}
	return c.config(), nil
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}

// load reads the files if the certificate's was changed.
func (c *certificate) load() error {
	c.checked = time.Now()
	info, err := os.Stat(c.certFile)
	if err != nil || info.ModTime().Equal(c.changed) {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.pair, c.changed = &pair, info.ModTime()
	return nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.checked) >= certificateHolds {
		if err := c.load(); err != nil {
			c.log.Error("the new certificate can't be read; the last one stays in use", "error", err)
		}
	}
	return c.pair, nil
}
