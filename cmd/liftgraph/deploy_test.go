package main

import (
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"liftgraph/cmd/liftgraph/metrics"
)

const deployDir = "../../deploy/"

func readDeploy(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(deployDir + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The examples in deploy/ give `liftgraph run` flags that it has.
func TestDeployedFlags(t *testing.T) {
	app := newApp(io.Discard, io.Discard)
	known := flagNames(commandNamed(app.Commands, "run"))
	for _, name := range []string{"systemd/liftgraph.service", "kubernetes/cronjob.yaml", "helm/liftgraph/templates/cronjob.yaml"} {
		found := 0
		for _, m := range regexp.MustCompile(`--([a-z][a-z0-9-]+)`).FindAllStringSubmatch(readDeploy(t, name), -1) {
			if strings.HasPrefix(m[1], "from-literal") {
				continue // kubectl's
			}
			found++
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s: `run` has no --%s", name, m[1])
			}
		}
		if found == 0 {
			t.Errorf("%s names no flag", name)
		}
	}
	var settings map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(readDeploy(t, "nightly.yaml")), &settings); err != nil {
		t.Fatal(err)
	}
	for name := range settings {
		if !slices.Contains(known, name) {
			t.Errorf("nightly.yaml: `run` has no --%s", name)
		}
	}
}

// The command of a night is the same in the README, the guide and deploy/.
func TestNightlyCommandIsOne(t *testing.T) {
	const nightly = "liftgraph run --data /var/lib/liftgraph --cloudtrail s3://BUCKET/AWSLogs/ --audit-trail-api --from 90d --since auto --keep"
	for _, name := range []string{"../README.md", "../docs/guide/nightly.md", "systemd/liftgraph.service", "kubernetes/cronjob.yaml"} {
		text := strings.NewReplacer("args: [", "liftgraph ", ", ", " ").Replace(readDeploy(t, name))
		if !strings.Contains(text, nightly) {
			t.Errorf("%s doesn't have the command\n%s", name, nightly)
		}
		for _, line := range strings.Split(text, "\n") {
			if strings.Contains(line, "liftgraph run --data") && !strings.Contains(line, nightly) {
				t.Errorf("%s has another command: %s", name, line)
			}
		}
	}
}

// The CronJob's configuration is nightly.yaml.
func TestDeployedConfig(t *testing.T) {
	d := yaml.NewDecoder(strings.NewReader(readDeploy(t, "kubernetes/cronjob.yaml")))
	var kinds []string
	for {
		var object struct {
			Kind string
			Data map[string]string
		}
		err := d.Decode(&object)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, object.Kind)
		if object.Kind == "ConfigMap" {
			_, want, _ := strings.Cut(readDeploy(t, "nightly.yaml"), "\n") // without its comment
			if got := object.Data["nightly.yaml"]; got != want {
				t.Errorf("the ConfigMap has\n%s\nnot\n%s", got, want)
			}
		}
	}
	if want := []string{"ServiceAccount", "PersistentVolumeClaim", "ConfigMap", "CronJob"}; !slices.Equal(kinds, want) {
		t.Errorf("objects %q, not %q", kinds, want)
	}
}

// The alerts look at metrics that are written; those of the receiver are looked at in its package.
func TestAlertsKnowMetrics(t *testing.T) {
	families, err := metrics.Families()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range families {
		known[f.GetName()] = true
	}
	names := regexp.MustCompile(`\bliftgraph_[a-z_]+`).FindAllString(readDeploy(t, "prometheus/alerts.yaml"), -1)
	if len(names) < 8 {
		t.Errorf("the alerts name only %q", names)
	}
	for _, name := range names {
		if !known[name] && !strings.HasPrefix(name, "liftgraph_receive_") {
			t.Errorf("there is no metric %s", name)
		}
	}
}

// The runbook has a row for every exit code, and the README points to it.
func TestRunbookKnowsEveryExitCode(t *testing.T) {
	_, table, found := strings.Cut(readDeploy(t, "../docs/guide/nightly.md"), "## After a bad night\n")
	table, _, _ = strings.Cut(table, "\n## ")
	codes := regexp.MustCompile("(?m)^\\| `?([0-9]+)`? \\|").FindAllStringSubmatch(readDeploy(t, "../docs/reference/exit-codes.md"), -1)
	if !found || len(codes) < 5 {
		t.Fatalf("the runbook is there: %t; exit codes %q", found, codes)
	}
	for _, c := range codes {
		if !strings.Contains(table, "\n| "+c[1]+" | ") {
			t.Errorf("the runbook has no row for exit code %s", c[1])
		}
	}
	for _, name := range []string{"../README.md", "systemd/liftgraph.service"} {
		if !strings.Contains(readDeploy(t, name), "docs/guide/nightly.md") {
			t.Errorf("%s doesn't name the runbook", name)
		}
	}
}
