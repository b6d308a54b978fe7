package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/privatenet"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/fixtures/sample"
)

// The hosts of a company's network.
const (
	companySpacelift = "acme.app.spacelift.example"
	companyS3        = "s3.acme.example"
	companyCollector = "otel.acme.example"
)

// serveCompany serves the sample account, its CloudTrail and a collector in a network that is reached through a proxy
// alone, whose servers have certificates of ca.pem, and points the environment at them. `company visited HOST …` fails
// where the proxy was not asked for a host. An argument "password" makes the proxy want one.
func serveCompany() func(ts *testscript.TestScript, neg bool, args []string) {
	nets := map[*testscript.TestScript]*privatenet.Net{}
	return func(ts *testscript.TestScript, _ bool, args []string) {
		if len(args) > 0 && args[0] == "visited" {
			for _, host := range args[1:] {
				if nets[ts].Visits(host) == 0 {
					ts.Fatalf("%s was not reached through the proxy", host)
				}
			}
			return
		}
		var user *url.Userinfo
		if len(args) > 0 {
			user = url.UserPassword("dana", "hunter2hunter2")
		}
		n, err := privatenet.New(user)
		ts.Check(err)
		ts.Defer(n.Close)
		nets[ts] = n
		spacelift, err := fakespacelift.New(sample.Account(), sample.Options())
		ts.Check(err)
		s3, err := fakes3.New()
		ts.Check(err)
		ts.Defer(s3.Close)
		for key, body := range sample.CloudTrail() {
			ts.Check(s3.Put("trail", key, body, nil))
		}
		ts.Check(n.Serve(companySpacelift, spacelift))
		ts.Check(n.Serve(companyS3, s3))
		ts.Check(n.Serve(companyCollector, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/v1/metrics") {
				w.WriteHeader(http.StatusNotFound)
			}
		})))
		for _, variable := range s3.Env() {
			key, value, _ := strings.Cut(variable, "=")
			ts.Setenv(key, value)
		}
		for key, value := range map[string]string{
			"AWS_ENDPOINT_URL_S3": "https://" + companyS3, "LIFTGRAPH_S3_PATH_STYLE": "true", "HTTPS_PROXY": n.ProxyURL(),
			"SPACELIFT_API_KEY_ENDPOINT": "https://" + companySpacelift, "SPACELIFT_API_TOKEN": sample.Token,
			"LIFTGRAPH_REQUESTS_PER_SECOND": "0", "LIFTGRAPH_PROGRESS": "none",
		} {
			ts.Setenv(key, value)
		}
		ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), n.CA(), 0o600))
	}
}

// profileOfSpacectl writes spacectl's configuration with profiles for the sample account: a key, a GitHub token, a token,
// one with a proxy's command, one of an unknown kind, one without a secret.
func profileOfSpacectl(ts *testscript.TestScript, _ bool, args []string) {
	endpoint := ts.Getenv("SPACELIFT_API_KEY_ENDPOINT")
	config := fmt.Sprintf(`{"currentProfileAlias": "key", "profiles": {
  "key": {"alias": "key", "credentials": {"type": 1, "endpoint": %[1]q, "key_id": %[2]q, "key_secret": %[3]q}},
  "github": {"alias": "github", "credentials": {"type": 2, "endpoint": %[1]q, "access_token": %[4]q}},
  "token": {"alias": "token", "credentials": {"type": 3, "endpoint": %[1]q, "access_token": %[5]q}},
  "proxied": {"alias": "proxied", "credentials": {"type": 1, "endpoint": %[1]q, "key_id": "a", "key_secret": "b", "proxy_auth": {"command": ["iap"]}}},
  "newer": {"alias": "newer", "credentials": {"type": 7, "endpoint": %[1]q}},
  "half": {"alias": "half", "credentials": {"type": 1, "endpoint": %[1]q, "key_id": "a"}},
  "nowhere": {"alias": "nowhere", "credentials": {"type": 1, "endpoint": "ftp://x", "key_id": "a", "key_secret": "verysecret"}}}}`,
		endpoint, profileKeyID, profileKeySecret, profileGitHub, sample.Token)
	ts.Check(os.MkdirAll(ts.MkAbs("home/.spacelift"), 0o700))
	ts.Check(os.WriteFile(ts.MkAbs("home/.spacelift/config.json"), []byte(config), 0o600))
	ts.Check(os.MkdirAll(ts.MkAbs("old"), 0o700))
	old := fmt.Sprintf(`{"alias": "work", "credentials": {"type": 3, "endpoint": %q, "access_token": %q}}`, endpoint, sample.Token)
	ts.Check(os.WriteFile(ts.MkAbs("old/work"), []byte(old), 0o600))
	ts.Check(os.Symlink(ts.MkAbs("old/work"), ts.MkAbs("old/current")))
	ts.Setenv("HOME", ts.MkAbs("home"))
	for _, name := range args {
		ts.Setenv(name, "")
	}
}

const (
	profileKeyID     = "01JSMHTFM9TXWW1XK4AZN1SA8K"
	profileKeySecret = "verysecretkey"
	profileGitHub    = "ghp_verysecrettoken"
)
