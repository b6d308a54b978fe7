package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/extract/spacelift"
	"liftgraph/internal/objects"
	"liftgraph/internal/table"
)

const saveSchemaFlag = "save-schema"

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:  "check",
		Usage: "check before the first night what can be read and reached, and what it will take; nothing is written",
		Flags: slices.Concat([]cli.Flag{
			boolFlag(jsonFlag, "print the report as one JSON document on stdout"),
			stringFlag(saveSchemaFlag, "", "`FILE` to write the server's GraphQL schema to, as introspection returns it (JSON)"),
			stringFlag(dataFlag, "liftgraph-data", "working `DIR` of every stage: its disk is checked"),
		}, spaceliftFlags(), checkedCloudTrailFlags(), s3Flags(), serverFlags(), []cli.Flag{boolFlag(auditTrailAPIFlag, "the audit trail is to be read from the API, too")}),
		Action: check,
	}
}

// checkedCloudTrailFlags are those that say where CloudTrail's objects are.
func checkedCloudTrailFlags() []cli.Flag {
	return slices.DeleteFunc(cloudTrailFlags(), func(f cli.Flag) bool {
		return !slices.Contains([]string{cloudTrailFlag, bucketFlag, keyFlag, prefixFlag}, f.Names()[0])
	})
}

// checked is the report of check.
type checked struct {
	OK        bool                 `json:"ok"`
	Spacelift *spacelift.Preflight `json:"spacelift"`
	Places    []checkedPlace       `json:"places"` // buckets, Neo4j, the disk
}

// checkedPlace is something else that a night needs.
type checkedPlace struct {
	Place  string `json:"place"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// errUnready ends a check that found something missing, which has been printed.
var errUnready = errors.New("not everything can be read or reached; see above")

func check(c *cli.Context) error {
	cfg, err := spaceliftConfig(c)
	if err != nil {
		return err
	}
	places, err := cloudTrailPlaces(c)
	if err != nil {
		return err
	}
	file := c.String(saveSchemaFlag)
	r := checked{OK: true, Places: []checkedPlace{}}
	if r.Spacelift, err = spacelift.Check(c.Context, *cfg, file != ""); err != nil {
		return err
	}
	if file != "" {
		if err := os.WriteFile(file, append(r.Spacelift.Schema, '\n'), 0o600); err != nil {
			return fmt.Errorf("cannot write the schema: %w", err)
		}
	}
	for _, p := range places {
		r.Places = append(r.Places, checkObjects(c, p))
	}
	if c.IsSet(neo4jURIFlag) {
		r.Places = append(r.Places, checkNeo4j(c))
	}
	r.Places = append(r.Places, checkDisk(c.String(dataFlag), r.Spacelift))
	for _, s := range r.Spacelift.Scopes {
		r.OK = r.OK && (s.OK || s.Scope == "audit_trail_api" && !c.Bool(auditTrailAPIFlag))
	}
	for _, p := range r.Places {
		r.OK = r.OK && p.OK
	}
	if c.Bool(jsonFlag) {
		err = printJSON(c.App.Writer, r)
	} else {
		_, err = fmt.Fprint(c.App.Writer, r.text(table.Width(c.App.Writer)))
	}
	if err == nil && !r.OK {
		err = errUnready
	}
	return err
}

// checkObjects lists the first object of a place.
func checkObjects(c *cli.Context, p place) checkedPlace {
	r := checkedPlace{Place: p.uri}
	opts, err := s3Options(c)
	if err == nil {
		opts.Exact = p.exact
		var store objects.Store
		if store, err = objects.Open(c.Context, p.uri, opts); err == nil {
			r.OK, r.Detail = true, "it can be listed, but nothing is there"
			for o, bad := range store.List(c.Context, nil) {
				r.Detail = "the first object is " + o.Key
				err = bad
				break
			}
		}
	}
	if err != nil {
		r.OK, r.Detail = false, err.Error()
	}
	return r
}

// checkNeo4j connects to the server.
func checkNeo4j(c *cli.Context) checkedPlace {
	s := server(c)
	r := checkedPlace{Place: s.Address(), OK: true, Detail: "it takes the credentials"}
	const patience = 15 * time.Second
	ctx, cancel := context.WithTimeout(c.Context, patience)
	defer cancel()
	driver, err := s.Driver()
	if err == nil {
		err = errors.Join(driver.VerifyAuthentication(ctx, nil), driver.Close(ctx))
	}
	if err != nil {
		r.OK, r.Detail = false, err.Error()
	}
	return r
}

// bytesPerRun is a generous estimate of what a run takes on the disk in every stage at once, spill files included.
const bytesPerRun = 1500

// checkDisk compares the free bytes of the data directory's disk with what the account will need.
func checkDisk(dir string, p *spacelift.Preflight) checkedPlace {
	r := checkedPlace{Place: dir, OK: true}
	at := dir
	for {
		if _, err := os.Stat(at); err == nil {
			break
		}
		parent := filepath.Dir(at)
		if parent == at {
			break
		}
		at = parent
	}
	free, err := freeBytes(at)
	if err != nil {
		return checkedPlace{Place: dir, Detail: err.Error()}
	}
	const mib = 1 << 20
	need := max(p.Counts["runs"]*bytesPerRun, 100*mib)
	r.OK, r.Detail = free >= uint64(need), fmt.Sprintf("%d MiB are free, about %d MiB are needed", free/mib, need/mib)
	return r
}

// text is the report for people, within a width; 0 is any.
func (r *checked) text(width int) string {
	var b strings.Builder
	line := func(ok bool, what, detail string) {
		mark := "ok     "
		if !ok {
			mark = "MISSING"
		}
		const indent = 9 // under what is checked
		b.WriteString(table.Wrap(fmt.Sprintf("%s  %-24s %s\n", mark, what, detail), width, indent))
	}
	say := func(format string, args ...any) { b.WriteString(table.Wrap(fmt.Sprintf(format, args...), width, 0)) }
	s := r.Spacelift
	session := "of " + s.Session
	if s.Expires != nil {
		session += ", until " + s.Expires.Format(time.RFC3339)
	}
	line(true, "endpoint", s.Endpoint)
	line(true, "session", session)
	for _, l := range s.Scopes {
		detail := l.Reason
		if n, ok := s.Counts[l.Scope]; ok && l.OK {
			detail = fmt.Sprintf("%d rows", n)
		}
		line(l.OK, l.Scope, detail)
	}
	for _, p := range r.Places {
		line(p.OK, p.Place, p.Detail)
	}
	if s.Hidden {
		say("\nThe server doesn't show its schema.\n")
	} else {
		say("\nThe schema has %s\nand lacks %s\n", orNothing(s.Has), orNothing(s.Lacks))
	}
	if s.Full == nil {
		say("\nThe server doesn't count its runs: the time can't be estimated.\n")
	} else {
		say("\nA full read takes about %d requests, %.2f hours at this rate;\na night that goes on from the last one (1 run of 100 is new) %d requests, %.2f hours.\n",
			s.Full.Requests, s.Full.Hours, s.Night.Requests, s.Night.Hours)
	}
	return b.String()
}

func orNothing(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}
