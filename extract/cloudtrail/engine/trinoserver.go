package engine

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/trinodb/trino-go-client/trino"
)

// What holds unless the URI says otherwise.
const (
	trinoPatience = 45 * time.Second   // until a server that doesn't answer is given up
	longestQuery  = 7 * 24 * time.Hour // the client's own limit is 10 hours
)

// trinoServer puts the URI and the password together.
func trinoServer(c TrinoConfig) (*trino.Config, error) {
	if c.URI == "" {
		return nil, errors.New("no Trino server: name one with --trino-uri https://user@host:port/catalog/schema")
	}
	u, err := url.Parse(c.URI)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("--trino-uri is written https://user@host:port/catalog/schema") // and isn't shown: it may hold a password
	}
	if _, set := u.User.Password(); set {
		return nil, errors.New("--trino-uri holds a password, which others can see: put it into an environment variable, and name that with --trino-password-env-var")
	}
	if u.User.Username() == "" {
		return nil, errors.New("--trino-uri names no user: it is written https://user@host:port/catalog/schema")
	}
	if c.Password != "" {
		if u.Scheme != "https" {
			return nil, errors.New("a password is sent by https only: change --trino-uri, or give no password")
		}
		u.User = url.UserPassword(u.User.Username(), c.Password)
	}
	server, err := trino.ParseDSN(u.String())
	if err != nil {
		return nil, fmt.Errorf("--trino-uri: %s", strings.ReplaceAll(err.Error(), u.String(), u.Redacted()))
	}
	server.Source = "liftgraph"
	if server.RequestRetryTimeout == nil {
		server.RequestRetryTimeout = new(trinoPatience)
	}
	if server.QueryTimeout == nil {
		server.QueryTimeout = new(longestQuery)
	}
	return server, nil
}

func (t *trinoEngine) open() (*sql.DB, error) {
	connector, err := trino.NewConnector(t.server)
	if err != nil {
		return nil, fmt.Errorf("connect to Trino: %w", err)
	}
	return sql.OpenDB(connector), nil
}

// trinoSays returns what the server says, or why it doesn't, without what the client puts around it.
func trinoSays(err error) error {
	if e, ok := errors.AsType[*trino.ErrTrino](err); ok {
		return fmt.Errorf("%s: %s", e.ErrorName, e.Message)
	}
	if e, ok := errors.AsType[*trino.ErrQueryFailed](err); ok {
		if e.StatusCode == 0 {
			return e.Reason
		}
		return fmt.Errorf("HTTP %d %s: %w", e.StatusCode, http.StatusText(e.StatusCode), e.Reason)
	}
	return err
}
