package helm

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// options sets what the defaults leave out.
const options = `
image: {repository: registry.example/liftgraph, tag: v1.2.3, pullPolicy: Always}
imagePullSecrets: [{name: registry}]
schedule: "0 3 * * 1"
timeZone: Europe/Berlin
suspend: true
spacelift: {endpoint: "https://acme.app.spacelift.io", secretName: acme-key}
cloudtrail: ["s3://one/AWSLogs/", "s3://two/a b/"]
auditTrailAPI: false
from: 30d
settings: {format: csv, run-details: history}
extraArgs: [--redact, "email,name", --note, "it's: {a} \"test\""]
serviceAccount: {name: nightly, roleARN: "arn:aws:iam::111122223333:role/liftgraph", annotations: {team: platform}}
persistence: {existingClaim: big-disk}
neo4j: {method: bolt, uri: "neo4j+s://neo4j.example:7687", secretName: neo4j}
otlpEndpoint: http://otel:4318
caBundle: {configMapName: company-ca}
extraEnv: [{name: HTTPS_PROXY, value: "http://proxy:3128"}]
podLabels: {team: platform}
podAnnotations: {note: x}
nodeSelector: {disk: fast}
tolerations: [{key: batch, operator: Exists}]
affinity: {nodeAffinity: {}}
`

// Helm has nothing to say about the chart, with defaults and with every option.
func TestLint(t *testing.T) {
	for name, values := range map[string]string{"defaults": "", "options": options} {
		set := map[string]any{}
		if err := yaml.Unmarshal([]byte(values), &set); err != nil {
			t.Fatal(err)
		}
		l := lint.RunAll(chartDir, set, "audit")
		for _, m := range l.Messages {
			if m.Severity > support.InfoSev {
				t.Errorf("%s: %s", name, m)
			}
		}
	}
}

// A night's command is that of the README.
func TestNightlyCommand(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`(?m)liftgraph (run --data \S+ --cloudtrail .*--keep)`).FindSubmatch(readme)
	if want == nil {
		t.Fatal("README has no nightly command")
	}
	r := render(t, "")
	if got := strings.Join(r.container().Args, " "); !strings.HasPrefix(got, string(want[1])+" ") {
		t.Errorf("got %s\nwant %s …", got, want[1])
	}
	if c := r.container(); len(c.Command) > 0 {
		t.Errorf("command %q: the image's entry point is the program", c.Command)
	}
}

// With the placeholders of the CronJob beside it, the chart makes the same objects, but for labels.
func TestSameAsTheCronJob(t *testing.T) {
	text, err := os.ReadFile("../kubernetes/cronjob.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var want rendered
	want.read(t, "cronjob.yaml", string(text))
	got := render(t, "image: {tag: VERSION}\nserviceAccount: {roleARN: 'arn:aws:iam::ACCOUNT:role/liftgraph'}\npersistence: {keep: false}")
	got.notes = ""
	for _, labels := range []*map[string]string{
		&got.accounts[0].Labels, &got.claims[0].Labels, &got.configs[0].Labels, &got.cronJob.Labels, &got.cronJob.Spec.JobTemplate.Spec.Template.Labels,
	} {
		if (*labels)["app.kubernetes.io/name"] != "liftgraph" {
			t.Errorf("labels %v", *labels)
		}
		*labels = nil
	}
	for i, r := range []*rendered{&got, &want} { // keys of settings have no order
		var settings map[string]string
		if err := yaml.Unmarshal([]byte(r.configs[0].Data["nightly.yaml"]), &settings); err != nil || len(settings) != 3 {
			t.Fatalf("settings %d: %v, %v", i, settings, err)
		}
		r.configs[0].Data = settings
	}
	if !reflect.DeepEqual(got, want) {
		g, _ := yaml.Marshal(got.cronJob)
		w, _ := yaml.Marshal(want.cronJob)
		t.Errorf("got\n%s\n%v\nwant\n%s\n%v", g, got.configs, w, want.configs)
	}
}

// Whatever is set, the container isn't root, can write nothing but its volume, and has no token for Kubernetes.
func TestLeastPrivileges(t *testing.T) {
	for name, values := range map[string]string{"defaults": "", "options": options} {
		r := render(t, values)
		pod, c := r.pod(), r.container()
		if s := pod.SecurityContext; s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || *s.RunAsUser != 65532 || s.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault {
			t.Errorf("%s: pod %+v", name, s)
		}
		if s := c.SecurityContext; s == nil || !*s.ReadOnlyRootFilesystem || *s.AllowPrivilegeEscalation || len(s.Capabilities.Drop) != 1 || s.Capabilities.Drop[0] != "ALL" {
			t.Errorf("%s: container %+v", name, s)
		}
		if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken || pod.HostNetwork || pod.HostPID {
			t.Errorf("%s: the pod can reach Kubernetes or its host", name)
		}
		for _, m := range c.VolumeMounts {
			if !m.ReadOnly && m.MountPath != "/var/lib/liftgraph" {
				t.Errorf("%s: %s can be written", name, m.MountPath)
			}
		}
		if c.Resources.Limits.Memory().IsZero() {
			t.Errorf("%s: no limit of memory", name)
		}
	}
}

// Secrets are named, never written: no object holds one, and no value could.
func TestSecretsByReference(t *testing.T) {
	r := render(t, options)
	refs := map[string]string{}
	for _, e := range r.container().Env {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			refs[e.Name] = e.ValueFrom.SecretKeyRef.Name + "/" + e.ValueFrom.SecretKeyRef.Key
		} else if regexp.MustCompile(`KEY|SECRET|TOKEN|PASSWORD`).MatchString(e.Name) {
			t.Errorf("%s is written in the chart: %q", e.Name, e.Value)
		}
	}
	want := map[string]string{"SPACELIFT_API_KEY_ID": "acme-key/api-key-id", "SPACELIFT_API_KEY_SECRET": "acme-key/api-key-secret", "NEO4J_PASSWORD": "neo4j/neo4j-password"}
	if !reflect.DeepEqual(refs, want) {
		t.Errorf("got %v, want %v", refs, want)
	}
}

func TestOptions(t *testing.T) {
	r := render(t, options)
	c, pod := r.container(), r.pod()
	if len(r.accounts) != 1 || r.accounts[0].Name != "nightly" || pod.ServiceAccountName != "nightly" ||
		r.accounts[0].Annotations["eks.amazonaws.com/role-arn"] != "arn:aws:iam::111122223333:role/liftgraph" || r.accounts[0].Annotations["team"] != "platform" {
		t.Errorf("service account %+v of pod %s", r.accounts, pod.ServiceAccountName)
	}
	if len(r.claims) != 0 || pod.Volumes[0].PersistentVolumeClaim.ClaimName != "big-disk" {
		t.Errorf("claims %v, volumes %v", r.claims, pod.Volumes)
	}
	for _, want := range [][]string{
		{"--cloudtrail", "s3://one/AWSLogs/", "--cloudtrail", "s3://two/a b/", "--from", "30d"},
		{"--ingest", "bolt", "--neo4j-uri", "neo4j+s://neo4j.example:7687"},
		{"--otlp-endpoint", "http://otel:4318"},
		{"--redact", "email,name", "--note", `it's: {a} "test"`},
	} {
		if !has(c.Args, want...) {
			t.Errorf("arguments %q lack %q", c.Args, want)
		}
	}
	if has(c.Args, "--audit-trail-api") {
		t.Error("the audit trail is read, though it is off")
	}
	env := map[string]string{}
	for _, e := range c.Env {
		env[e.Name] = e.Value
	}
	if env["LIFTGRAPH_CA_FILE"] != "/etc/liftgraph-ca/ca.pem" || env["HTTPS_PROXY"] != "http://proxy:3128" {
		t.Errorf("environment %v", env)
	}
	spec := r.cronJob.Spec
	if spec.Schedule != "0 3 * * 1" || *spec.TimeZone != "Europe/Berlin" || !*spec.Suspend || c.Image != "registry.example/liftgraph:v1.2.3" || pod.NodeSelector["disk"] != "fast" {
		t.Errorf("spec %+v", spec)
	}
	var settings map[string]string
	if err := yaml.Unmarshal([]byte(r.configs[0].Data["nightly.yaml"]), &settings); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"spacelift-api-endpoint": "https://acme.app.spacelift.io", "format": "csv", "log-format": "json", "run-details": "history"}
	if !reflect.DeepEqual(settings, want) {
		t.Errorf("settings %v, want %v", settings, want)
	}
	if strings.Contains(r.notes, "NOT READY") {
		t.Errorf("notes:\n%s", r.notes)
	}
}

// Without a role there is no annotation; placeholders are pointed out; an existing service account can be used.
func TestDefaults(t *testing.T) {
	r := render(t, "")
	if len(r.accounts) != 1 || len(r.accounts[0].Annotations) != 0 {
		t.Errorf("service accounts %+v", r.accounts)
	}
	if len(r.claims) != 1 || r.claims[0].Annotations["helm.sh/resource-policy"] != "keep" || r.claims[0].Spec.StorageClassName != nil {
		t.Errorf("claims %+v", r.claims)
	}
	if strings.Count(r.notes, "NOT READY") != 2 {
		t.Errorf("notes:\n%s", r.notes)
	}
	r = render(t, "serviceAccount: {create: false, name: mine}")
	if len(r.accounts) != 0 || r.pod().ServiceAccountName != "mine" {
		t.Errorf("service accounts %+v of pod %s", r.accounts, r.pod().ServiceAccountName)
	}
}

// A value that there isn't, or that can't be, is refused by name.
func TestRefused(t *testing.T) {
	for values, want := range map[string]string{
		"cloudtrial: [x]":                       "cloudtrial",
		"spacelift: {apiKeySecret: hunter2}":    "apiKeySecret",
		"spacelift: {endpoint: acme}":           "endpoint",
		"neo4j: {method: admin}":                "method",
		"neo4j: {method: bolt}":                 "neo4j.uri is required",
		"serviceAccount: {roleARN: liftgraph}":  "roleARN",
		"extraArgs: --keep":                     "extraArgs",
		"persistence: {accessMode: ReadOnly}":   "accessMode",
		"otlpEndpoint: otel:4317":               "otlpEndpoint",
		"caBundle: {configMapName: c, key: ''}": "key",
	} {
		if _, err := tryRender(t, values); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", values, err, want)
		}
	}
}
