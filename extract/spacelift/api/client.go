package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/machinebox/graphql"
)

// Client sends requests through the layers below it, and with ask.go settles what a refusal means.
type Client struct {
	endpoint string
	agent    string
	plain    *graphql.Client // without a token: for the exchange
	signed   *graphql.Client
	session  *session
	redact   *redactor
	Queries  *queries
	Close    func()

	judging turn // one at a time finds out what is wrong
	wary    bool // a new token was refused as well: from then on viewer is asked before the next exchange
	over    atomic.Pointer[OverError]
}

// RequestTimeout bounds one exchange, as in the official clients.
const RequestTimeout = time.Minute

// Settings says which server to talk to, and how.
type Settings struct {
	Endpoint string // as [ParseEndpoint] returns it

	Credentials

	RequestsPerSecond float64 // 0: no limit
	Workers           int     // requests under way at once
	MaxAnswer         int64   // bytes of one response, uncompressed
	UserAgent         string

	Recorder  Recorder          // of answers; nil: none are kept
	Transport http.RoundTripper // nil: one of its own, which heeds HTTPS_PROXY and the like
	Traffic   *Traffic
	Log       *slog.Logger
}

// Credentials say who sends requests, in one of three ways. What is read by a function is read at each renewal.
type Credentials struct {
	Token  Secret                 // a ready token (JWT)
	Reread func() (Secret, error) // reads that token again, where it is kept in a file that others write; nil: it stays

	KeyID     string                 // of an API key: a ULID, or oidc::<issuer>::<id>
	KeySecret func() (Secret, error) // of that key; an OIDC token rotates

	GitHubToken func() (Secret, error) // a personal token of GitHub's, where that is the account's identity provider
}

// Traffic counts what is sent and received. Its counters may be used from any goroutine.
type Traffic struct {
	Requests atomic.Int64 // sent, retries included
	Retries  atomic.Int64
	Bytes    atomic.Int64 // of responses, uncompressed
}

// NewClient returns a client of one account that has sent nothing yet.
func NewClient(cfg Settings) *Client {
	c := &Client{endpoint: cfg.Endpoint, redact: new(redactor), Queries: newQueries(nil), agent: cfg.UserAgent, Close: func() {}, judging: newTurn()}
	base := cfg.Transport
	if base == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxIdleConnsPerHost = cfg.Workers + 1
		base, c.Close = own, own.CloseIdleConnections
	}
	c.session = newSession(cfg.Token, c.renewal(cfg.Credentials), cfg.Token != "")
	c.redact.add(cfg.Token)

	pacer := newPacer(cfg.RequestsPerSecond)
	through := func(next http.RoundTripper, answers func(http.RoundTripper) http.RoundTripper) *graphql.Client {
		layers := answers(&retry{next: &limit{next, pacer}, pause: pacer.pause, stats: cfg.Traffic, log: cfg.Log})
		return graphql.NewClient(cfg.Endpoint, graphql.WithHTTPClient(&http.Client{Transport: layers}))
	}
	x := &exchange{next: base, limit: cfg.MaxAnswer, timeout: RequestTimeout, clean: c.redact.clean, stats: cfg.Traffic}
	fresh := func(next http.RoundTripper) http.RoundTripper { return next }
	signed := fresh
	if cfg.Recorder != nil {
		signed = func(next http.RoundTripper) http.RoundTripper { return &recalling{next, x, cfg.Recorder} }
	}
	c.plain, c.signed = through(x, fresh), through(&bearer{x, c.session}, signed)
	return c
}

// Data is an answer's root fields by their aliases.
type Data = map[string]json.RawMessage

// send sends a query. An [AnswerError] that is partial comes with data.
func (c *Client) send(ctx context.Context, gql *graphql.Client, text string, variables map[string]any, into *call) (Data, error) {
	req := graphql.NewRequest(text)
	for name, value := range variables {
		req.Var(name, value)
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Spacelift-Client-Type", "liftgraph")
	var answer Data
	err := gql.Run(withCall(ctx, into), req, &answer)
	if into.partial != nil {
		return answer, into.partial // all of the errors, of which machinebox/graphql returns the first
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return answer, err
}

// Viewer reports whether the token is good.
func (c *Client) Viewer(ctx context.Context) (bool, error) {
	answer, err := c.send(ctx, c.signed, Format(loadQuery("viewer")), nil, new(call))
	if unauthorized(err) {
		return false, nil
	}
	viewer := answer["viewer"]
	return len(viewer) > 0 && string(viewer) != "null", err
}

// Introspect reads the server's schema, to which queries are fitted from then on; shown is false where it is hidden.
func (c *Client) Introspect(ctx context.Context) (shown bool, err error) {
	answer, err := c.send(ctx, c.signed, Format(loadQuery("introspection")), nil, new(call))
	if s := readSchema(answer["__schema"]); s != nil {
		c.Queries = newQueries(s)
		return true, nil
	}
	return false, err
}

// WholeSchema returns the server's introspection, as schema tools read it: {"data": {"__schema": …}}.
func (c *Client) WholeSchema(ctx context.Context) (json.RawMessage, error) {
	answer, err := c.send(ctx, c.signed, Format(loadQuery("full_introspection")), nil, new(call))
	if err != nil {
		return nil, err
	}
	if readSchema(answer["__schema"]) == nil {
		return nil, errors.New("the response holds no schema")
	}
	return json.Marshal(map[string]any{"data": answer})
}
