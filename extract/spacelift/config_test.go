package spacelift

import (
	"errors"
	"strings"
	"testing"
)

func TestUsage(t *testing.T) {
	secret := func() (Secret, error) { return "s3cret", nil }
	for name, c := range map[string]struct {
		cfg  Config
		want string
	}{
		"no endpoint":     {Config{Token: "t"}, "endpoint"},
		"no credentials":  {Config{Endpoint: "https://a.example"}, "no credentials"},
		"both":            {Config{Endpoint: "https://a.example", Token: "t", KeyID: "k", KeySecret: secret}, "both"},
		"no id":           {Config{Endpoint: "https://a.example", KeySecret: secret}, "without its id"},
		"no secret":       {Config{Endpoint: "https://a.example", KeyID: "k"}, "without its secret"},
		"details":         {Config{Endpoint: "https://a.example", Token: "t", RunDetails: "some"}, "not some"},
		"negative rate":   {Config{Endpoint: "https://a.example", Token: "t", RequestsPerSecond: -1}, "negative"},
		"negative number": {Config{Endpoint: "https://a.example", Token: "t", Workers: -1}, "negative"},
	} {
		_, err := Extract(t.Context(), c.cfg, new(memory))
		if _, ok := errors.AsType[*UsageError](err); !ok || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
