// Package metrics writes what a command did as a file for Prometheus, which node_exporter's textfile collector
// reads. Each command has its own label, so that the stages of a night can share a file.
package metrics

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"liftgraph/internal/dataset"
)

// Result is what a command did.
type Result struct {
	Command      string // e.g. run
	Began, Ended time.Time
	ExitCode     int
	Published    []*dataset.Manifest // none where it failed
}

const (
	namespace    = "liftgraph"
	commandLabel = "command"
	lastRun      = namespace + "_last_run_"                       // of what is reported of a run that failed too
	lastComplete = namespace + "_last_complete_timestamp_seconds" // kept until the next complete one
)

// Check returns an error where a file can't be written, or holds something else than metrics: better known before hours of work.
func Check(name string) error {
	if _, err := read(name); err != nil {
		return err
	}
	probe, err := os.CreateTemp(filepath.Dir(name), ".liftgraph-metrics-")
	if err != nil {
		return fmt.Errorf("the metrics file can't be written there: %w", err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// Write replaces a file of metrics as a whole. What it says of other commands stays, and after a failure
// what it says of this command's last output.
func Write(name string, r Result) error {
	old, err := read(name)
	if err != nil {
		return err
	}
	now, err := gather(r)
	if err != nil {
		return err
	}
	if err := prometheus.WriteToTextfile(name, prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return merge(old, now, r), nil })); err != nil {
		return fmt.Errorf("the metrics file: %w", err)
	}
	return nil
}

// Families returns every metric that there is, with its help and labels, for the reference page.
func Families() ([]*dto.MetricFamily, error) {
	ledger := dataset.NewLedger("", "", "")
	ledger.Quarantined[""] = 1
	return gather(Result{Published: []*dataset.Manifest{{Files: []dataset.File{{Rows: 1}}, Ledger: []dataset.Ledger{ledger}}}})
}

// gather returns the metrics of a result.
func gather(r Result) ([]*dto.MetricFamily, error) {
	reg := prometheus.NewRegistry()
	gauge := func(name, help string, labels ...string) func(value float64, values ...string) {
		v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, append([]string{commandLabel}, labels...))
		reg.MustRegister(v)
		return func(value float64, values ...string) {
			v.WithLabelValues(append([]string{r.Command}, values...)...).Add(value)
		}
	}
	gauge("last_run_timestamp_seconds", "When the last run ended.")(seconds(r.Ended))
	gauge("last_run_duration_seconds", "What the last run took.")(r.Ended.Sub(r.Began).Seconds())
	gauge("last_run_exit_code", "0 complete, 1 failed, 2 usage error, 3 published but incomplete.")(float64(r.ExitCode))
	if len(r.Published) == 0 {
		return reg.Gather()
	}
	gauge("last_published_timestamp_seconds", "When something was published last.")(seconds(r.Ended))
	if r.ExitCode == 0 {
		gauge("last_complete_timestamp_seconds", "When something complete was published last.")(seconds(r.Ended))
	}
	tag := gauge("update_tag", "Identity of what was published last, Unix seconds.")
	rows := gauge("rows", "Rows published last, by folder.", "folder")
	bytes := gauge("bytes", "Bytes of the files published last, as stored.")
	quarantined := gauge("quarantined", "Records quarantined, by stage, source and reason.", "stage", "source", "reason")
	incomplete := gauge("incomplete_scopes", "Scopes that could not be read completely.")
	for i, m := range r.Published {
		if i == 0 {
			tag(float64(m.UpdateTag))
		}
		for _, f := range m.Files {
			bytes(float64(f.Bytes))
			if f.Rows > 0 {
				rows(float64(f.Rows), folder(f.Path))
			}
		}
		for _, l := range m.Ledger {
			for reason, n := range l.Quarantined {
				quarantined(float64(n), l.Stage, l.Source, reason)
			}
		}
		incomplete(float64(len(m.Incomplete())))
	}
	return reg.Gather()
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// folder returns the first two names of a path: the rest, e.g. a partition, would be a series a day.
func folder(file string) string {
	names := strings.Split(path.Dir(file), "/")
	return strings.Join(names[:min(2, len(names))], "/")
}

// read returns the metrics of a file; none where there is no file.
func read(name string) (map[string]*dto.MetricFamily, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the metrics file: %w", err)
	}
	defer f.Close()
	p := expfmt.NewTextParser(model.LegacyValidation)
	families, err := p.TextToMetricFamilies(f)
	if err != nil {
		return nil, fmt.Errorf("%s holds no metrics, and would be replaced: name another file, or remove it: %w", name, err)
	}
	for family := range families {
		if !strings.HasPrefix(family, namespace+"_") {
			return nil, fmt.Errorf("%s holds metrics of something else (%s), and would be replaced: name another file", name, family)
		}
	}
	return families, nil
}

// merge puts the new metrics in the place of the old ones.
func merge(old map[string]*dto.MetricFamily, now []*dto.MetricFamily, r Result) []*dto.MetricFamily {
	stays := func(family string, m *dto.Metric) bool {
		own := slices.ContainsFunc(m.Label, func(l *dto.LabelPair) bool { return l.GetName() == commandLabel && l.GetValue() == r.Command })
		switch {
		case !own:
			return true
		case strings.HasPrefix(family, lastRun):
			return false
		case family == lastComplete:
			return r.ExitCode != 0
		default:
			return len(r.Published) == 0
		}
	}
	for _, f := range now {
		if kept, ok := old[f.GetName()]; ok {
			kept.Metric = slices.DeleteFunc(kept.Metric, func(m *dto.Metric) bool { return !stays(f.GetName(), m) })
			f.Metric = append(kept.Metric, f.Metric...)
			delete(old, f.GetName())
		}
	}
	for name, f := range old {
		f.Metric = slices.DeleteFunc(f.Metric, func(m *dto.Metric) bool { return !stays(name, m) })
		if len(f.Metric) > 0 {
			now = append(now, f)
		}
	}
	slices.SortFunc(now, func(a, b *dto.MetricFamily) int { return strings.Compare(a.GetName(), b.GetName()) })
	return now
}
