package trace

import (
	"net/url"
	"strings"

	"liftgraph/internal/dataset"
)

// WebURL returns a URL of the web, nothing for any other text.
func WebURL(s string) string { return webURL(s) }

// webURL returns a URL of the web, nothing for any other text: what users typed is no link to anything else.
func webURL(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// spaceliftURL returns the address of Spacelift's own pages, by the endpoint that the rows were read from; nothing where
// it isn't known.
func spaceliftURL(m *dataset.Manifest) string {
	for _, s := range m.Sources {
		if u, err := url.Parse(s.Endpoint); s.Name == "spacelift" && err == nil && u.Scheme == "https" && u.Host != "" {
			return "https://" + u.Host
		}
	}
	if len(m.Accounts) == 1 && strings.Trim(m.Accounts[0], "abcdefghijklmnopqrstuvwxyz0123456789-") == "" {
		return "https://" + m.Accounts[0] + ".app.spacelift.io"
	}
	return ""
}

// runURL returns the address of a run's page.
func runURL(m *dataset.Manifest, stack, run string) string {
	base := spaceliftURL(m)
	if base == "" || stack == "" {
		return ""
	}
	stack = stack[strings.LastIndexByte(stack, '/')+1:] // of a qualified id
	return base + "/stack/" + url.PathEscape(stack) + "/run/" + url.PathEscape(run)
}
