package resource

import (
	_ "embed"
	"fmt"
	"strings"

	"liftgraph/internal/awsresource"
)

// Class is what kind of a call an event records.
type Class string

// The classes. Resources are looked for in the last three.
const (
	Failed    Class = "failed"
	ReadOnly  Class = "read"
	Data      Class = "data"
	Operate   Class = "operate"   // runs, reports or grants access without changing configuration
	Automatic Class = "automatic" // an AWS service did it by itself
	Change    Class = "change"    // a person, run or CI changed configuration
)

var (
	//go:embed classes.txt
	classesText string
	//go:embed reads.tsv
	readsText string
)

// operating are the names, and beginnings of names, of classes.txt by source; reading the calls of reads.tsv.
var (
	operating = mustParse(parseClasses(classesText))
	reading   = mustParse(parseReads(readsText))
)

func mustParse[T any](v T, err error) T {
	if err != nil {
		panic("extract/cloudtrail/resource: " + err.Error())
	}
	return v
}

func parseClasses(text string) (map[string][]string, error) {
	by, n := map[string][]string{}, 0
	for line := range strings.Lines(text) {
		n++
		f := strings.Fields(line)
		if len(f) == 0 || f[0][0] == '#' {
			continue
		}
		if len(f) != 2 {
			return nil, fmt.Errorf("classes.txt:%d: %d columns instead of 2", n, len(f))
		}
		by[f[0]] = append(by[f[0]], f[1])
	}
	return by, nil
}

func parseReads(text string) (map[string]struct{}, error) {
	all, n := map[string]struct{}{}, 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if strings.Count(line, "\t") != 1 {
			return nil, fmt.Errorf("reads.tsv:%d: %q are not two columns", n, line)
		}
		all[line] = struct{}{}
	}
	return all, nil
}

// class returns an event's class, by its service and its name without a date.
func (e *Event) class(who *identity, service, call string) Class {
	switch {
	case failed(e.ErrorCode) || failed(e.ErrorMessage):
		return Failed
	case strings.EqualFold(e.Management, "false") || strings.EqualFold(e.Category, "Data") || strings.EqualFold(e.Category, "NetworkActivity") || strings.EqualFold(e.Category, "Insight"):
		if e.reads(service, call) {
			return ReadOnly
		}
		return Data
	case e.reads(service, call):
		return ReadOnly
	case operates(service, call):
		return Operate
	case who.isService() || strings.EqualFold(e.Type, "AwsServiceEvent") || ownParts[who.invokedBy] || call == "CreateGrant" && e.via(who) != "" && isServiceName(e.via(who)):
		return Automatic
	}
	return Change
}

// failed reports whether a field says that a call failed: exporters write words where there is nothing.
func failed(v string) bool {
	switch strings.ToLower(v) {
	case "", "null", "none", "nan", "-", `\n`:
		return false
	}
	return true
}

// readVerbs are what names of calls that only read begin with.
var readVerbs = []string{
	"Describe", "Get", "List", "Head", "Lookup", "Search", "BatchGet", "Query", "Scan", "Select", "Validate", "Simulate", "Test", "Decrypt", "Encrypt", "GenerateDataKey", "AssumeRole",
}

// reads reports whether a call only reads. Old records don't say so: then their names do.
func (e *Event) reads(service, call string) bool {
	switch strings.ToLower(e.ReadOnly) {
	case "true", "1", "t", "yes":
		return true
	case "false", "0", "f", "no":
		return false
	}
	for _, v := range readVerbs {
		if strings.HasPrefix(call, v) {
			return true
		}
	}
	if service == "monitoring" {
		service = "cloudwatch"
	}
	_, ok := reading[service+"\t"+call]
	return ok
}

// Operates reports whether a call operates what is there, reports, signs in or grants access, by its eventSource and eventName.
func Operates(source, name []byte) bool {
	return operates(Service(string(source)), Call(string(name)))
}

func operates(service, call string) bool {
	for _, names := range [][]string{operating[service], operating["*"]} {
		for _, n := range names {
			if begins, ok := strings.CutSuffix(n, "*"); n == call || ok && strings.HasPrefix(call, begins) {
				return true
			}
		}
	}
	return false
}

// ownParts are the services that create and delete parts of their own in a caller's name.
var ownParts = map[string]bool{
	"autoscaling.amazonaws.com": true, "eks-nodegroup.amazonaws.com": true, "eks.amazonaws.com": true, "rds.amazonaws.com": true,
	"elasticloadbalancing.amazonaws.com": true, "ecs.amazonaws.com": true, "lambda.amazonaws.com": true, "elasticache.amazonaws.com": true,
	"redshift.amazonaws.com": true, "es.amazonaws.com": true, "elasticmapreduce.amazonaws.com": true, "spot.amazonaws.com": true, "ec2fleet.amazonaws.com": true,
}

// scope returns where an event happened.
func (e *Event) scope(who *identity) awsresource.Scope {
	where := awsresource.Scope{Account: e.Recipient, Region: e.Region}
	if a, ok := awsresource.ParseARN(who.arn); ok {
		where.Partition = a.Partition
	}
	if !awsresource.IsAccount(where.Account) {
		where.Account = who.account
	}
	return where
}
