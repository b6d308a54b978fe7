package spacelift

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/machinebox/graphql"
)

// client sends requests through the layers below it, and with ask.go settles what a refusal means.
type client struct {
	endpoint string
	agent    string
	plain    *graphql.Client // without a token: for the exchange
	signed   *graphql.Client
	session  *session
	ready    Secret // the token, where it isn't that of a key
	redact   *redactor
	queries  *queries
	close    func()

	judging turn // one at a time finds out what is wrong
	wary    bool // a new token was refused as well: from then on viewer is asked before the next exchange
	over    atomic.Pointer[overError]
}

// requestTimeout bounds one exchange, as in the official clients.
const requestTimeout = time.Minute

func newClient(cfg Config) *client {
	c := &client{endpoint: cfg.Endpoint, redact: new(redactor), queries: newQueries(nil), agent: cfg.UserAgent, close: func() {}, judging: newTurn()}
	base := cfg.Transport
	if base == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxIdleConnsPerHost = cfg.Workers + 1
		base, c.close = own, own.CloseIdleConnections
	}
	c.session = &session{turn: newTurn(), keyID: cfg.KeyID, keySecret: cfg.KeySecret, token: cfg.Token, exchange: c.login}
	c.ready = cfg.Token
	c.redact.add(cfg.Token)

	pacer := newPacer(cfg.RequestsPerSecond)
	through := func(next http.RoundTripper) *graphql.Client {
		layers := &retry{next: &limit{next, pacer}, pause: pacer.pause, stats: cfg.Stats, log: cfg.Log}
		return graphql.NewClient(cfg.Endpoint, graphql.WithHTTPClient(&http.Client{Transport: layers}))
	}
	x := &exchange{next: base, limit: cfg.MaxAnswer, timeout: requestTimeout, clean: c.redact.clean, stats: cfg.Stats}
	c.plain, c.signed = through(x), through(&bearer{x, c.session})
	return c
}

// data is an answer's root fields by their aliases.
type data = map[string]json.RawMessage

// send sends a query. An [answerError] that is partial comes with data.
func (c *client) send(ctx context.Context, gql *graphql.Client, text string, variables map[string]any, into *call) (data, error) {
	req := graphql.NewRequest(text)
	for name, value := range variables {
		req.Var(name, value)
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Spacelift-Client-Type", "liftgraph")
	var answer data
	err := gql.Run(withCall(ctx, into), req, &answer)
	if into.partial != nil {
		return answer, into.partial // all of the errors, of which machinebox/graphql gives the first
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return answer, err
}

// viewer tells whether the token is good.
func (c *client) viewer(ctx context.Context) (bool, error) {
	answer, err := c.send(ctx, c.signed, format(loadQuery("viewer")), nil, new(call))
	if unauthorized(err) {
		return false, nil
	}
	viewer := answer["viewer"]
	return len(viewer) > 0 && string(viewer) != "null", err
}

// login exchanges the API key for a token.
func (c *client) login(ctx context.Context, id string, secret Secret) (Secret, time.Time, error) {
	c.redact.add(secret)
	variables := map[string]any{"id": id, "secret": secret.Reveal()}
	answer, err := c.send(ctx, c.plain, format(loadQuery("api_key_user")), variables, new(call))
	if answered(err) || unauthorized(err) {
		return "", time.Time{}, &keyRefusedError{err.Error()}
	}
	if err != nil {
		return "", time.Time{}, err
	}
	var user struct {
		JWT        Secret `json:"jwt"`
		ValidUntil int64  `json:"validUntil"`
	}
	if err := json.Unmarshal(answer["apiKeyUser"], &user); err != nil || user.JWT == "" {
		return "", time.Time{}, &keyRefusedError{"it gives no token for it"}
	}
	c.redact.add(user.JWT)
	if user.ValidUntil == 0 {
		return user.JWT, readClaims(user.JWT).expiry(), nil
	}
	return user.JWT, time.Unix(user.ValidUntil, 0), nil
}
