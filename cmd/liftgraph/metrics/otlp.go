package metrics

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// How long a push takes at most, and how often it is tried.
const (
	pushTimeout = 10 * time.Second
	pushTries   = 3
)

// headersVariable is the environment variable of OpenTelemetry with headers for the collector, e.g. credentials:
// NAME=VALUE, separated by commas, values in URL encoding.
const headersVariable = "OTEL_EXPORTER_OTLP_HEADERS"

// ParseEndpoint returns the URL that metrics are sent to: that of an OpenTelemetry collector (OTLP over HTTP), where
// /v1/metrics is added unless it ends so.
func ParseEndpoint(endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("%q: it is the http or https URL of an OpenTelemetry collector, e.g. http://localhost:4318", endpoint)
	}
	if !strings.HasSuffix(u.Path, "/v1/metrics") {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/v1/metrics"
	}
	return u.String(), nil
}

// Push sends the metrics of a result to a collector, by OTLP over HTTP, as JSON, up to three times where another try may
// succeed. A command that published nothing sends no row counts: the collector still has those of the last one.
func Push(ctx context.Context, endpoint string, r Result) error {
	target, err := ParseEndpoint(endpoint)
	if err != nil {
		return err
	}
	families, err := gather(r)
	if err != nil {
		return err
	}
	body, err := json.Marshal(otlp(families, r))
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: pushTimeout}
	defer client.CloseIdleConnections()
	var last error
	for try := range pushTries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return errors.Join(last, ctx.Err())
			case <-time.After(time.Duration(try) * time.Second):
			}
		}
		var again bool
		if again, last = post(ctx, client, target, body); last == nil || !again {
			break
		}
	}
	if last != nil {
		return fmt.Errorf("metrics could not be sent to %s: %w; check the collector's address and that it takes OTLP over HTTP", endpoint, last)
	}
	return nil
}

// post sends a body once, and reports whether another try may succeed.
func post(ctx context.Context, client *http.Client, target string, body []byte) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	req.Header.Set("Content-Type", "application/json")
	for _, pair := range strings.Split(os.Getenv(headersVariable), ",") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			if v, err := url.PathUnescape(strings.TrimSpace(value)); err == nil {
				value = v
			}
			req.Header.Set(strings.TrimSpace(name), value)
		}
	}
	resp, err := client.Do(req)
	if err != nil {
		return true, err
	}
	defer func() { _ = resp.Body.Close() }() // what matters of it was read
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)); err != nil {
		return true, err
	}
	switch code := resp.StatusCode; {
	case code/100 == 2:
		return false, nil
	case code == http.StatusTooManyRequests || code == http.StatusBadGateway || code == http.StatusServiceUnavailable || code == http.StatusGatewayTimeout:
		return true, errors.New(resp.Status)
	default:
		return false, errors.New(resp.Status)
	}
}

// The form of OTLP's JSON, as far as it is used.
type (
	otlpRequest struct {
		ResourceMetrics []otlpResource `json:"resourceMetrics"`
	}
	otlpResource struct {
		Resource struct {
			Attributes []otlpAttribute `json:"attributes"`
		} `json:"resource"`
		ScopeMetrics []otlpScope `json:"scopeMetrics"`
	}
	otlpScope struct {
		Scope struct {
			Name string `json:"name"`
		} `json:"scope"`
		Metrics []otlpMetric `json:"metrics"`
	}
	otlpMetric struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Gauge       struct {
			DataPoints []otlpPoint `json:"dataPoints"`
		} `json:"gauge"`
	}
	otlpPoint struct {
		Attributes   []otlpAttribute `json:"attributes"`
		TimeUnixNano string          `json:"timeUnixNano"` // a 64-bit number is a string there
		AsDouble     float64         `json:"asDouble"`
	}
	otlpAttribute struct {
		Key   string    `json:"key"`
		Value otlpValue `json:"value"`
	}
	otlpValue struct {
		String string `json:"stringValue"`
	}
)

func otlp(families []*dto.MetricFamily, r Result) otlpRequest {
	var scope otlpScope
	scope.Scope.Name = namespace
	for _, f := range families {
		m := otlpMetric{Name: f.GetName(), Description: f.GetHelp()}
		for _, metric := range f.Metric {
			p := otlpPoint{TimeUnixNano: strconv.FormatInt(r.Ended.UnixNano(), 10), AsDouble: metric.GetGauge().GetValue()}
			for _, l := range metric.Label {
				p.Attributes = append(p.Attributes, otlpAttribute{l.GetName(), otlpValue{l.GetValue()}})
			}
			m.Gauge.DataPoints = append(m.Gauge.DataPoints, p)
		}
		scope.Metrics = append(scope.Metrics, m)
	}
	var resource otlpResource
	resource.Resource.Attributes = []otlpAttribute{{"service.name", otlpValue{namespace}}}
	resource.ScopeMetrics = []otlpScope{scope}
	return otlpRequest{[]otlpResource{resource}}
}
