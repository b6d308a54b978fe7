package raw

import "testing"

func TestKinds(t *testing.T) {
	for _, k := range Kinds() {
		if r := New(k); r == nil || r.Kind() != k {
			t.Errorf("a new %s is %v", k, r)
		}
	}
	if New("unheard") != nil {
		t.Error("a record of an unknown kind")
	}
}
