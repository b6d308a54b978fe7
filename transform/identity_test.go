package transform

import "testing"

func TestCanonical(t *testing.T) {
	for _, c := range []struct{ in, id, spelled string }{
		{"", "", ""},
		{"  ", "", ""},
		{"vcs/commit", "", ""},
		{"vcs", "", ""},
		{"marcinw@Spacelift.io", "marcinw@spacelift.io", "marcinw@Spacelift.io"},
		{"DamianStasik", "damianstasik", "DamianStasik"},
		{"api::01FEGXFB7TWQ2NNF95W7HPRE2E", "api::01FEGXFB7TWQ2NNF95W7HPRE2E", "api::01FEGXFB7TWQ2NNF95W7HPRE2E"},
		{"api::01K56PK::DevopsSpaceKey", "api::01K56PK", "api::01K56PK"},
		{"api::", "", ""},
		{"github/Octocat", "octocat", "Octocat"},
		{"github::Name", "name", "Name"},
		{"saml::Alice@Acme.com", "alice@acme.com", "Alice@Acme.com"},
		{"A::B", "a::b", "A::B"},
		{"vcsowner", "vcsowner", "vcsowner"},
	} {
		id, ok := canonical(c.in)
		if !ok {
			id = ""
		}
		if id != c.id {
			t.Errorf("canonical(%q) = %q, not %q", c.in, id, c.id)
		}
		if id != "" {
			if s := spelled(c.in, id); s != c.spelled {
				t.Errorf("spelled(%q) = %q, not %q", c.in, s, c.spelled)
			}
		}
	}
}
