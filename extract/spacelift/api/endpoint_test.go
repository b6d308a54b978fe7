package api

import (
	"errors"
	"strings"
	"testing"
)

func TestParseEndpoint(t *testing.T) {
	for given, want := range map[string]string{
		"https://acme.app.spacelift.io":            "https://acme.app.spacelift.io/graphql",
		"https://acme.app.spacelift.io/":           "https://acme.app.spacelift.io/graphql",
		"https://acme.app.us.spacelift.io/graphql": "https://acme.app.us.spacelift.io/graphql",
		"https://acme.app.spacelift.io/graphql//":  "https://acme.app.spacelift.io/graphql",
		"\thttps://acme.app.spacelift.io":          "https://acme.app.spacelift.io/graphql",
		"acme.app.spacelift.io":                    "https://acme.app.spacelift.io/graphql",
		"https://lift.example:8443/team":           "https://lift.example:8443/team/graphql",
		"https://lift.example/a%3Fb%2f/":           "https://lift.example/a%3Fb%2f/graphql",
		"https://graphql.example":                  "https://graphql.example/graphql",
		"http://127.0.0.1:8080":                    "http://127.0.0.1:8080/graphql",
		"http://lift.internal":                     "http://lift.internal/graphql",
		"localhost:8080":                           "http://localhost:8080/graphql",
		"[::1]:8080":                               "http://[::1]:8080/graphql",
	} {
		if got, err := ParseEndpoint(given); got != want || err != nil {
			t.Errorf("%q: %q %v, want %q", given, got, err, want)
		}
	}
}

func TestWrongEndpoints(t *testing.T) {
	for given, want := range map[string]string{
		"":                              "SPACELIFT_API_KEY_ENDPOINT",
		"https://":                      "names no host",
		"ftp://acme.app.spacelift.io":   "neither https nor http",
		"https://user:pa55word@acme.io": "credentials",
		"https://acme.io/graphql?a=b":   "? or #",
		"https://acme.io/#top":          "? or #",
		"https://a:b:c pa55word":        "no address",
	} {
		_, err := ParseEndpoint(given)
		if _, ok := errors.AsType[*UsageError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", given, err, want)
		} else if strings.Contains(err.Error(), "pa55word") {
			t.Errorf("%q: the password is in the error: %v", given, err)
		}
	}
}

func TestAccountOf(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://acme.app.spacelift.io/graphql": "acme", "http://127.0.0.1:8080/graphql": "127.0.0.1", "http://localhost/graphql": "localhost",
	} {
		if got := AccountOf(endpoint); got != want {
			t.Errorf("%s: %q, want %q", endpoint, got, want)
		}
	}
}

func TestUnencrypted(t *testing.T) {
	for endpoint, want := range map[string]bool{
		"https://acme.example/graphql": false, "http://127.0.0.1:8080/graphql": false, "http://lift.internal/graphql": true,
	} {
		if got := Unencrypted(endpoint); got != want {
			t.Errorf("%s: %v", endpoint, got)
		}
	}
}
