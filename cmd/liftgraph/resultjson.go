package main

import (
	"encoding/json"
	"io"
	"path"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/emit/lake"
	"liftgraph/internal/dataset"
)

// result is what a command published, as --json prints it on stdout: one document, also where it is incomplete. Nothing
// is printed where nothing was published.
type result struct {
	Command      string                `json:"command"`
	ExitCode     int                   `json:"exit_code"` // 0, or 3 where a scope is incomplete
	UpdateTag    int64                 `json:"update_tag"`
	Accounts     []string              `json:"accounts"`
	Rows         map[string]int64      `json:"rows"` // by folder, e.g. nodes/SpaceliftRun
	Ledger       []dataset.Ledger      `json:"ledger"`
	Incomplete   []dataset.Scope       `json:"incomplete"`
	Missing      []string              `json:"missing_fields"`
	Notes        []string              `json:"notes"`
	SanitizedIDs *dataset.SanitizedIDs `json:"sanitized_ids,omitempty"`
}

// printResult writes the result of a command as one JSON document.
func printResult(c *cli.Context, published []*dataset.Manifest) error {
	r := result{
		Command: commandOf(c), Rows: map[string]int64{}, Accounts: []string{}, Ledger: []dataset.Ledger{},
		Incomplete: []dataset.Scope{}, Missing: []string{}, Notes: []string{},
	}
	for _, m := range published {
		if m == nil {
			continue
		}
		r.UpdateTag, r.SanitizedIDs = m.UpdateTag, m.SanitizedIDs
		r.Accounts = append(r.Accounts, m.Accounts...)
		r.Ledger = append(r.Ledger, m.Ledger...)
		r.Incomplete = append(r.Incomplete, m.Incomplete()...)
		r.Missing = append(r.Missing, m.MissingFields...)
		r.Notes = append(r.Notes, m.Notes...)
		for _, f := range m.Files {
			if f.Rows > 0 {
				folder, _, _ := strings.Cut(path.Dir(f.Path), "/"+lake.SnapshotKey+"=")
				r.Rows[folder] += f.Rows
			}
		}
	}
	if len(r.Incomplete) > 0 {
		r.ExitCode = exitIncomplete
	}
	return printJSON(c.App.Writer, r)
}

// commandOf returns the words of a command after the program's name, e.g. extract spacelift.
func commandOf(c *cli.Context) string { return strings.TrimPrefix(c.Command.HelpName, c.App.Name+" ") }

// printJSON writes a document for programs.
func printJSON(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

// resultFlag is the flag of commands that print a result.
func resultFlag() cli.Flag {
	return boolFlag(jsonFlag, "print what was published as one JSON document on stdout")
}
