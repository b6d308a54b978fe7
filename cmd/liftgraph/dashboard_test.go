package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"liftgraph/cmd/liftgraph/metrics"
)

const dashboardFile = "../../deploy/grafana/liftgraph.json"

// panelOf says how the dashboard shows a metric; one that isn't here has a graph of its value.
var panelOf = map[string]panel{
	"liftgraph_last_complete_timestamp_seconds":  {title: "Age of the last complete snapshot", unit: "s", kind: "stat", expr: `time() - last_over_time(METRIC{command=~"$command"}[7d])`, red: 36 * 3600},
	"liftgraph_last_published_timestamp_seconds": {title: "Age of what is published", unit: "s", kind: "stat", expr: `time() - last_over_time(METRIC{command=~"$command"}[7d])`, red: 36 * 3600},
	"liftgraph_last_run_timestamp_seconds":       {title: "Since the last run ended", unit: "s", kind: "stat", expr: `time() - last_over_time(METRIC{command=~"$command"}[7d])`, red: 36 * 3600},
	"liftgraph_last_run_exit_code":               {title: "Exit code of the last run", kind: "stat", red: 1},
	"liftgraph_incomplete_scopes":                {title: "Incomplete scopes", kind: "stat", red: 1},
	"liftgraph_last_run_duration_seconds":        {title: "What a run takes", unit: "s"},
	"liftgraph_rows":                             {title: "Rows, by folder", legend: "{{folder}}"},
	"liftgraph_bytes":                            {title: "Bytes published", unit: "bytes"},
	"liftgraph_quarantined":                      {title: "Quarantined records", legend: "{{stage}} {{source}} {{reason}}"},
	"liftgraph_update_tag":                       {title: "Update tag", kind: "stat", unit: "dateTimeAsIso", expr: `1000 * last_over_time(METRIC{command=~"$command"}[7d])`},
}

// webhookPanels show the metrics of receive.
var webhookPanels = []panel{
	{title: "Deliveries, a minute", expr: `60 * sum by (result) (rate(liftgraph_receive_deliveries_total[5m]))`, legend: "{{result}}"},
	{title: "Security signals in a day", kind: "stat", expr: `sum(increase(liftgraph_receive_security_signals_total[1d]))`, red: 1},
}

type panel struct {
	title, unit, kind, expr, legend string
	red                             float64 // from this value on; 0: never
}

// json returns the panel's form in a dashboard, the n-th of it.
func (p panel) json(n int) map[string]any {
	kind, legend := p.kind, p.legend
	if kind == "" {
		kind = "timeseries"
	}
	if legend == "" {
		legend = "{{command}}"
	}
	steps := []any{map[string]any{"color": "green", "value": nil}}
	if p.red > 0 {
		steps = append(steps, map[string]any{"color": "red", "value": p.red})
	}
	return map[string]any{
		"id": n + 1, "type": kind, "title": p.title, "datasource": map[string]any{"type": "prometheus", "uid": "${datasource}"},
		"gridPos":     map[string]any{"h": 7, "w": 8, "x": n % 3 * 8, "y": n / 3 * 7},
		"targets":     []any{map[string]any{"refId": "A", "expr": p.expr, "legendFormat": legend, "datasource": map[string]any{"type": "prometheus", "uid": "${datasource}"}}},
		"fieldConfig": map[string]any{"defaults": map[string]any{"unit": p.unit, "thresholds": map[string]any{"mode": "absolute", "steps": steps}}, "overrides": []any{}},
	}
}

// dashboard is that of Grafana, from the metrics that there are.
func dashboard(t *testing.T) []byte {
	t.Helper()
	families, err := metrics.Families()
	if err != nil {
		t.Fatal(err)
	}
	var panels []any
	for _, f := range families {
		p, ok := panelOf[f.GetName()]
		if !ok {
			p.title = strings.TrimSuffix(f.GetHelp(), ".")
		}
		if p.expr == "" {
			p.expr = `last_over_time(METRIC{command=~"$command"}[36h])`
		}
		p.expr = strings.ReplaceAll(p.expr, "METRIC", f.GetName())
		panels = append(panels, p.json(len(panels)))
	}
	for _, p := range webhookPanels {
		panels = append(panels, p.json(len(panels)))
	}
	b, err := json.MarshalIndent(map[string]any{
		"title": "liftgraph", "uid": "liftgraph", "tags": []string{"liftgraph"}, "schemaVersion": 39, "version": 1, "editable": true, "time": map[string]any{"from": "now-30d", "to": "now"}, "refresh": "5m",
		"templating": map[string]any{"list": []any{
			map[string]any{"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source"},
			map[string]any{"name": "command", "type": "query", "label": "Command", "query": `label_values(liftgraph_last_run_timestamp_seconds, command)`, "datasource": map[string]any{"type": "prometheus", "uid": "${datasource}"}, "includeAll": true, "multi": true, "refresh": 2},
		}},
		"panels": panels,
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// The dashboard of Grafana is that of the metrics that there are, and every metric it names is one that a command or receive has.
func TestDashboardIsFresh(t *testing.T) {
	want := dashboard(t)
	if *update {
		if err := os.WriteFile(dashboardFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, dashboardFile)
	if got != string(want) {
		t.Errorf("%s is stale: run `make docs`", dashboardFile)
	}
	known := read(t, "../../docs/reference/metrics.md") + read(t, "../../docs/guide/receive.md") // which tests hold to the metrics
	named := regexp.MustCompile(`liftgraph_\w+`).FindAllString(got, -1)
	for _, name := range named {
		if !strings.Contains(known, "`"+name) {
			t.Errorf("there is no metric %s", name)
		}
	}
	for name := range panelOf {
		if !strings.Contains(got, name+"{") {
			t.Errorf("no panel shows %s", name)
		}
	}
	if len(named) < len(panelOf) {
		t.Errorf("%d metrics are named", len(named))
	}
}
