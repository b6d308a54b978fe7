package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/emit/lake"
	"liftgraph/internal/dataset"
	"liftgraph/internal/table"
)

// finish ends a command that published something: it prints what came out and what to do next.
func finish(c *cli.Context, err error, next string, published ...*dataset.Manifest) error {
	note(c, slices.DeleteFunc(slices.Clone(published), func(m *dataset.Manifest) bool { return m == nil }))
	var missing []string
	for _, m := range published {
		if m == nil {
			continue
		}
		if err := summarize(c.App.ErrWriter, m); err != nil {
			return err
		}
		for _, s := range m.Incomplete() {
			missing = append(missing, s.Name())
		}
	}
	if err != nil {
		return err
	}
	if c.Bool(jsonFlag) {
		if err := printResult(c, published); err != nil {
			return err
		}
	}
	switch {
	case next != "" && len(missing) > 0:
		fmt.Fprintf(c.App.ErrWriter, "next: mend what is missing (%s) and run this again; or go on without it: %s\n", some(missing), next)
	case next != "":
		fmt.Fprintln(c.App.ErrWriter, "next:", next)
	}
	if len(missing) > 0 {
		return errIncomplete
	}
	return nil
}

// some names the first of a list.
func some(list []string) string {
	const most = 3
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

// tags returns the update tags that rows were last seen by.
func tags(c dataset.CarriedOver) string {
	if c.Oldest == c.Newest {
		return fmt.Sprint(c.Oldest)
	}
	return fmt.Sprintf("%d to %d", c.Oldest, c.Newest)
}

// nextStage returns the command for the stage after this one, with the same data directory.
func nextStage(c *cli.Context, name string) string {
	return "liftgraph " + name + " --data " + shellWord(c.String(dataFlag))
}

// shellWord returns a word as one would type it in a shell.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// summarize prints what came out, what was quarantined and what is incomplete and why.
func summarize(w io.Writer, m *dataset.Manifest) error {
	t := table.New(w, false)
	rows := map[string]int64{}
	for _, f := range m.Files {
		if f.Rows > 0 {
			folder, _, _ := strings.Cut(path.Dir(f.Path), "/"+lake.SnapshotKey+"=")
			rows[folder] += f.Rows
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(t, "%s\t%d\n", folder, rows[folder])
	}
	for _, l := range m.Ledger {
		for _, part := range []struct {
			what string
			n    map[string]int64
		}{{"left out", l.Filtered}, {"quarantined", l.Quarantined}} {
			for _, reason := range slices.Sorted(maps.Keys(part.n)) {
				if part.n[reason] > 0 {
					fmt.Fprintf(t, "%s\t%d\t%s of %s: %s\n", part.what, part.n[reason], l.Unit, l.Source, reason)
				}
			}
		}
	}
	if s := m.SanitizedIDs; s != nil {
		fmt.Fprintf(t, "sanitized ids\t%d\tresolved, %d ambiguous, %d unresolved\n", s.Resolved, s.Ambiguous, s.Unresolved)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, n := range m.Notes {
		fmt.Fprintln(w, "note:", n)
	}
	for _, c := range m.CarriedOver {
		fmt.Fprintf(w, "carried over: %d rows (%s), last seen by update tag %s\n", c.Rows, c.Scope, tags(c))
	}
	if len(m.MissingFields) > 0 {
		fmt.Fprintln(w, "note: this server's schema has no", strings.Join(m.MissingFields, ", "))
	}
	for _, s := range m.Incomplete() {
		fmt.Fprintf(w, incompletePrefix+"%s: %s\n", s.Name(), cmp.Or(s.Reason, "no reason given"))
	}
	state := "complete"
	if n := len(m.Incomplete()); n > 0 {
		state = fmt.Sprintf("incomplete in %d scopes", n)
	}
	_, err := fmt.Fprintf(w, "%s, update tag %d\n", state, m.UpdateTag)
	return err
}
