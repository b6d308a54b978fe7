package api

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

func FuzzParseEndpoint(f *testing.F) {
	for _, seed := range []string{
		"https://acme.app.spacelift.io/graphql//", "localhost:8080", "[::1]:8080", "https://lift.example:8443/team", "https://a/%3Fb%2f", "http://[fe80::1%25eth0]/",
		"https://user:pa55word@acme.io", "https://acme.io/#top", "ftp://x", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		got, err := ParseEndpoint(given)
		if err != nil {
			if _, ok := errors.AsType[*UsageError](err); !ok || got != "" {
				t.Errorf("%q: %q, %v", given, got, err)
			}
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
			!strings.HasSuffix(u.Path, "/graphql") {
			t.Errorf("%q returns %q: %v", given, got, err)
		}
		if again, err := ParseEndpoint(got); again != got {
			t.Errorf("%q returns %q, which becomes %q, %v", given, got, again, err)
		}
		if AccountOf(got) == "" && !strings.HasPrefix(u.Hostname(), ".") {
			t.Errorf("%q has no account", got)
		}
	})
}

func FuzzReadClaims(f *testing.F) {
	for _, seed := range []string{
		`{"aud":["https://acme.app.spacelift.io"],"exp":1793599200}`, `{"aud":"https://acme.app.spacelift.io","exp":1.5e9}`, `{"exp":1e300,"aud":[]}`, `{"aud":[":"],"exp":-1}`, `{"aud":7}`, `null`, `x`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, token := range []Secret{Secret(body), Secret("e30." + base64.RawURLEncoding.EncodeToString([]byte(body)) + ".c2ln")} {
			c := ReadClaims(token)
			if end := c.Expiry(); !end.IsZero() && (end.Unix() < 0 || end.Year() > 9999) {
				t.Errorf("%q expires at %s", body, end.Format(time.RFC3339))
			}
			if host := c.Elsewhere("https://acme.app.spacelift.io/graphql"); strings.EqualFold(host, "acme.app.spacelift.io") {
				t.Errorf("%q is for %q", body, host)
			}
		}
	})
}

func FuzzComplaint(f *testing.F) {
	f.Add(`Cannot query field "worker" on type "Run". Did you mean "work"?`, 14)
	f.Add(`Unknown argument "input" on field "Query.searchRuns".`, 2)
	f.Add(`Cannot query field 'id' on type 'Stack'`, 0)
	f.Add(`Fragment cannot be spread here as objects of type "A" can never be of type "PulumiResource".`, -1)
	f.Add(`Field "commit" of type "Commit" must have a selection of subfields.`, 1<<30)
	f.Add(`unauthorized`, 1)
	f.Fuzz(func(t *testing.T, text string, line int) {
		m := message{Text: text}
		m.Locations = append(m.Locations, struct {
			Line int `json:"line"`
		}{line})
		if c, ok := complaintOf(m); ok && (c.selection == "" || c.missing == "") {
			t.Errorf("%q: %+v", text, c)
		}
		for _, name := range []string{"search_runs", "search_managed_entities"} {
			q := newQueries(nil)
			op, err := q.get(name)
			if err != nil {
				t.Fatal(err)
			}
			sent := Format(op)
			again := q.adapt(name, op, sent, &AnswerError{Messages: []message{m}})
			if Format(op) != sent {
				t.Fatal("the query itself was changed")
			}
			less, err := q.get(name)
			if err != nil {
				if _, lacks := errors.AsType[*MissingError](err); !again || !lacks {
					t.Errorf("%q: %v", text, err)
				}
				continue
			}
			if again != (count(less.SelectionSet) < count(op.SelectionSet)) {
				t.Errorf("%q: asks again: %v\n%s", text, again, Format(less))
			}
			if _, err := parser.ParseQuery(&ast.Source{Input: Format(less)}); err != nil {
				t.Errorf("%q: %v\n%s", text, err, Format(less))
			}
		}
	})
}
