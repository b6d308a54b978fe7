package receiver

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// writeCertificate makes a certificate for 127.0.0.1 with a serial number.
func writeCertificate(t *testing.T, certFile, keyFile string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "receiver"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	changed := time.Unix(1_700_000_000+serial, 0)
	if err := os.Chtimes(certFile, changed, changed); err != nil {
		t.Fatal(err)
	}
}

// HTTPS, over HTTP/2 as Spacelift speaks it; a certificate that is renewed is taken up, and one that can't be read isn't.
func TestHTTPS(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	log := slog.New(slog.DiscardHandler)
	if _, err := Certificates(certFile, keyFile, log); err == nil {
		t.Error("there is no certificate, but no error")
	}
	writeCertificate(t, certFile, keyFile, 1)
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.load(); err != nil {
		t.Fatal(err)
	}
	s := start(t, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- Serve(ctx, l, s, c.config(), log) }()
	s.url = "https://" + l.Addr().String()
	serial := func() int64 {
		t.Helper()
		web := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
		defer web.CloseIdleConnections()
		a, err := web.Do(s.request(t, event(1)))
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != http.StatusNoContent || a.ProtoMajor != 2 {
			t.Errorf("%s %d", a.Proto, a.StatusCode)
		}
		return a.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	later := func() { // as if time had passed
		c.mu.Lock()
		defer c.mu.Unlock()
		c.checked = time.Time{}
	}
	if n := serial(); n != 1 {
		t.Errorf("certificate %d", n)
	}
	writeCertificate(t, certFile, keyFile, 2)
	if n := serial(); n != 1 {
		t.Errorf("certificate %d is read at each connection", n)
	}
	later()
	if n := serial(); n != 2 {
		t.Errorf("certificate %d, not the new one", n)
	}
	if err := os.WriteFile(certFile, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	later()
	if n := serial(); n != 2 {
		t.Errorf("certificate %d", n)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
