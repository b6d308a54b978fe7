package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// renewal returns how to get a new token with the credentials; nil where there is no way.
func (c *Client) renewal(who Credentials) renewal {
	switch {
	case who.KeySecret != nil:
		return func(ctx context.Context) (Secret, time.Time, error) {
			secret, err := who.KeySecret()
			if err != nil {
				return "", time.Time{}, fmt.Errorf("the API key's secret can't be read: %w", err)
			}
			return c.login(ctx, exchangeOf{"api_key_user", "apiKeyUser", "API key"}, map[string]any{"id": who.KeyID}, "secret", secret)
		}
	case who.GitHubToken != nil:
		return func(ctx context.Context) (Secret, time.Time, error) {
			token, err := who.GitHubToken()
			if err != nil {
				return "", time.Time{}, fmt.Errorf("the GitHub token can't be read: %w", err)
			}
			return c.login(ctx, exchangeOf{"oauth_user", "oauthUser", "GitHub token"}, map[string]any{}, "token", token)
		}
	case who.Reread != nil:
		return func(context.Context) (Secret, time.Time, error) {
			token, err := who.Reread()
			if err != nil {
				return "", time.Time{}, fmt.Errorf("the token can't be read again: %w", err)
			}
			c.redact.add(token)
			return token, ReadClaims(token).Expiry(), nil
		}
	}
	return nil
}

// exchangeOf is a mutation that exchanges a secret for a token.
type exchangeOf struct {
	query, field string
	what         string // the secret is of, in words
}

// login exchanges a secret for a token.
func (c *Client) login(ctx context.Context, of exchangeOf, variables map[string]any, name string, secret Secret) (Secret, time.Time, error) {
	c.redact.add(secret)
	variables[name] = secret.Reveal()
	answer, err := c.send(ctx, c.plain, Format(loadQuery(of.query)), variables, new(call))
	if Answered(err) || unauthorized(err) {
		return "", time.Time{}, &KeyRefusedError{of.what, err.Error()}
	}
	if err != nil {
		return "", time.Time{}, err
	}
	var user struct {
		JWT        Secret `json:"jwt"`
		ValidUntil int64  `json:"validUntil"`
	}
	if err := json.Unmarshal(answer[of.field], &user); err != nil || user.JWT == "" {
		return "", time.Time{}, &KeyRefusedError{of.what, "it returns no token for it"}
	}
	c.redact.add(user.JWT)
	if user.ValidUntil == 0 {
		return user.JWT, ReadClaims(user.JWT).Expiry(), nil
	}
	return user.JWT, time.Unix(user.ValidUntil, 0), nil
}
