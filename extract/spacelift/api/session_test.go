package api

import (
	"context"
	"encoding/base64"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestTokenIsRenewedEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			lifetime, renewed time.Duration
		}{{time.Hour, time.Hour - renewBefore}, {40 * time.Second, 20 * time.Second}} {
			exchanges, secrets := 0, 0
			s := &session{turn: newTurn(), keySecret: func() (Secret, error) { secrets++; return Secret(fmt.Sprint("secret", secrets)), nil }}
			s.exchange = func(_ context.Context, _ string, secret Secret) (Secret, time.Time, error) {
				exchanges++
				return "token of " + secret, time.Now().Add(c.lifetime), nil
			}
			at := func(want int) {
				t.Helper()
				token, generation, err := s.current(t.Context())
				if err != nil || exchanges != want || generation != want || token.Reveal() != fmt.Sprint("token of secret", want) {
					t.Errorf("%s: %q, generation %d, %d exchanges, %v, want %d", c.lifetime, token.Reveal(), generation, exchanges, err, want)
				}
			}
			at(1)
			time.Sleep(c.renewed - time.Second)
			at(1)
			time.Sleep(time.Second)
			at(2)
			at(2)
		}
	})
}

func TestTokenWithoutAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		exchanges := 0
		s := &session{turn: newTurn(), keySecret: func() (Secret, error) { return "s", nil }}
		s.exchange = func(context.Context, string, Secret) (Secret, time.Time, error) {
			exchanges++
			return "t", time.Now().Add(-time.Hour), nil // or a clock that is wrong
		}
		for range 3 {
			if _, _, err := s.current(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		if exchanges != 1 {
			t.Errorf("%d exchanges", exchanges)
		}
	})
}

func TestClaims(t *testing.T) {
	c := ReadClaims(unsigned(`{"aud":["https://acme.app.spacelift.io"],"exp":1700000000}`))
	if got := c.Expiry(); got.Unix() != 1_700_000_000 {
		t.Errorf("%s", got)
	}
	for endpoint, want := range map[string]string{
		"https://acme.app.spacelift.io/graphql": "", "https://other.app.spacelift.io/graphql": "acme.app.spacelift.io",
	} {
		if got := c.Elsewhere(endpoint); got != want {
			t.Errorf("%s: %q", endpoint, got)
		}
	}
	if c := ReadClaims(unsigned(`{"aud":"https://acme.example"}`)); c.Elsewhere("https://b.example/graphql") != "acme.example" || !c.Expiry().IsZero() {
		t.Errorf("%+v", c)
	}
	for _, s := range []Secret{"", "opaque", "a.b.c", unsigned("[]"), unsigned(`{"aud":5}`)} {
		if c := ReadClaims(s); !c.Expiry().IsZero() || c.Elsewhere("https://a.example/graphql") != "" {
			t.Errorf("%q: %+v", s.Reveal(), c)
		}
	}
}

// unsigned returns a token with those claims, and a signature that is none.
func unsigned(claims string) Secret {
	enc := base64.RawURLEncoding.EncodeToString
	return Secret(enc([]byte(`{"alg":"none"}`)) + "." + enc([]byte(claims)) + "." + enc([]byte("signature")))
}
