package iam

import (
	"encoding/json"
	"strings"
	"testing"
)

// Every policy is JSON that IAM takes: known keys, statement ids of letters and digits, no action for everything.
func TestPoliciesAreWellFormed(t *testing.T) {
	for _, u := range Uses {
		var doc struct {
			Version   string
			Statement []struct {
				Sid, Effect      string
				Action, Resource []string
				Condition        map[string]map[string]string
			}
		}
		d := json.NewDecoder(strings.NewReader(u.For(Placeholders).JSON()))
		d.DisallowUnknownFields()
		if err := d.Decode(&doc); err != nil {
			t.Fatalf("%s: %v", u.Name, err)
		}
		sids := map[string]bool{}
		for _, s := range doc.Statement {
			if s.Effect != "Allow" || len(s.Action) == 0 || len(s.Resource) == 0 || sids[s.Sid] || strings.Trim(s.Sid, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
				t.Errorf("%s: %+v", u.Name, s)
			}
			sids[s.Sid] = true
			for _, a := range s.Action {
				if strings.Contains(a, "*") || !strings.Contains(a, ":") {
					t.Errorf("%s: action %s", u.Name, a)
				}
			}
			for _, r := range s.Resource {
				if !strings.HasPrefix(r, "arn:aws:") || r == "arn:aws:s3:::*" {
					t.Errorf("%s: resource %s", u.Name, r)
				}
			}
		}
	}
}

func TestTrust(t *testing.T) {
	p, err := Trust("111122223333", "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC", "audit/liftgraph")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC",
		`"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:audit:liftgraph"`,
		`"oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud": "sts.amazonaws.com"`,
	} {
		if !strings.Contains(p.JSON(), want) {
			t.Errorf("%s is missing in %s", want, p.JSON())
		}
	}
	for _, bad := range [][2]string{{"", "a/b"}, {"x*", "a/b"}, {"x", "liftgraph"}, {"x", "audit/*"}, {"x", "/b"}} {
		if _, err := Trust("1", bad[0], bad[1]); err == nil {
			t.Errorf("%v is accepted: any service account could assume the role", bad)
		}
	}
}

// The table names every policy, role and privilege, in rows of as many cells.
func TestTable(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(Table()), "\n")
	if want := 2 + len(Uses) + len(SpaceliftRoles) + len(Neo4jPrivileges); len(lines) != want {
		t.Errorf("%d lines, want %d", len(lines), want)
	}
	for _, line := range lines {
		if strings.Count(line, " | ") != 3 && !strings.HasPrefix(line, "|---") {
			t.Errorf("%s hasn't four cells", line)
		}
	}
	for _, u := range Uses {
		if !strings.Contains(Table(), "policy `"+u.Name+"`: ") {
			t.Errorf("%s is missing", u.Name)
		}
	}
}
