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
			exchanges := 0
			s := newSession("", func(context.Context) (Secret, time.Time, error) {
				exchanges++
				return Secret(fmt.Sprint("token ", exchanges)), time.Now().Add(c.lifetime), nil
			}, false)
			at := func(want int) {
				t.Helper()
				token, generation, err := s.current(t.Context())
				if err != nil || exchanges != want || generation != want || token.Reveal() != fmt.Sprint("token ", want) {
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
		s := newSession("", func(context.Context) (Secret, time.Time, error) {
			exchanges++
			return "t", time.Now().Add(-time.Hour), nil // or a clock that is wrong
		}, false)
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

// A token in a file is read again before it ends: the one that is there then is sent, or the old one until its end.
func TestTokenIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lasting := func(d time.Duration) Secret { return unsigned(fmt.Sprintf(`{"exp":%d}`, time.Now().Add(d).Unix())) }
		first := lasting(time.Hour)
		inFile, reads := first, 0
		s := newSession(first, func(context.Context) (Secret, time.Time, error) {
			reads++
			return inFile, ReadClaims(inFile).Expiry(), nil
		}, true)
		sends := func(want Secret, generation int) {
			t.Helper()
			got, g, err := s.current(t.Context())
			if err != nil || got != want || g != generation {
				t.Errorf("got %q of generation %d, %v, want %q of %d", got.Reveal(), g, err, want.Reveal(), generation)
			}
		}
		sends(first, 0)
		time.Sleep(time.Hour - renewBefore)
		sends(first, 0)
		sends(first, 0)
		if reads != 1 {
			t.Errorf("%d reads of a file that didn't change at once, want 1", reads)
		}
		inFile = lasting(time.Hour)
		time.Sleep(rereadAfter)
		sends(inFile, 1)

		if again, err := s.replace(t.Context()); again || err != nil { // the server refuses it, and the file has no other
			t.Errorf("replaced %v, %v", again, err)
		}
		inFile = lasting(2 * time.Hour)
		if again, err := s.replace(t.Context()); !again || err != nil {
			t.Errorf("replaced %v, %v", again, err)
		}
		sends(inFile, 2)

		time.Sleep(3 * time.Hour)
		if _, _, err := s.current(t.Context()); err == nil {
			t.Error("a token that is over was sent")
		}
		inFile = lasting(time.Hour)
		time.Sleep(rereadAfter)
		sends(inFile, 3)
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
