package main

import "testing"

func TestMeant(t *testing.T) {
	names := []string{"trace", "transform", "format", "from", "verify"}
	for name, want := range map[string]string{
		"trce": "; did you mean trace?", "tarce": "; did you mean trace?", "formt": "; did you mean format?", "fom": "; did you mean from?", "frobnicate": "", "": "", "x": "",
	} {
		if got := meant(name, names, ""); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
