// Package server is what every method of loading does with a Neo4j server over Bolt: check its address, wait for it, count
// what it holds, and run statements.
package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"liftgraph/ingest/source"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
)

// Config is where a Neo4j answers over Bolt.
type Config struct {
	URI      string // e.g. bolt://localhost:7687
	User     string // empty: neo4j
	Password string // never shown; empty: the server asks for none

	RootCAs *x509.CertPool // authorities to trust with bolt+s and neo4j+s; nil: the system's
}

const (
	defaultURI  = "bolt://localhost:7687"
	defaultPort = "7687"
)

// Address returns the URI of the server, which is the default one where none was given.
func (s Config) Address() string {
	if s.URI == "" {
		return defaultURI
	}
	return s.URI
}

// Driver returns a driver, which the caller closes. It doesn't connect yet. A URI that is none is a [UsageError].
func (s Config) Driver() (neo4j.DriverWithContext, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	auth := neo4j.NoAuth()
	if s.Password != "" {
		user := s.User
		if user == "" {
			user = "neo4j"
		}
		auth = neo4j.BasicAuth(user, s.Password, "")
	}
	d, err := neo4j.NewDriverWithContext(s.Address(), auth, func(c *config.Config) {
		if s.RootCAs != nil {
			c.TlsConfig = &tls.Config{RootCAs: s.RootCAs, MinVersion: tls.VersionTLS12}
		}
	})
	if err != nil {
		return nil, &UsageError{fmt.Sprintf("--neo4j-uri %s: %v; expected is e.g. %s", s.Address(), err, defaultURI)}
	}
	return d, nil
}

// schemes are those that the driver takes, but for bolt+unix.
var schemes = []string{"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"}

// Check returns a [UsageError] where the URI is none.
func (s Config) Check() error {
	const expected = "; expected is e.g. " + defaultURI
	u, err := url.Parse(s.Address())
	switch {
	case err != nil: // whose words would repeat the URI, which may hold a password
		return &UsageError{"--neo4j-uri is no URI" + expected}
	case u.User != nil:
		return &UsageError{"--neo4j-uri holds credentials: take them out of it and set NEO4J_USERNAME and NEO4J_PASSWORD"}
	case !slices.Contains(schemes, u.Scheme):
		return &UsageError{fmt.Sprintf("--neo4j-uri %s begins with none of %s%s", s.Address(), strings.Join(schemes, ", "), expected)}
	case u.Hostname() == "":
		return &UsageError{fmt.Sprintf("--neo4j-uri %s names no host%s", s.Address(), expected)}
	}
	return nil
}

// CheckUnused returns an error where a process listens already: what answers there after a start would be another server.
func (s Config) CheckUnused(ctx context.Context) error {
	u, err := url.Parse(s.Address())
	if err != nil {
		return fmt.Errorf("--neo4j-uri: %w", err)
	}
	port := u.Port()
	if port == "" {
		port = defaultPort
	}
	dialer := net.Dialer{Timeout: 2 * time.Second}
	conn, refused := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if refused != nil {
		return ctx.Err()
	}
	answers := fmt.Errorf("a server answers on %s already, so one started now couldn't: stop it, or let the imported one listen elsewhere "+
		"(server.bolt.listen_address in its neo4j.conf, --neo4j-uri here)", s.Address())
	return errors.Join(answers, conn.Close())
}

// Await waits until the database answers, as long as the server is alive. Errors that no waiting mends come at once.
func Await(ctx context.Context, d neo4j.DriverWithContext, database string, alive func() error) error {
	for {
		_, err := neo4j.ExecuteQuery(ctx, d, "RETURN 1", nil, neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase(database))
		if err == nil {
			return nil
		}
		var refused *neo4j.Neo4jError
		if errors.As(err, &refused) {
			if h := Refusal(refused, database); h != "" {
				return fmt.Errorf("%w; %s", err, h)
			}
		}
		if gone := alive(); gone != nil {
			return gone
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w (last: %w)", ctx.Err(), err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Refusal says what to do about an answer that stays what it is; nothing for one that may change.
func Refusal(e *neo4j.Neo4jError, database string) string {
	switch e.Code {
	case "Neo.ClientError.Security.Unauthorized", "Neo.ClientError.Security.AuthenticationRateLimit":
		return "check the user and the password (NEO4J_USERNAME, NEO4J_PASSWORD)"
	case "Neo.ClientError.Security.CredentialsExpired":
		return "set a password before the first start: neo4j-admin dbms set-initial-password"
	case "Neo.ClientError.Database.DatabaseNotFound":
		return fmt.Sprintf("the server knows no database %s: set initial.dbms.default_database=%s in its neo4j.conf", database, database)
	}
	return ""
}

// Count returns what a database holds.
func Count(ctx context.Context, d neo4j.DriverWithContext, database string) (c source.Counts, err error) {
	for _, q := range []struct {
		query string
		into  *int64
	}{
		{"MATCH (n) RETURN count(n) AS n", &c.Nodes},
		{"MATCH ()-[r]->() RETURN count(r) AS n", &c.Relationships},
	} {
		r, err := neo4j.ExecuteQuery(ctx, d, q.query, nil, neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase(database))
		if err != nil {
			return source.Counts{}, err
		}
		if *q.into, _, err = neo4j.GetRecordValue[int64](r.Records[0], "n"); err != nil {
			return source.Counts{}, err
		}
	}
	return c, nil
}

// Apply runs statements one by one, each in a transaction of its own, and returns the number of those done.
func Apply(ctx context.Context, d neo4j.DriverWithContext, database string, statements []string) (done int, err error) {
	session := d.NewSession(ctx, neo4j.SessionConfig{DatabaseName: database})
	defer func() { err = errors.Join(err, session.Close(ctx)) }()
	for i, s := range statements {
		result, err := session.Run(ctx, s, nil)
		if err == nil {
			_, err = result.Consume(ctx)
		}
		if err != nil {
			return i, fmt.Errorf("%s: %w", s, err)
		}
	}
	return len(statements), nil
}

// Local reports whether the server is on this machine.
func (s Config) Local() bool {
	u, err := url.Parse(s.Address())
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
