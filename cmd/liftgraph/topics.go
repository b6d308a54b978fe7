package main

import (
	"slices"

	"github.com/urfave/cli/v2"
)

// topic is a heading of a help text, and the names below it in their order.
type topic struct {
	title string
	names []string
}

// otherCommands is the heading of commands that commandTopics doesn't name.
const otherCommands = "Other commands"

// commandTopics are the headings of the list of commands, the most used first.
var commandTopics = []topic{
	{"Every night", []string{"run", "extract", "transform", "emit", "ingest", "check"}},
	{"Answers", []string{"trace", "diff", "verify", "schema", "serve", "mcp"}},
	{"The audit trail", []string{"receive"}},
	{otherCommands, []string{"demo", "iam-policy", "forget", "version", "completion", "man"}},
}

// flagTopics are the headings of a command's flags. A flag that isn't named here stands with the common ones, after them.
var flagTopics = []topic{
	{"Options", []string{
		dataFlag, configFlag, endpointFlag, cloudTrailFlag, auditTrailFlag, auditTrailAPIFlag, formatFlag, outFlag, sinceFlag, keepFlag,
		previousFlag, keepHistoryFlag, ingestFlag, methodFlag, dryRunFlag, jsonFlag, quietFlag,
	}},
	{"Spacelift", []string{
		tokenEnvFlag, tokenFileFlag, keyIDEnvFlag, secretEnvFlag, secretFileFlag, profileFlag, rateFlag, detailsFlag, maxAnswerFlag,
	}},
	{"CloudTrail", []string{
		bucketFlag, keyFlag, prefixFlag, fromFlag, toFlag, readOnlyFlag, failedFlag, followRolesFlag, allInstancesFlag, resourcesFlag, changesFlag, stubRunsFlag,
		engineFlag, engineTableFlag, engineOutputFlag, athenaWorkgroupFlag, trinoURIFlag, trinoPasswordEnvFlag,
	}},
	{"Known instances", []string{inventoryFlag, neo4jInventoryFlag}},
	{"What is published", []string{updateTagFlag, graphModelFlag, qualifyFlag, redactFlag, layoutFlag, keepSnapshotsFlag}},
	{"Load", []string{
		neo4jHomeFlag, overwriteFlag, startFlag, importDirFlag, loadURLFlag, ec2LabelFlag, noForeignFlag, keepStaleFlag, maxRemovedFlag, yesFlag, retentionFlag, olderFlag,
	}},
	{"Neo4j server", []string{neo4jURIFlag, neo4jUserFlag, neo4jPasswordEnvFlag, neo4jDatabaseFlag}},
	{"AWS and S3", []string{awsProfileFlag, pathStyleFlag}},
	{"Logs, metrics, resources", []string{tmpFlag, workersFlag, caFileFlag, metricsFlag, otlpFlag, logLevelFlag, logFormatFlag, progressFlag}},
}

// flagsByTopic returns the flags of a command below their headings, without empty headings.
func flagsByTopic(flags []cli.Flag) []flagGroup {
	groups := make([]flagGroup, len(flagTopics))
	for i, t := range flagTopics {
		groups[i].title = t.title
		for _, name := range t.names {
			if at := slices.IndexFunc(flags, func(f cli.Flag) bool { return f.Names()[0] == name }); at >= 0 {
				groups[i].flags = append(groups[i].flags, flags[at])
			}
		}
	}
	for _, f := range flags {
		name := f.Names()[0]
		if name != "help" && !slices.ContainsFunc(flagTopics, func(t topic) bool { return slices.Contains(t.names, name) }) {
			groups[0].flags = append(groups[0].flags, f)
		}
	}
	return slices.DeleteFunc(groups, func(g flagGroup) bool { return len(g.flags) == 0 })
}

// flagGroup is a heading and the flags below it.
type flagGroup struct {
	title string
	flags []cli.Flag
}

// commandsByTopic returns the visible commands below their headings, without empty headings.
func commandsByTopic(commands []*cli.Command) []commandGroup {
	groups := make([]commandGroup, len(commandTopics))
	for i, t := range commandTopics {
		groups[i].title = t.title
		for _, name := range t.names {
			if c := commandNamed(commands, name); c != nil {
				groups[i].commands = append(groups[i].commands, c)
			}
		}
	}
	last := len(groups) - 1
	for _, c := range commands {
		if !c.Hidden && !slices.ContainsFunc(commandTopics, func(t topic) bool { return slices.Contains(t.names, c.Name) }) {
			groups[last].commands = append(groups[last].commands, c)
		}
	}
	return slices.DeleteFunc(groups, func(g commandGroup) bool { return len(g.commands) == 0 })
}

// commandGroup is a heading and the commands below it.
type commandGroup struct {
	title    string
	commands []*cli.Command
}
