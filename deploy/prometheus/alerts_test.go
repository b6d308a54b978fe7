package prometheus

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
)

const file = "alerts.yaml"

// How often series are read and rules are evaluated.
const (
	nightStep = 30 * time.Minute
	step      = 5 * time.Minute // of the receiver's
)

// textfile is a series of nights that is scraped all the time: it has a value for so long, then another.
func textfile(values ...any) string { return scraped(nightStep, values...) }

// scraped is a series that has a value for so long, then another.
func scraped(every time.Duration, values ...any) string {
	var b strings.Builder
	for i := 0; i < len(values); i += 2 {
		fmt.Fprintf(&b, " %vx%d", values[i], values[i+1].(time.Duration)/every-1)
	}
	return b.String()
}

// pushed is a series that comes once, and another time after a day, …: nothing in between.
func pushed(values ...any) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, " %v _x%d", v, 24*time.Hour/nightStep-1)
	}
	return b.String()
}

const (
	hour = time.Hour
	day  = 24 * hour
)

// sinceStart is a time as a metric has it; every test begins at the epoch.
func sinceStart(d time.Duration) any { return int64(d.Seconds()) }

const run = `{command="run",instance="batch",job="node"}`

// A night reports every day, and a case says which alerts fire at a time. Every alert fires in a case, and is silent in the
// first one of its kind.
var cases = []struct {
	name   string
	series map[string]string
	at     map[time.Duration][]string // what fires, by name
}{
	{
		"every night is complete, by file", map[string]string{
			"liftgraph_last_complete_timestamp_seconds" + run: textfile(sinceStart(0), day, sinceStart(day), day, sinceStart(2*day), day),
			"liftgraph_last_run_timestamp_seconds" + run:      textfile(sinceStart(0), day, sinceStart(day), day, sinceStart(2*day), day),
			"liftgraph_last_run_exit_code" + run:              textfile(0, 3*day),
			"liftgraph_incomplete_scopes" + run:               textfile(0, 3*day),
		}, map[time.Duration][]string{hour: nil, 30 * hour: nil, 70 * hour: nil},
	},
	{
		"every night is complete, pushed", map[string]string{
			`liftgraph_last_complete_timestamp_seconds{command="run",job="liftgraph"}`: pushed(sinceStart(0), sinceStart(day), sinceStart(2*day)),
			`liftgraph_last_run_timestamp_seconds{command="run",job="liftgraph"}`:      pushed(sinceStart(0), sinceStart(day), sinceStart(2*day)),
			`liftgraph_last_run_exit_code{command="run",job="liftgraph"}`:              pushed(0, 0, 0),
			`liftgraph_incomplete_scopes{command="run",job="liftgraph"}`:               pushed(0, 0, 0),
		}, map[time.Duration][]string{hour: nil, 30 * hour: nil, 70 * hour: nil},
	},
	{
		"the second night fails, the third is complete, pushed", map[string]string{
			`liftgraph_last_complete_timestamp_seconds{command="run",job="liftgraph"}`: pushed(sinceStart(0), "_", sinceStart(2*day)),
			`liftgraph_last_run_timestamp_seconds{command="run",job="liftgraph"}`:      pushed(sinceStart(0), sinceStart(day), sinceStart(2*day)),
			`liftgraph_last_run_exit_code{command="run",job="liftgraph"}`:              pushed(0, 1, 0),
			`liftgraph_incomplete_scopes{command="run",job="liftgraph"}`:               pushed(0, "_", 0),
		}, map[time.Duration][]string{
			23 * hour: nil, 30 * hour: {"LiftgraphRunFailed"}, 40 * hour: {"LiftgraphRunFailed", "LiftgraphSnapshotTooOld"}, 49 * hour: nil,
		},
	},
	{
		"nights are incomplete, by file", map[string]string{
			"liftgraph_last_complete_timestamp_seconds" + run: textfile(sinceStart(0), 3*day),
			"liftgraph_last_run_timestamp_seconds" + run:      textfile(sinceStart(0), day, sinceStart(day), day, sinceStart(2*day), day),
			"liftgraph_last_run_exit_code" + run:              textfile(0, day, 3, 2*day),
			"liftgraph_incomplete_scopes" + run:               textfile(0, day, 2, 2*day),
		}, map[time.Duration][]string{
			23 * hour: nil, 25 * hour: {"LiftgraphIncomplete"}, 40 * hour: {"LiftgraphIncomplete", "LiftgraphSnapshotTooOld"},
		},
	},
	{
		"no night was ever complete, pushed", map[string]string{
			`liftgraph_last_run_timestamp_seconds{command="run",job="liftgraph"}`: pushed(sinceStart(0), sinceStart(day), sinceStart(2*day)),
			`liftgraph_last_run_exit_code{command="run",job="liftgraph"}`:         pushed(3, 3, 3),
			`liftgraph_incomplete_scopes{command="run",job="liftgraph"}`:          pushed(1, 1, 1),
		}, map[time.Duration][]string{
			30 * hour: {"LiftgraphIncomplete"}, 40 * hour: {"LiftgraphIncomplete", "LiftgraphNeverComplete"},
		},
	},
	{
		"another account is complete", map[string]string{
			`liftgraph_last_run_timestamp_seconds{command="run",job="node",instance="a"}`:       textfile(sinceStart(0), 2*day),
			`liftgraph_last_run_timestamp_seconds{command="run",job="node",instance="b"}`:       textfile(sinceStart(day), 2*day),
			`liftgraph_last_complete_timestamp_seconds{command="run",job="node",instance="b"}`:  textfile(sinceStart(day), 2*day),
			`liftgraph_last_complete_timestamp_seconds{command="emit",job="node",instance="a"}`: textfile(sinceStart(day), 2*day),
		}, map[time.Duration][]string{40 * hour: {"LiftgraphNeverComplete"}},
	},
	{
		"nothing reports any more, pushed", map[string]string{
			`liftgraph_last_complete_timestamp_seconds{command="run",job="liftgraph"}`: pushed(sinceStart(0)),
			`liftgraph_last_run_timestamp_seconds{command="run",job="liftgraph"}`:      pushed(sinceStart(0)),
			`liftgraph_last_run_exit_code{command="run",job="liftgraph"}`:              pushed(0),
		}, map[time.Duration][]string{35 * hour: nil, 38 * hour: {"LiftgraphMetricsMissing", "LiftgraphSnapshotTooOld"}},
	},
	{
		"a stage reports, but no run", map[string]string{`liftgraph_last_run_timestamp_seconds{command="emit"}`: textfile(0, day)},
		map[time.Duration][]string{30 * time.Minute: nil, 2 * hour: {"LiftgraphMetricsMissing"}},
	},
	{
		"the receiver is quiet and well", map[string]string{
			reports: scraped(step, 0, 2*hour), `up{job="liftgraph-receive"}`: scraped(step, 1, 2*hour),
			`liftgraph_receive_deliveries_total{result="accepted"}`:     "0+5x24",
			`liftgraph_receive_deliveries_total{result="unauthorized"}`: scraped(step, 7, 2*hour),
			`liftgraph_receive_deliveries_total{result="unavailable"}`:  scraped(step, 7, 2*hour),
			`liftgraph_receive_security_signals_total{action="x.set"}`:  scraped(step, 1, 2*hour),
			`liftgraph_receive_uploads_total{result="ok"}`:              "0+1x24",
			`liftgraph_receive_uploads_total{result="failed"}`:          "0+1x24", // one try in two
		}, map[time.Duration][]string{hour: nil},
	},
	{
		"the receiver is in trouble", map[string]string{
			reports: scraped(step, 0, 2*hour), `up{job="liftgraph-receive"}`: scraped(step, 0, 2*hour),
			`liftgraph_receive_deliveries_total{result="unauthorized"}`:                     "0+1x24",
			`liftgraph_receive_deliveries_total{result="overloaded"}`:                       "0+1x24",
			`liftgraph_receive_security_signals_total{action="audit_trail_webhook.delete"}`: scraped(step, 0, hour, 1, hour),
			`liftgraph_receive_uploads_total{result="ok"}`:                                  scraped(step, 3, 2*hour),
			`liftgraph_receive_uploads_total{result="failed"}`:                              "0+1x24",
		}, map[time.Duration][]string{
			hour: {"SpaceliftAuditTrailChanged", "SpaceliftAuditTrailNotKept", "SpaceliftAuditTrailNotReceived", "SpaceliftAuditTrailNotUploaded", "SpaceliftAuditTrailRefused"},
		},
	},
}

// reports keeps the alert about missing metrics silent.
const reports = `liftgraph_last_run_timestamp_seconds{command="run",instance="batch",job="node"}`

// load returns the rules, with a query function over the storage of a case.
func load(t *testing.T, every time.Duration, series map[string]string) (*promqltest.LazyLoader, []*rules.Group) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "load %s\n", model.Duration(every))
	for name, values := range series {
		fmt.Fprintf(&b, "  %s %s\n", name, values)
	}
	p := parser.NewParser(parser.Options{})
	l, err := promqltest.NewLazyLoader(b.String(), promqltest.LazyLoaderOpts{Parser: p, StartTime: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	m := rules.NewManager(&rules.ManagerOptions{
		QueryFunc: rules.EngineQueryFunc(l.QueryEngine(), l.Storage()), AppendableV2: l.Storage(), Context: t.Context(), Logger: slog.New(slog.DiscardHandler), Parser: p,
		NotifyFunc: func(context.Context, string, ...*rules.Alert) {},
	})
	groups, errs := m.LoadGroups(every, labels.EmptyLabels(), "", nil, false, file)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return l, slices.Collect(maps.Values(groups))
}

// Each alert fires when it should, and not before; what only comes once a night keeps its value till the next one.
func TestAlerts(t *testing.T) {
	everFired := map[string]bool{}
	var all []string
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			every := nightStep
			if strings.HasPrefix(c.name, "the receiver") {
				every = step
			}
			l, groups := load(t, every, c.series)
			end := slices.Max(slices.Collect(maps.Keys(c.at)))
			for now := time.Duration(0); now <= end; now += every {
				l.WithSamplesTill(time.Unix(0, 0).Add(now), func(err error) {
					if err != nil {
						t.Fatal(err)
					}
					for _, g := range groups {
						g.Eval(t.Context(), time.Unix(0, 0).Add(now))
					}
				})
				want, asked := c.at[now]
				var got []string
				for _, g := range groups {
					for _, r := range g.AlertingRules() {
						if err := r.LastError(); err != nil {
							t.Fatalf("%s: %v", r.Name(), err)
						}
						if !slices.Contains(all, r.Name()) {
							all = append(all, r.Name())
						}
						if r.State() == rules.StateFiring {
							got = append(got, r.Name())
							everFired[r.Name()] = true
						}
					}
				}
				slices.Sort(got)
				if asked && !slices.Equal(got, want) {
					t.Errorf("after %s: %q fire, want %q", now, got, want)
				}
			}
		})
	}
	for _, name := range all {
		if !everFired[name] {
			t.Errorf("%s fires in no case", name)
		}
	}
}

// Each alert says how grave it is and what has happened.
func TestAlertsAreExplained(t *testing.T) {
	_, groups := load(t, step, nil)
	for _, g := range groups {
		for _, r := range g.AlertingRules() {
			if s := r.Labels().Get("severity"); s != "critical" && s != "warning" {
				t.Errorf("%s: severity %q", r.Name(), s)
			}
			if r.Annotations().Get("summary") == "" {
				t.Errorf("%s has no summary", r.Name())
			}
		}
	}
}

// A rule that looks at a metric of a night without a range would miss one that is pushed.
func TestNightsHaveRanges(t *testing.T) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`liftgraph_\w+(\{[^}]*\})?(\[\w+\])?`).FindAllStringSubmatch(string(text), -1)
	for _, m := range found {
		if m[2] == "" && m[1] != "" {
			t.Errorf("%s has no range", m[0])
		}
	}
}
