package spacelift

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"

	"liftgraph/extract/spacelift/api"
)

// errFirstContact is the cause of a context that waited for the server's first answer.
var errFirstContact = errors.New("no answer in time")

// firstContact makes sure that there is a Spacelift at the endpoint and that it takes the token: what goes wrong here
// is for the user to mend, and nothing is read before.
func (x *extraction) firstContact(ctx context.Context) error {
	endpoint := x.cfg.Endpoint
	c := api.ReadClaims(x.cfg.Token)
	if end := c.Expiry(); !end.IsZero() && time.Now().After(end) {
		return fmt.Errorf("the token for %s expired at %s: set SPACELIFT_API_TOKEN to a new one, or use an API key, whose token is renewed",
			endpoint, end.Format(time.RFC3339))
	}
	first, cancel := context.WithTimeoutCause(ctx, x.cfg.FirstContact, errFirstContact)
	defer cancel()
	good, err := x.client.Viewer(first)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil && !good && x.cfg.KeyID != "":
		return fmt.Errorf("%s gave a token for the API key %s, but doesn't take it: check that the key may use the API", endpoint, x.cfg.KeyID)
	case err == nil && !good:
		return badToken(endpoint, c)
	case err == nil:
		return nil
	}
	return x.noContact(err)
}

func badToken(endpoint string, c api.Claims) error {
	hint := "check that it is whole, belongs to this account and wasn't revoked"
	if host := c.Elsewhere(endpoint); host != "" {
		hint = "it was issued for " + host + ": set the endpoint or the token accordingly"
	}
	return fmt.Errorf("%s doesn't take the token (unauthorized): %s, or get a new one", endpoint, hint)
}

// noContact says what to do about the error that stood before the first answer.
func (x *extraction) noContact(err error) error {
	endpoint := x.cfg.Endpoint
	if refused, ok := errors.AsType[*api.KeyRefusedError](err); ok && refused.GitHub() {
		return fmt.Errorf("%s: %w: check that GitHub is the account's identity provider, that the token may read your organizations, and that it wasn't revoked", endpoint, refused)
	} else if ok {
		return fmt.Errorf("%s: %w: check the id %s (SPACELIFT_API_KEY_ID), its secret, and that the key belongs to this account",
			endpoint, refused, x.cfg.KeyID)
	}
	if e, ok := errors.AsType[*api.StatusError](err); ok && e.Status == http.StatusNotFound {
		return fmt.Errorf("there is no API at %s: %w: check the endpoint, which is your account's address followed by /graphql", endpoint, err)
	}
	if _, ok := errors.AsType[*api.ForeignError](err); ok {
		return fmt.Errorf("%s isn't Spacelift's API: %w: check the endpoint, and that no proxy or login page stands before it", endpoint, err)
	}
	if api.Answered(err) {
		return fmt.Errorf("%s is no Spacelift API that this program knows: %w: check the endpoint", endpoint, err)
	}
	if errors.Is(err, errFirstContact) {
		return fmt.Errorf("%s didn't answer within %s: %w: check the endpoint, the network and the proxy settings", endpoint, x.cfg.FirstContact, err)
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Errorf("can't reach %s: %w: name a file with its authority's certificate by --ca-file, e.g. of the proxy that decrypts, and check the endpoint", endpoint, e.Err)
	}
	_, slow := errors.AsType[*api.SlowError](err)
	_, broken := errors.AsType[*api.BrokenError](err)
	_, status := errors.AsType[*api.StatusError](err)
	if slow || broken || status {
		return fmt.Errorf("can't reach %s: %w: check the endpoint, the network and the proxy settings", endpoint, err)
	}
	return fmt.Errorf("%s: %w", endpoint, err)
}
