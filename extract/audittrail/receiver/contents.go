package receiver

import (
	"github.com/prometheus/client_golang/prometheus"

	"liftgraph/extract/audittrail/spool"
)

var (
	segmentCount = prometheus.NewDesc(namespace+"_spool_segments", "Segments in the spool. Closed ones wait for an upload, where there is one.", []string{"state"}, nil)
	segmentBytes = prometheus.NewDesc(namespace+"_spool_bytes", "Bytes of segments in the spool.", []string{"state"}, nil)
)

// contents is a [prometheus.Collector] of what lies in a spool when it is asked.
type contents struct{ spool *spool.Spool }

// Describe implements [prometheus.Collector].
func (c contents) Describe(to chan<- *prometheus.Desc) {
	to <- segmentCount
	to <- segmentBytes
}

// Collect implements [prometheus.Collector].
func (c contents) Collect(to chan<- prometheus.Metric) {
	sum, err := c.spool.Stats()
	if err != nil {
		to <- prometheus.NewInvalidMetric(segmentCount, err)
		return
	}
	for state, files := range map[string]spool.Files{"open": sum.Open, "closed": sum.Closed, "damaged": sum.Damaged} {
		to <- prometheus.MustNewConstMetric(segmentCount, prometheus.GaugeValue, float64(files.Count), state)
		to <- prometheus.MustNewConstMetric(segmentBytes, prometheus.GaugeValue, float64(files.Bytes), state)
	}
}
