package live

import (
	"crypto/x509"
	"strings"
	"testing"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/fixtures/privatenet"
	"liftgraph/ingest/server"
)

// A server with a certificate of an authority of its own is trusted where the authority is given, and not otherwise.
func TestPrivateAuthority(t *testing.T) {
	i := neo4jtest.Shared(t)
	n, err := privatenet.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	address, err := n.Relay(strings.TrimPrefix(i.URI, "bolt://"))
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(address, ":")
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(n.CA())
	for name, c := range map[string]struct {
		pool *x509.CertPool
		want string
	}{"given": {pool, ""}, "unknown": {nil, "certificate signed by unknown authority"}} {
		d, err := server.Config{URI: "bolt+s://localhost:" + port, RootCAs: c.pool}.Driver()
		if err != nil {
			t.Fatal(err)
		}
		err = d.VerifyConnectivity(t.Context())
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		if err := d.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
