package api

import (
	"net"
	"net/url"
	"strings"
)

// UsageError says that a setting is wrong: nothing was requested of any server.
type UsageError struct{ Problem string }

// Error implements error.
func (e *UsageError) Error() string { return e.Problem }

// ParseEndpoint returns the full address of an account's API, such as https://acme.app.spacelift.io/graphql. It may be
// given without /graphql, with slashes at its end, and without the scheme (https then, on loopback http). The host
// can't be built from an account's name: there are several regions, and self-hosted installations.
// What is no such address is a [UsageError].
func ParseEndpoint(endpoint string) (string, error) {
	text := strings.TrimSpace(endpoint)
	if text == "" {
		return "", &UsageError{"no endpoint: set SPACELIFT_API_KEY_ENDPOINT to the address of your account, such as https://acme.app.spacelift.io"}
	}
	schemeless := !strings.Contains(text, "://")
	if schemeless {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil { // the parser's words would repeat the text, which may hold a password
		return "", &UsageError{"the endpoint is no address: give one such as https://acme.app.spacelift.io"}
	}
	if schemeless && loopback(u.Hostname()) {
		u.Scheme = "http"
	}
	switch {
	case u.User != nil:
		return "", &UsageError{"the endpoint holds credentials: take them out of it and set SPACELIFT_API_TOKEN or SPACELIFT_API_KEY_ID"}
	case u.Scheme != "https" && u.Scheme != "http":
		return "", &UsageError{"the endpoint " + text + " is neither https nor http"}
	case u.Hostname() == "":
		return "", &UsageError{"the endpoint " + text + " names no host: give one such as https://acme.app.spacelift.io"}
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", &UsageError{"the endpoint has a ? or # part: leave it out"}
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if !strings.HasSuffix(path, "/graphql") {
		path += "/graphql"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host}).String() + path, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// AccountOf returns a name for the account of an endpoint whose API doesn't return one: the first label of its host.
func AccountOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return endpoint
	}
	host := u.Hostname()
	if net.ParseIP(host) != nil {
		return host
	}
	label, _, _ := strings.Cut(host, ".")
	return label
}

// Unencrypted reports whether requests to the endpoint can be read on their way.
func Unencrypted(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && u.Scheme == "http" && !loopback(u.Hostname())
}
