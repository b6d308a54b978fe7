package transform

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"liftgraph/internal/raw"
)

// decoded returns a record as the API's JSON describes it.
func decoded[T any](t *testing.T, text string) *T {
	t.Helper()
	r := new(T)
	if err := json.Unmarshal([]byte(text), r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRolesThroughGroups: whatever the elements of members and latestGroups are, and whichever side names the other.
func TestRolesThroughGroups(t *testing.T) {
	for name, c := range map[string]struct{ user, group string }{
		"the user's group by name":    {`"latestGroups":["ops"]`, ``},
		"the user's group by id":      {`"latestGroups":["01GROUP"]`, ``},
		"the user's group as object":  {`"latestGroups":[{"id":"01GROUP","groupName":"ops"}]`, ``},
		"the member by id":            {``, `,"members":["01USER"]`},
		"the member by user name":     {``, `,"members":["Dana"]`},
		"the member by address":       {``, `,"members":["dana@acme.example"]`},
		"the member as object":        {``, `,"members":[{"id":"01USER","username":"Dana"}]`},
		"both sides, and all of them": {`"latestGroups":["ops","01GROUP"]`, `,"members":["01USER","Dana"]`},
	} {
		user := `{"id":"01USER","username":"Dana","invitationEmail":"dana@acme.example","userRoleBindings":[{"spaceID":"root","role":{"id":"01W","slug":"space-writer"}}]`
		if c.user != "" {
			user += "," + c.user
		}
		group := `{"id":"01GROUP","groupName":"ops","accessRules":[{"space":"root","spaceAccessLevel":"READ"}],
			"userRoleBindings":[{"spaceID":"root","roleID":"01W"},{"spaceID":"root","roleID":"01UNKNOWN"}]` + c.group + `}`
		o := transformed(t, "", &raw.Space{ID: "root"}, decoded[raw.User](t, user+"}"), decoded[raw.Group](t, group),
			&raw.Role{ID: "01W", Slug: ptr("space-writer")})
		o.want(t, "SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace",
			"start_id=dana end_id=root role=01UNKNOWN via=group:ops", "start_id=dana end_id=root role=READ via=group:ops",
			"start_id=dana end_id=root role=space-writer via=direct, group:ops")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestRolesThroughSeveralGroups(t *testing.T) {
	group := func(name string) *raw.Group {
		return decoded[raw.Group](t, `{"id":"01`+name+`","groupName":"`+name+`","accessRules":[{"space":"root","spaceAccessLevel":"READ"},{"space":null}]}`)
	}
	o := transformed(t, "", &raw.Space{ID: "root"}, group("zeta"), group("a-long-name"), group("B, and C"),
		decoded[raw.APIKey](t, `{"id":"01KEY","teams":["zeta","a-long-name","nowhere"]}`),
		decoded[raw.User](t, `{"id":"01USER","username":"dana","latestGroups":["B, and C","zeta"]}`),
		decoded[raw.Group](t, `{"id":"01EMPTY","groupName":"empty","members":["ghost","dana"]}`))
	o.want(t, "SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace",
		"start_id=api::01KEY end_id=root role=READ via=group:a-long-name, group:zeta",
		"start_id=dana end_id=root role=READ via=group:B, and C, group:zeta")
	notes := strings.Join(o.Notes, "\n")
	for _, want := range []string{"1 members of user groups match no user by id, name or address: ghost", "1 groups of users and teams of API keys match no group that has roles: nowhere"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is missing in %s", want, notes)
		}
	}
}

func TestRolesOfStacks(t *testing.T) {
	o := transformed(t, "", &raw.Space{ID: "root"},
		decoded[raw.Stack](t, `{"id":"web","stackRoleBindings":[{"role":{"id":"01A","slug":"space-admin"},"space":{"id":"root"}},{"role":null,"space":{"id":"root"}}]}`))
	o.want(t, "SpaceliftStack_HAS_ROLE_IN_SpaceliftSpace", "start_id=web end_id=root role=space-admin")
}

func TestDependsOn(t *testing.T) {
	o := transformed(t, "", &raw.Stack{ID: "web"}, &raw.Run{ID: run1, StackID: "web"},
		&raw.Run{ID: run2, StackID: "web", DependsOn: []string{run1, "01HZZZZZZZZZ00000000000001", "no run"}})
	o.want(t, "SpaceliftRun_DEPENDS_ON_SpaceliftRun", "start_id="+run2+" end_id="+run1)
	var reasons []string
	for _, r := range o.rejected {
		reasons = append(reasons, r.Reason)
	}
	slices.Sort(reasons)
	if !slices.Equal(reasons, []string{"invalid_id", "unknown_run"}) {
		t.Errorf("rejected for %v", reasons)
	}
}
