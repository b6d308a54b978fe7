package api

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"
)

// Claims is what a Spacelift token says of itself. It is read without a check of its signature: only the server
// knows whether it is good.
type Claims struct {
	Audience audience `json:"aud"` // the base endpoint
	Expires  float64  `json:"exp"` // Unix seconds; 0 where it doesn't tell
}

// audience is one text or a list of them, as RFC 7519 allows.
type audience []string

// UnmarshalJSON implements [json.Unmarshaler].
func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}

// ReadClaims returns nothing for a token that isn't a JWT.
func ReadClaims(token Secret) Claims {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return Claims{}
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return Claims{}
	}
	var c Claims
	if json.Unmarshal(body, &c) != nil {
		return Claims{}
	}
	return c
}

// Expiry returns when the token expires, in UTC; the zero time where the token does not say it.
func (c Claims) Expiry() time.Time {
	const year10000 = 253_402_300_800
	if c.Expires <= 0 || c.Expires >= year10000 {
		return time.Time{}
	}
	return time.Unix(int64(c.Expires), 0).UTC()
}

// Elsewhere returns the host that the token was issued for, "" where it is the endpoint's or unknown.
func (c Claims) Elsewhere(endpoint string) string {
	if len(c.Audience) == 0 {
		return ""
	}
	want, err := url.Parse(c.Audience[0])
	have, err2 := url.Parse(endpoint)
	if err != nil || err2 != nil || want.Host == "" || strings.EqualFold(want.Host, have.Host) {
		return ""
	}
	return want.Host
}
