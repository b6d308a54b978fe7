package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/extract/cloudtrail"
	"liftgraph/extract/spacelift"
	"liftgraph/graph"
	"liftgraph/ingest"
)

// commonFlags are every command's.
func commonFlags() []cli.Flag {
	return []cli.Flag{
		stringFlag(configFlag, "", "YAML `FILE` with flags by their names; the command line and the environment win"),
		boolFlag(quietFlag, "write only errors, warnings and incomplete scopes to stderr: no progress, no summary"),
		stringFlag(caFileFlag, "", "`FILE` with certificates (PEM) of authorities to trust beside the system's, in every connection: of a company, a proxy, a server of your own"),
		stringFlag(logLevelFlag, "info", "least `LEVEL` that is logged: debug, info, warn or error"),
		stringFlag(logFormatFlag, "text", "`FORM` of logs on stderr: text or json"),
		stringFlag(progressFlag, "auto", "how progress is shown on stderr: auto (one line on a terminal, else a line now and then), plain or none"),
	}
}

func dataFlags() []cli.Flag {
	return []cli.Flag{
		stringFlag(dataFlag, "liftgraph-data", "working `DIR` of every stage"),
		stringFlag(tmpFlag, "", "`DIR` for spill files (default: within --data)"),
		stringFlag(metricsFlag, "", "`FILE` to write metrics of this command to, for the textfile collector of Prometheus's node_exporter, e.g. /var/lib/node_exporter/liftgraph.prom"),
		stringFlag(otlpFlag, "", "`URL` of an OpenTelemetry collector to send the same metrics to (OTLP over HTTP), e.g. http://localhost:4318; headers from OTEL_EXPORTER_OTLP_HEADERS"),
	}
}

func updateTag() cli.Flag {
	return &cli.Int64Flag{Name: updateTagFlag, Usage: "identity of this sync, written to every lastupdated: Unix `SECONDS`", DefaultText: "now", EnvVars: env(updateTagFlag)}
}

func since() cli.Flag {
	return stringFlag(sinceFlag, "", "auto: read only what is new or may have changed since the last extraction in DATA/raw, and take the rest over from there; everything where there is none")
}

func spaceliftFlags() []cli.Flag {
	return []cli.Flag{
		stringFlag(endpointFlag, "", "`URL` of the Spacelift API, e.g. https://ACCOUNT.app.spacelift.io, with or without /graphql", "SPACELIFT_API_ENDPOINT", "SPACELIFT_API_KEY_ENDPOINT"),
		stringFlag(tokenEnvFlag, "SPACELIFT_API_TOKEN", "`NAME` of the environment variable that holds a ready API token"),
		stringFlag(tokenFileFlag, "", "`FILE` that holds a ready API token, read again before that one ends or where it is refused"),
		stringFlag(keyIDEnvFlag, "SPACELIFT_API_KEY_ID", "`NAME` of the environment variable that holds an API key's id"),
		stringFlag(secretEnvFlag, "SPACELIFT_API_KEY_SECRET", "`NAME` of the environment variable that holds the API key's secret"),
		stringFlag(secretFileFlag, "", "`FILE` that holds the API key's secret, read again at each exchange: an OIDC token, too"),
		stringFlag(profileFlag, "", "`NAME` of the profile of spacectl to take endpoint and credentials from: of ~/.spacelift/config.json or $SPACELIFT_CONFIG_DIR; "+selectedProfile+" is the one that is selected there"),
		&cli.Float64Flag{Name: rateFlag, Value: 5, Usage: "most requests to the API in a second; 0 is no limit", EnvVars: env(rateFlag)},
		stringFlag(detailsFlag, string(spacelift.AllDetails), "what to read of each run besides its row: all (history and logs: who confirmed, which worker), history or none"),
		&cli.Int64Flag{Name: maxAnswerFlag, Value: 64, Usage: "largest response of the API that is taken, in `MIB`: lists that are not paged come in one response", EnvVars: env(maxAnswerFlag)},
		&cli.IntFlag{Name: workersFlag, Value: 4, Usage: "most requests to the API at a time", EnvVars: env(workersFlag)},
	}
}

func cloudTrailFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: cloudTrailFlag, Usage: "CloudTrail events to read: `URI` of a file, a directory, or s3://bucket/prefix; may be given more than once", EnvVars: env(cloudTrailFlag)},
		stringFlag(bucketFlag, "", "`BUCKET` of S3 that holds CloudTrail events"),
		stringFlag(keyFlag, "", "`KEY` of the object in that bucket"),
		stringFlag(prefixFlag, "", "`PREFIX` of the objects in that bucket"),
		stringFlag(fromFlag, "", "first `DAY` (UTC, e.g. 2026-11-13), or a number of days before today, e.g. 90d: objects whose key has an earlier date aren't read"),
		stringFlag(toFlag, "", "last `DAY`, or a number of days before today: objects whose key has a later date aren't read"),
		boolFlag(readOnlyFlag, "keep calls that changed nothing (Describe… and the like) too"),
		boolFlag(failedFlag, "keep calls that failed too"),
		&cli.BoolFlag{Name: followRolesFlag, Value: true, Usage: "attribute the calls of roles that a run's session assumed; =false spares the time it takes", EnvVars: env(followRolesFlag)},
		boolFlag(allInstancesFlag, "know the instances of every event, not only of runs', to resolve sanitized ids: every event is then read in full"),
		resources(), changes(),
	}
}

func resources() cli.Flag {
	return stringFlag(resourcesFlag, string(cloudtrail.ResourcesInstances), "of which AWS resources to keep that runs touched them, `KIND`: none, instances (of EC2) or all")
}

func changes() cli.Flag {
	return stringFlag(changesFlag, string(cloudtrail.ChangesNone), "which changes made outside runs to keep, `KIND`: none, managed (of what a stack manages, by persons, CI and other roles) or all (also by services, agents and controllers)")
}

func auditTrailFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: auditTrailFlag, Usage: "audit events that a webhook delivered: `URI` of the spool of `liftgraph receive`, a directory, a file, or s3://bucket/prefix; may be given more than once", EnvVars: env(auditTrailFlag)},
		boolFlag(auditTrailAPIFlag, "read the audit trail from Spacelift's API too: what is new since the last extraction into the same DATA"),
	}
}

func receiveFlags() []cli.Flag {
	return []cli.Flag{
		stringFlag(listenFlag, "", "`ADDR` to receive deliveries at, e.g. :8443 or 127.0.0.1:8080"),
		stringFlag(hookPathFlag, "/", "`PATH` of the webhook"),
		stringFlag(hookSecretFlag, "", "`NAME` of the environment variable that holds the webhook's secret, of 8 characters at least"),
		stringFlag(hookOldSecretFlag, "", "`NAME` of the one that holds the secret of before, accepted too while the webhook is changed to a new one"),
		boolFlag(allowSHA1Flag, "accept the SHA-1 signature of a delivery that has no SHA-256 one"),
		&cli.Int64Flag{Name: maxBodyFlag, Value: 8, Usage: "largest body that is accepted, in `MIB`, 64 at most", EnvVars: env(maxBodyFlag)},
		&cli.IntFlag{Name: maxConcurrentFlag, Value: 256, Usage: "most deliveries at a time; further ones are refused until later", EnvVars: env(maxConcurrentFlag)},
		stringFlag(tlsCertFlag, "", "`FILE` with the certificate (PEM) to serve HTTPS with; read again when it is replaced"),
		stringFlag(tlsKeyFlag, "", "`FILE` with its key"),
		stringFlag(statusListenFlag, "", "`ADDR` for /healthz and /metrics, over plain HTTP (default: beside the webhook)"),
		stringFlag(spoolFlag, "", "`DIR` to keep events in"),
		&cli.Int64Flag{Name: rotateSizeFlag, Value: 64, Usage: "close a segment of the spool when it holds so much, in `MIB` before compression", EnvVars: env(rotateSizeFlag)},
		&cli.DurationFlag{Name: rotateAgeFlag, Value: 5 * time.Minute, Usage: "or when it is so old, e.g. 5m", EnvVars: env(rotateAgeFlag)},
		stringFlag(uploadFlag, "", "`URI` to ship closed segments to, and then remove them: s3://bucket/prefix"),
	}
}

// s3Flags say how S3 is reached.
func s3Flags() []cli.Flag {
	return []cli.Flag{
		stringFlag(awsProfileFlag, "", "`NAME` of the AWS profile for S3 (default: the AWS SDK's own)"),
		boolFlag(pathStyleFlag, "address buckets by path, as S3-compatible stores may need; AWS_ENDPOINT_URL_S3 names such a store"),
	}
}

func scanWorkers() cli.Flag {
	return &cli.IntFlag{Name: workersFlag, Usage: "objects that are scanned at once", DefaultText: "one for each CPU", EnvVars: env(workersFlag)}
}

func stubRuns() cli.Flag {
	return boolFlag(stubRunsFlag, "make nodes of runs that only CloudTrail names; else their calls are quarantined")
}

func qualifyIDs() cli.Flag {
	return boolFlag(qualifyFlag, "write ids that are unique only within an account (spaces, users, stacks, worker pools) as ACCOUNT/ID, for graphs that hold several accounts")
}

// completeFlags say when an output is complete, and whether one that isn't is published.
func completeFlags() []cli.Flag {
	return []cli.Flag{
		boolFlag(requireFlag, "publish nothing, and end with exit code 1, where something could not be read completely"),
		&cli.Float64Flag{Name: quarantinedFlag, Value: pipeline.MaxQuarantined, Usage: "a source is incomplete when more than this `PERCENT` of its records (and more than 10) were quarantined", EnvVars: env(quarantinedFlag)},
	}
}

// resume is the flag that lets the reading of the API go on.
func resume() cli.Flag {
	return &cli.BoolFlag{Name: resumeFlag, Value: true, Usage: "take up what an extraction of the API had read that was killed or failed in the last 24 hours, with the same endpoint, credentials and settings; kept in DATA/.resume; =false begins anew and keeps nothing", EnvVars: env(resumeFlag)}
}

// graphModel returns the flag that names a graph model.
func graphModel() cli.Flag {
	var names []string
	for _, m := range graph.Models() {
		names = append(names, m.Name)
	}
	return stringFlag(graphModelFlag, graph.Default.Name, "`MODEL` of the graph: "+strings.Join(names, ", ")+" (that of Cartography "+graph.CartographyVersion+", for queries made for it)")
}

// previousFlags say what is carried over of the last graph.
func previousFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: previousFlag, Usage: "`DIR` or s3:// URI of the directory or lake that was published last, in any format: what is in there and can't be read again is carried over; none: nothing is", DefaultText: "what is replaced, if there is anything", EnvVars: env(previousFlag)},
		&cli.BoolFlag{Name: keepHistoryFlag, Value: true, Usage: "keep what logs recorded, the runs that it is about, and what a source could not list this time; =false carries over only firstseen, and only from a --previous that is named", EnvVars: env(keepHistoryFlag)},
		stringFlag(retentionFlag, "400d", "how long before the update tag what logs recorded (CloudTrail, audit trail, workers of runs) is kept: a `DURATION` such as 400d or 8760h; 0 keeps everything"),
	}
}

func formatFlags() []cli.Flag {
	return []cli.Flag{
		graphModel(),
		stringFlag(formatFlag, "csv", "`FORMATS` to write, separated by commas: csv, parquet"),
		stringFlag(outFlag, "", "`DIR` to publish into (default: DATA/csv, DATA/parquet); with two formats, its subdirectories csv and parquet; a lake also into s3://bucket/prefix"),
		stringFlag(layoutFlag, plainLayout, "how files are laid out: plain (a directory that is replaced as a whole), or lake (of parquet: a snapshot for each day, for query engines)"),
		&cli.IntFlag{Name: keepSnapshotsFlag, Usage: "how many snapshots of a lake to keep: the last `N`, this one included", DefaultText: "all", EnvVars: env(keepSnapshotsFlag)},
	}
}

// adminFlags are those of an import into a fresh database.
func adminFlags() []cli.Flag {
	return []cli.Flag{
		stringFlag(neo4jHomeFlag, "", "`DIR` Neo4j is installed in (default: neo4j-admin in PATH)", "NEO4J_HOME"),
		boolFlag(overwriteFlag, "replace a database that exists"),
		boolFlag(startFlag, "start the server after the import and create the constraints"),
	}
}

// liveFlags are those of a load into an existing graph.
func liveFlags() []cli.Flag {
	return []cli.Flag{
		stringFlag(importDirFlag, "", "load-csv: the server's import `DIR` (server.directories.import): what it reads is linked or copied there, and removed afterwards (default: what a server on this machine reports)", "NEO4J_IMPORT_DIR"),
		stringFlag(loadURLFlag, "", "load-csv: `URL` at which the published directory is served to the server, instead; for a copy of it at s3://bucket/prefix the server gets signed URLs"),
		stringFlag(ec2LabelFlag, "EC2Instance", "load-csv, bolt: `LABEL` of the instances in this graph, e.g. AWSEC2Instance"),
		boolFlag(noForeignFlag, "load-csv, bolt: create no instances and GitHub users that the graph lacks; their relationships are left out and counted"),
	}
}

func loadWorkers() cli.Flag {
	return &cli.IntFlag{Name: workersFlag, Usage: "bolt: batches that are written at a time", DefaultText: strconv.Itoa(ingest.BoltWorkers), EnvVars: env(workersFlag)}
}

// serverFlags say where Neo4j answers, and as whom.
func serverFlags() []cli.Flag {
	return []cli.Flag{
		stringFlag(neo4jURIFlag, "bolt://localhost:7687", "`URI` the server answers at; --start takes that of the server's own configuration where none is given", "NEO4J_URI"),
		stringFlag(neo4jUserFlag, "neo4j", "`NAME` of the database user", "NEO4J_USERNAME"),
		stringFlag(neo4jPasswordEnvFlag, "NEO4J_PASSWORD", "`NAME` of the environment variable that holds the password; unset where the server asks for none"),
		stringFlag(neo4jDatabaseFlag, "neo4j", "`NAME` of the database"),
	}
}
