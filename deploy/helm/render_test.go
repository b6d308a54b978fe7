package helm

import (
	"errors"
	"path"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

const chartDir = "liftgraph"

// rendered is what the chart makes.
type rendered struct {
	accounts []core.ServiceAccount
	claims   []core.PersistentVolumeClaim
	configs  []core.ConfigMap
	cronJob  batch.CronJob
	notes    string
}

// tryRender renders the chart with values that are written as YAML.
func tryRender(t *testing.T, values string) (map[string]string, error) {
	t.Helper()
	c, err := loader.LoadDir(chartDir)
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]any{}
	if err := yaml.Unmarshal([]byte(values), &set); err != nil {
		t.Fatal(err)
	}
	all, err := util.ToRenderValues(c, set, common.ReleaseOptions{Name: "liftgraph", Namespace: "audit", IsInstall: true, Revision: 1}, common.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	return engine.Render(c, all)
}

// render renders the chart, and reads each object by Kubernetes's own types, in which an unknown field is an error.
func render(t *testing.T, values string) rendered {
	t.Helper()
	files, err := tryRender(t, values)
	if err != nil {
		t.Fatal(err)
	}
	var r rendered
	for name, text := range files {
		if path.Base(name) == "NOTES.txt" {
			r.notes = text
			continue
		}
		r.read(t, name, text)
	}
	return r
}

func (r *rendered) read(t *testing.T, name, text string) {
	t.Helper()
	for object := range strings.SplitSeq(text, "\n---\n") {
		var kind struct{ Kind string }
		if err := yaml.Unmarshal([]byte(object), &kind); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, object)
		}
		var err error
		switch kind.Kind {
		case "": // nothing but comments
		case "ServiceAccount":
			r.accounts, err = appended(r.accounts, object)
		case "PersistentVolumeClaim":
			r.claims, err = appended(r.claims, object)
		case "ConfigMap":
			r.configs, err = appended(r.configs, object)
		case "CronJob":
			err = yaml.UnmarshalStrict([]byte(object), &r.cronJob)
		default:
			err = errors.New("an object of the kind " + kind.Kind)
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, object)
		}
	}
}

func appended[T any](list []T, object string) ([]T, error) {
	var one T
	err := yaml.UnmarshalStrict([]byte(object), &one)
	return append(list, one), err
}

func (r *rendered) pod() core.PodSpec         { return r.cronJob.Spec.JobTemplate.Spec.Template.Spec }
func (r *rendered) container() core.Container { return r.pod().Containers[0] }

// has reports whether arguments follow each other.
func has(args []string, want ...string) bool {
	for i := range args {
		if i+len(want) <= len(args) && slices.Equal(args[i:i+len(want)], want) {
			return true
		}
	}
	return false
}
