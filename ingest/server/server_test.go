package server

import (
	"errors"
	"net"
	"strings"
	"testing"
)

// A setting that is wrong is named before anything is run, and its words never repeat a password.
func TestURIs(t *testing.T) {
	for uri, want := range map[string]string{
		"":                             "",
		"bolt://localhost:7687":        "",
		"neo4j+ssc://[2001:db8::1]":    "",
		"http://localhost:7474":        "begins with none of bolt",
		"localhost:7687":               "begins with none of bolt",
		"bolt+unix:///run/neo4j":       "begins with none of bolt",
		"bolt://":                      "names no host",
		"bolt://:7687":                 "names no host",
		"bolt://neo4j:s3cret@db:7687":  "holds credentials",
		"bolt://neo4j:s3cret@db:7687%": "is no URI",
	} {
		err := Config{URI: uri}.Check()
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: got %v, want none", uri, err)
		case want == "":
		case err == nil || !strings.Contains(err.Error(), want):
			t.Errorf("%q: got %v, want %q", uri, err, want)
		case strings.Contains(err.Error(), "s3cret"):
			t.Errorf("%q: the message repeats the password: %v", uri, err)
		}
		if _, ok := errors.AsType[*UsageError](err); err != nil && !ok {
			t.Errorf("%q: got %T, want a UsageError", uri, err)
		}
		if d, failed := (Config{URI: uri}).Driver(); (failed == nil) != (err == nil) {
			t.Errorf("%q: Driver returns %v, Check %v", uri, failed, err)
		} else if d != nil {
			if err := d.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestLocal(t *testing.T) {
	for uri, want := range map[string]bool{
		"": true, "bolt://localhost": true, "bolt://127.0.0.9:1": true, "bolt+s://[::1]:7687": true,
		"bolt://10.0.0.7": false, "neo4j+s://localhost.example:7687": false,
	} {
		if got := (Config{URI: uri}).Local(); got != want {
			t.Errorf("%q: got %t, want %t", uri, got, want)
		}
	}
}

// Where a process listens already, a server that is started couldn't.
func TestCheckUnused(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := Config{URI: "bolt://" + l.Addr().String()}
	if err := s.CheckUnused(t.Context()); err == nil || !strings.Contains(err.Error(), s.URI) {
		t.Errorf("got %v, want an error that names %s", err, s.URI)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.CheckUnused(t.Context()); err != nil {
		t.Errorf("got %v, want none", err)
	}
}
