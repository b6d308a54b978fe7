package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/sample"
	"liftgraph/graph/browser"
	"liftgraph/ingest"
	"liftgraph/query/trace"
)

func demoCommand() *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "the whole pipeline on a sample account that a local stand-in for Spacelift serves; nothing to configure",
		Flags: []cli.Flag{
			stringFlag(dataFlag, filepath.Join(os.TempDir(), "liftgraph-demo"), "`DIR` to work in"),
			resultFlag(),
			stringFlag(tmpFlag, "", "`DIR` for spill files (default: within --data)"),
			&cli.StringFlag{Name: neo4jHomeFlag, Usage: "also import into the Neo4j installed in `DIR`, whose database is replaced, start it and ask it"},
			stringFlag(neo4jURIFlag, "bolt://localhost:7687", "`URI` the started server answers at"),
			stringFlag(neo4jUserFlag, "neo4j", "`NAME` of the database user"),
			stringFlag(neo4jPasswordEnvFlag, "NEO4J_PASSWORD", "`NAME` of the environment variable that holds the password; unset where the server asks for none"),
		},
		Action: func(c *cli.Context) (err error) {
			cfg, err := pipelineConfig(c)
			if err != nil {
				return err
			}
			endpoint, stop, err := serveSample(c.Context)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, stop()) }()
			trail, err := serveTrail()
			if err != nil {
				return err
			}
			defer trail.Close()
			if cfg.CloudTrail, err = sampleTrail(c); err != nil {
				return err
			}
			if cfg.Inventory.File, err = sampleInventory(cfg.Data); err != nil {
				return err
			}
			cfg.Spacelift = &spacelift.Config{Endpoint: endpoint, Token: sample.Token, Workers: 4, UserAgent: "liftgraph/" + c.App.Version}
			cfg.Targets = []emit.Target{{Format: emit.CSV, Dir: filepath.Join(cfg.Data, "csv")}, {Format: emit.Parquet, Dir: filepath.Join(cfg.Data, "parquet")}}
			cfg.Keep, cfg.Resources, cfg.Changes = true, demoResources, demoChanges
			if cfg.AuditTrail, err = sampleAudit(c.Context, cfg.Data, cfg.Spacelift); err != nil {
				return err
			}
			m, err := pipeline.Run(c.Context, cfg)
			if err != nil {
				return err
			}
			complete := finish(c, nil, "", m)
			from, ask := "the files", changesInFiles
			if c.String(neo4jHomeFlag) != "" {
				from, ask = "Neo4j", func(_ context.Context, dir string) ([]change, error) { return askNeo4j(c, dir) }
			}
			changes, err := ask(c.Context, cfg.Targets[0].Dir)
			if err != nil {
				return err
			}
			if c.Bool(jsonFlag) {
				return complete
			}
			fmt.Fprintf(c.App.Writer, "\nWho and what changed each instance (from %s):\n\n", from)
			if err := printChanges(c.App.Writer, changes); err != nil {
				return err
			}
			fmt.Fprint(c.App.Writer, "\nWho changed, outside of Spacelift's runs, what a stack manages:\n\n")
			if err := printOutside(c.App.Writer, cfg.Targets[0].Dir); err != nil {
				return err
			}
			fmt.Fprint(c.App.Writer, "\nWhat was changed in Spacelift itself, by its audit trail:\n\n")
			if err := printEvents(c.App.Writer, cfg.Targets[0].Dir); err != nil {
				return err
			}
			fmt.Fprintf(c.App.Writer, demoNext, cfg.Data, os.Args[0])
			file, err := incidentPage(c.Context, cfg.Data, cfg.Targets[1].Dir)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.App.Writer, "The incident:     %s, a page to open in a browser\n", file)
			if home := c.String(neo4jHomeFlag); home != "" {
				fmt.Fprintf(c.App.Writer, "Ask yourself:     %s/bin/neo4j start, then any client at %s, without a password\n", home, c.String(neo4jURIFlag))
				if address := browserAddress(home); address != "" {
					fmt.Fprintf(c.App.Writer, "Neo4j Browser:    %s, with the style, queries and guide in %s*\n", address, filepath.Join(cfg.Targets[0].Dir, browser.Prefix))
				}
			}
			return complete
		},
	}
}

// demoNext is what the demo ends with; its arguments are the data directory and this program.
const demoNext = `
The files are in %[1]s: csv/ for Neo4j, parquet/ for a lake, raw/ and graph/ in between, quarantine/ for what could not be used.
Look at one:      zcat %[1]s/csv/nodes/SpaceliftRun/part-00000.csv.gz | head -3
Verify them:      %[2]s verify %[1]s/csv
Your own account: SPACELIFT_API_TOKEN=… %[2]s run --spacelift-api-endpoint https://ACCOUNT.app.spacelift.io
`

// incident is the instance that the sample's story is about.
const incident = "i-046d87f24fb0ca530"

// incidentPage writes the page of the sample's incident and returns its path.
func incidentPage(ctx context.Context, data, dir string) (file string, err error) {
	answer, err := trace.Ask(ctx, dir, trace.Question{ID: incident, Limit: 100})
	if err != nil {
		return "", err
	}
	if file, err = filepath.Abs(filepath.Join(data, "incident.html")); err != nil {
		return "", err
	}
	return file, writePage(file, answer)
}

// browserAddress returns where a Neo4j serves its Browser, by its configuration; nothing where it serves no HTTP, or has no Browser.
func browserAddress(home string) string {
	conf, err := os.ReadFile(filepath.Join(home, "conf", "neo4j.conf"))
	if err != nil {
		return ""
	}
	settings := map[string]string{}
	for line := range strings.Lines(string(conf)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		settings[key] = value
	}
	for _, place := range []string{"plugins", "lib"} {
		if jars, _ := filepath.Glob(filepath.Join(home, place, "neo4j-browser*.jar")); len(jars) > 0 && settings["server.http.enabled"] == "true" {
			return "http://" + settings["server.http.listen_address"] + "/browser/"
		}
	}
	return ""
}

// askNeo4j imports the files into a fresh database, starts the server and queries it.
func askNeo4j(c *cli.Context, dir string) ([]change, error) {
	display, err := display(c)
	if err != nil {
		return nil, err
	}
	cfg := ingest.AdminConfig{Dir: dir, Neo4jHome: c.String(neo4jHomeFlag), Overwrite: true, Temp: c.String(dataFlag), Start: true, Server: server(c)}
	if _, err := importDir(c, display, cfg); err != nil {
		return nil, err
	}
	driver, err := cfg.Server.Driver()
	if err != nil {
		return nil, err
	}
	changes, err := changesInNeo4j(c.Context, driver)
	return changes, errors.Join(err, driver.Close(c.Context))
}
