package graph

import "testing"

// What a model declares fits together, whether it is declared in full or made from another.
func TestModels(t *testing.T) {
	for _, m := range Models() {
		if named, ok := ModelNamed(m.Name); !ok || named != m {
			t.Errorf("%s isn't found by its name", m.Name)
		}
		for i, table := range m.Tables() {
			if table.Number != i {
				t.Errorf("%s %s has the number %d, not %d", m.Name, table.Name, table.Number, i)
			}
			seen := map[string]bool{}
			for _, c := range table.Columns {
				if seen[c.Name] || c.Doc == "" {
					t.Errorf("%s %s: %s is there twice, or says nothing", m.Name, table.Name, c.Name)
				}
				seen[c.Name] = true
			}
			if derived := m.Derivations(table); (len(derived) > 0) != (m != Default) {
				t.Errorf("%s %s is made from %d others", m.Name, table.Name, len(derived))
			}
			var named []Label
			if n := table.Node; n != nil {
				for property, label := range n.Refs {
					named = append(named, label)
					table.column(property) // panics where there is none
				}
			} else {
				r := table.Relationship
				named = append(named, r.From, r.To)
				for _, property := range r.Identity {
					table.column(property)
				}
				if r.Log != "" {
					table.column(r.Log)
				}
				if r.Fallback != nil {
					table.column(r.Fallback.Property)
				}
			}
			for _, label := range named {
				if of, ok := m.Table(string(label)); !ok || of.Node == nil {
					t.Errorf("%s %s names %s, which the model doesn't have", m.Name, table.Name, label)
				}
			}
		}
	}
	if _, ok := ModelNamed("neptune"); ok {
		t.Error("there is a model for every name")
	}
}

func TestConversions(t *testing.T) {
	for name, convert := range map[string]func(Value) (Value, error){
		"systemUser": systemUser, "unixSeconds": unixSeconds, "beforeAt": beforeAt, "emailLogin": emailLogin, "humanLogin": humanLogin, "bareName": bareName,
	} {
		if v, err := convert(Value{}); v != (Value{}) || err != nil {
			t.Errorf("%s makes %v of what is absent, %v", name, v, err)
		}
	}
	for in, want := range map[string]string{
		"infra-live": "infra-live", "https://github.com/acme/infra-live": "infra-live", "https://git.example/a/b/c.git": "c", "https://git.example/a/": "a", "": "", "a/b": "a/b",
	} {
		if v, err := bareName(Text(in)); v != Text(want) || err != nil {
			t.Errorf("the name of %q is %v, %v", in, v, err)
		}
	}
	for in, want := range map[string]Value{"2026-11-13T23:47:05Z": Num(1794613625), "1969-12-31T23:59:59Z": Num(-1)} {
		if v, err := unixSeconds(Text(in)); v != want || err != nil {
			t.Errorf("%s is %v, %v", in, v, err)
		}
	}
}
