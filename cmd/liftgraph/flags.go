package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/extract/cloudtrail"
	"liftgraph/graph"
)

// Every flag's name, once.
const (
	configFlag    = "config"
	dataFlag      = "data"
	tmpFlag       = "tmp"
	logLevelFlag  = "log-level"
	logFormatFlag = "log-format"
	progressFlag  = "progress"
	workersFlag   = "workers"
	updateTagFlag = "update-tag"
	sinceFlag     = "since"
	metricsFlag   = "metrics-file"
	otlpFlag      = "otlp-endpoint"
	quietFlag     = "quiet"
	caFileFlag    = "ca-file"

	endpointFlag   = "spacelift-api-endpoint"
	tokenEnvFlag   = "spacelift-api-token-env-var"
	tokenFileFlag  = "spacelift-api-token-file"
	keyIDEnvFlag   = "spacelift-api-key-id-env-var"
	secretEnvFlag  = "spacelift-api-key-secret-env-var"
	secretFileFlag = "spacelift-api-key-secret-file"
	profileFlag    = "spacectl-profile"
	rateFlag       = "requests-per-second"
	detailsFlag    = "run-details"
	maxAnswerFlag  = "max-answer"

	cloudTrailFlag   = "cloudtrail"
	bucketFlag       = "spacelift-ec2-ownership-s3-bucket"
	keyFlag          = "spacelift-ec2-ownership-s3-key"
	prefixFlag       = "spacelift-ec2-ownership-s3-prefix"
	awsProfileFlag   = "spacelift-ec2-ownership-aws-profile"
	pathStyleFlag    = "s3-path-style"
	fromFlag         = "from"
	toFlag           = "to"
	readOnlyFlag     = "include-read-only"
	failedFlag       = "include-failed"
	followRolesFlag  = "follow-roles"
	allInstancesFlag = "all-instances"
	resourcesFlag    = "resources"
	changesFlag      = "changes"
	stubRunsFlag     = "stub-runs"

	engineFlag           = "engine"
	engineTableFlag      = "engine-table"
	engineOutputFlag     = "engine-output"
	athenaWorkgroupFlag  = "athena-workgroup"
	trinoURIFlag         = "trino-uri"
	trinoPasswordEnvFlag = "trino-password-env-var"

	auditTrailFlag    = "audit-trail"
	auditTrailAPIFlag = "audit-trail-api"

	listenFlag        = "listen"
	hookSecretFlag    = "secret-env-var"
	hookOldSecretFlag = "previous-secret-env-var"
	allowSHA1Flag     = "allow-sha1"
	hookPathFlag      = "path"
	maxBodyFlag       = "max-body"
	maxConcurrentFlag = "max-concurrent"
	tlsCertFlag       = "tls-cert"
	tlsKeyFlag        = "tls-key"
	statusListenFlag  = "status-listen"
	spoolFlag         = "spool"
	rotateSizeFlag    = "rotate-size"
	rotateAgeFlag     = "rotate-age"
	uploadFlag        = "upload"

	inventoryFlag      = "instance-inventory"
	inventoryAlias     = "inventory"
	neo4jInventoryFlag = "inventory-from-neo4j"

	formatFlag  = "format"
	outFlag     = "out"
	keepFlag    = "keep"
	qualifyFlag = "qualify-ids"

	layoutFlag        = "layout"
	keepSnapshotsFlag = "keep-snapshots"

	previousFlag    = "previous"
	resumeFlag      = "resume"
	requireFlag     = "require-complete"
	quarantinedFlag = "max-quarantined"
	keepHistoryFlag = "keep-history"

	ingestFlag = "ingest"

	methodFlag        = "method"
	neo4jHomeFlag     = "neo4j-home"
	neo4jDatabaseFlag = "neo4j-database"
	overwriteFlag     = "overwrite"
	startFlag         = "start"
	dryRunFlag        = "dry-run"
	importDirFlag     = "neo4j-import-dir"
	loadURLFlag       = "load-url"
	ec2LabelFlag      = "ec2-label"
	noForeignFlag     = "no-create-foreign-nodes"
	keepStaleFlag     = "keep-stale"
	retentionFlag     = "retention"
	olderFlag         = "older"
	maxRemovedFlag    = "max-removed"
	yesFlag           = "yes"

	neo4jURIFlag         = "neo4j-uri"
	neo4jUserFlag        = "neo4j-user"
	neo4jPasswordEnvFlag = "neo4j-password-env-var"

	asFlag         = "as"
	graphModelFlag = "graph-model"

	locationFlag      = "location"
	databaseFlag      = "database"
	firstSnapshotFlag = "first-snapshot"

	kindFlag  = "kind"
	limitFlag = "limit"
	jsonFlag  = "json"

	timelineFlag = "timeline"
	htmlFlag     = "html"
	asOfFlag     = "as-of"

	pageTokenFlag = "token-file"
	beforeFlag    = "before"
	mostFlag      = "max-output"
	rowsFlag      = "rows"
)

// env returns the environment variables of a flag: its own, then the well-known ones.
func env(name string, wellKnown ...string) []string {
	return append([]string{"LIFTGRAPH_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))}, wellKnown...)
}

func stringFlag(name, value, usage string, wellKnown ...string) cli.Flag {
	return &cli.StringFlag{Name: name, Value: value, Usage: usage, EnvVars: env(name, wellKnown...)}
}

func boolFlag(name, usage string) cli.Flag {
	return &cli.BoolFlag{Name: name, Usage: usage, EnvVars: env(name)}
}

// chosenResources returns which resources the graph has, and which changes outside runs.
func chosenResources(c *cli.Context) (r cloudtrail.Resources, ch cloudtrail.Changes, err error) {
	if r, err = cloudtrail.ParseResources(c.String(resourcesFlag)); err != nil {
		return r, ch, usagef("--%s %w", resourcesFlag, err)
	}
	if ch, err = cloudtrail.ParseChanges(c.String(changesFlag)); err != nil {
		return r, ch, usagef("--%s %w", changesFlag, err)
	}
	return r, ch, nil
}

// modelNamed returns the model that the flag names.
func modelNamed(c *cli.Context) (*graph.Model, error) {
	name := c.String(graphModelFlag)
	m, ok := graph.ModelNamed(name)
	if !ok {
		return nil, usagef("--%s %q: there is no such model; see --help", graphModelFlag, name)
	}
	return m, nil
}
