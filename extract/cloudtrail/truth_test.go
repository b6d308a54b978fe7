package cloudtrail

import (
	"fmt"
	"slices"
	"testing"

	"liftgraph/fixtures/generate/cloudtrail"
	"liftgraph/internal/raw"
)

// facts returns what the delivered records say: which run did what to which instance, by itself or by a role it assumed.
func facts(out *output) []cloudtrail.Fact {
	runs := map[string]string{} // by key
	for range 3 {               // of a chain of roles
		for _, g := range of[*raw.Grant](out) {
			if g.Session != nil {
				runs[g.Key] = g.Session.Run
			} else if run := runs[g.AccessKey]; run != "" {
				runs[g.Key] = run
			}
		}
	}
	var all []cloudtrail.Fact
	for _, c := range of[*raw.APICall](out) {
		f := cloudtrail.Fact{EventID: c.EventID}
		if c.Session != nil {
			f.Run = c.Session.Run
		} else if f.Run, f.Chained = runs[c.AccessKey], true; f.Run == "" {
			continue
		}
		for _, f.Instance = range c.Instances {
			all = append(all, f)
		}
	}
	return all
}

func TestFindsAllThereIs(t *testing.T) {
	log := cloudtrail.New(cloudtrail.Config{Seed: 7, Records: 6_000, Spacelift: 0.05})
	for name, form := range map[string]func(int) ([]byte, []cloudtrail.Fact){"raw": log.Raw, "export": log.Export} {
		s := &shelf{content: map[string][]byte{}}
		var want []cloudtrail.Fact
		for i := range log.Files() {
			content, facts := form(i)
			s.content[log.Key(i)] = gzipped(t, content)
			want = append(want, facts...)
		}
		for _, follow := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s,follow=%v", name, follow), func(t *testing.T) {
				out, report := extract(t, s, Config{FollowRoles: follow})
				var wanted []cloudtrail.Fact
				for _, f := range want {
					if follow || !f.Chained {
						wanted = append(wanted, f)
					}
				}
				if got := facts(out); !same(got, wanted) {
					t.Errorf("%d facts, not the %d that are there", len(got), len(wanted))
				}
				if report.Ledger.In != 6_000 || !report.Scopes[0].Complete || len(wanted) < 50 {
					t.Errorf("%d wanted, %+v", len(wanted), report)
				}
			})
		}
	}
}

func same(a, b []cloudtrail.Fact) bool {
	order := func(x, y cloudtrail.Fact) int {
		return slices.Compare([]string{x.EventID, x.Instance}, []string{y.EventID, y.Instance})
	}
	a, b = slices.Clone(a), slices.Clone(b)
	slices.SortFunc(a, order)
	slices.SortFunc(b, order)
	return slices.Equal(a, b)
}
