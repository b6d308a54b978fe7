package graph

import (
	"fmt"
	"strings"
	"time"
)

// The conversions that models name. What may be absent stays so.

// systemUser returns Cartography's word for machines.
func systemUser(v Value) (Value, error) {
	if v.Text == "machine" {
		return Text("system"), nil
	}
	return v, nil
}

// unixSeconds returns the number for a time in ISO 8601, absent where it is.
func unixSeconds(v Value) (Value, error) {
	if !v.Present {
		return v, nil
	}
	at, err := time.Parse(time.RFC3339, v.Text)
	if err != nil {
		return Value{}, fmt.Errorf("timestamp: %w", err)
	}
	return Num(at.Unix()), nil
}

// syncID returns the id under which Cartography keeps when it read an account.
func syncID(v Value) (Value, error) { return Text("Spacelift_" + v.Text + "_SpaceliftData"), nil }

// beforeAt returns what stands before the first @, or all of it.
func beforeAt(v Value) (Value, error) {
	v.Text, _, _ = strings.Cut(v.Text, "@")
	return v, nil
}

// emailLogin returns a login that is an e-mail address, and else nothing.
func emailLogin(v Value) (Value, error) {
	if !strings.Contains(v.Text, "@") {
		return Value{}, nil
	}
	return v, nil
}

// humanLogin returns the word for people where a login is an e-mail address, and else nothing.
func humanLogin(v Value) (Value, error) {
	if !strings.Contains(v.Text, "@") {
		return Value{}, nil
	}
	return Text("human"), nil
}

// bareName returns the name of a repository that a URL names, or what stands there if it isn't one.
func bareName(v Value) (Value, error) {
	if !strings.Contains(v.Text, "://") {
		return v, nil
	}
	path := strings.TrimRight(v.Text, "/")
	v.Text = strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], ".git")
	return v, nil
}
