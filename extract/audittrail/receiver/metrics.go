package receiver

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"liftgraph/extract/audittrail/payload"
	"liftgraph/extract/audittrail/spool"
)

// Signals returns the actions that are security signals: who changes or removes the webhook may want to hide what comes next.
func Signals() []string { return []string{"audit_trail_webhook.set", "audit_trail_webhook.delete"} }

// Metrics is what a receiver counts, for Prometheus. No label takes a value that a sender could choose.
type Metrics struct {
	registry   *prometheus.Registry
	deliveries *prometheus.CounterVec
	signatures *prometheus.CounterVec
	events     *prometheus.CounterVec
	signals    *prometheus.CounterVec
	lastEvent  prometheus.Gauge
	commits    *prometheus.CounterVec
	commitTime prometheus.Histogram
	batch      prometheus.Histogram
	uploads    *prometheus.CounterVec
	lastUpload prometheus.Gauge
}

const namespace = "liftgraph_receive"

// NewMetrics makes metrics that start from zero.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry:   prometheus.NewRegistry(),
		deliveries: counters("deliveries_total", "Deliveries, by what came of them.", "result"),
		signatures: counters("signatures_total", "Right signatures, by the secret that made them.", "secret"),
		events:     counters("events_total", "Events that were kept, by kind, without duplicates.", "kind"),
		signals:    counters("security_signals_total", "Events that report a change of the audit trail's own webhook.", "action"),
		lastEvent:  gauge("last_event_timestamp_seconds", "When the last event was kept."),
		commits:    counters("commits_total", "Attempts to make events durable, each a write and a sync.", "result"),
		commitTime: histogram("commit_seconds", "What a write and a sync took.", prometheus.ExponentialBuckets(0.0001, 2, 17)),
		batch:      histogram("commit_events", "Events that share a sync.", prometheus.ExponentialBuckets(1, 2, 10)),
		uploads:    counters("uploads_total", "Attempts to upload a segment.", "result"),
		lastUpload: gauge("last_upload_timestamp_seconds", "When the last segment was uploaded."),
	}
	m.registry.MustRegister(m.deliveries, m.signatures, m.events, m.signals, m.lastEvent, m.commits, m.commitTime, m.batch, m.uploads, m.lastUpload,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	// What there can be is there from the beginning: an alert on an increase needs the zero before it.
	for r := range answers {
		m.deliveries.WithLabelValues(string(r))
	}
	for _, k := range payload.Kinds() {
		m.events.WithLabelValues(string(k))
	}
	for _, action := range Signals() {
		m.signals.WithLabelValues(action)
	}
	for _, name := range keyNames {
		m.signatures.WithLabelValues(name)
	}
	for _, err := range []error{nil, errSlowDisk} {
		m.commits.WithLabelValues(outcome(err))
		m.uploads.WithLabelValues(outcome(err))
	}
	return m
}

func counters(name, help, label string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, []string{label})
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help})
}

func histogram(name, help string, buckets []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets})
}

func outcome(err error) string {
	if err != nil {
		return "failed"
	}
	return "ok"
}

// Committed counts a commit of the spool; it is for its options.
func (m *Metrics) Committed(c spool.Commit) {
	m.commits.WithLabelValues(outcome(c.Err)).Inc()
	m.commitTime.Observe(c.Took.Seconds())
	if c.Err == nil {
		m.batch.Observe(float64(c.Events))
	}
}

// Uploaded counts an attempt to ship a segment.
func (m *Metrics) Uploaded(err error) {
	m.uploads.WithLabelValues(outcome(err)).Inc()
	if err == nil {
		m.lastUpload.Set(float64(time.Now().Unix()))
	}
}

// kept counts an event, and reports whether it is a security signal.
func (m *Metrics) kept(p payload.Payload) (signal bool) {
	m.events.WithLabelValues(string(p.Kind)).Inc()
	m.lastEvent.Set(float64(time.Now().Unix()))
	for _, action := range Signals() {
		if p.Action == action {
			m.signals.WithLabelValues(action).Inc()
			return true
		}
	}
	return false
}

// Watch adds what a spool holds.
func (m *Metrics) Watch(s *spool.Spool) { m.registry.MustRegister(contents{s}) }

func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}
