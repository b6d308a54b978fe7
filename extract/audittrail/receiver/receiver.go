// Package receiver takes what Spacelift's audit trail sends to a webhook: it checks who signed a body, and acknowledges it when the
// spool has made it durable.
//
// Nothing of a body is looked at before its signature was found to be right, and nothing of a body, a header or a secret gets into logs,
// answers or metrics, but for what [Receiver] says of security signals.
package receiver

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"liftgraph/extract/audittrail/payload"
	"liftgraph/extract/audittrail/spool"
	"liftgraph/extract/spacelift"
)

// The paths beside that of the webhook.
const (
	HealthPath  = "/healthz"
	MetricsPath = "/metrics"
)

// Config says what a receiver accepts, and where it goes.
type Config struct {
	Secrets       []spacelift.Secret // the current one, and the previous one while it is being replaced
	AllowSHA1     bool               // accept X-Signature where there is no X-Signature-256
	Path          string             // of the webhook; "": /
	MaxBody       int64              // bytes; 0: 8 MiB. All bodies that are being received together may have four times as many
	MaxConcurrent int                // deliveries that are taken at a time; 0: 256
	StatusApart   bool               // health and metrics are answered by [Receiver.Status] alone, not beside the webhook
	Spool         *spool.Spool
	Metrics       *Metrics
	Log           *slog.Logger
}

// patience is how long a delivery waits for the disk.
const patience = 30 * time.Second

// errSlowDisk is why a delivery stopped waiting.
var errSlowDisk = errors.New("the disk took too long")

// Receiver answers deliveries at one path, and says at two others how it is. It logs each security signal (see [Metrics]) with its action, actor
// and time, and now and then why deliveries are refused.
type Receiver struct {
	cfg     Config
	keys    keys
	slots   chan struct{}
	memory  budget
	seldom  seldom
	metrics http.Handler
}

// New makes a receiver.
func New(cfg Config) *Receiver {
	cfg.Path = cmp.Or(cfg.Path, "/")
	cfg.MaxBody = cmp.Or(cfg.MaxBody, 8<<20)
	cfg.MaxConcurrent = cmp.Or(cfg.MaxConcurrent, 256)
	r := &Receiver{
		cfg: cfg, keys: keys{cfg.Secrets, cfg.AllowSHA1}, slots: make(chan struct{}, cfg.MaxConcurrent),
		seldom: seldom{log: cfg.Log}, metrics: cfg.Metrics.handler(),
	}
	r.memory.left.Store(4 * cfg.MaxBody)
	return r
}

// ServeHTTP implements [http.Handler].
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case req.URL.Path == r.cfg.Path:
		result, err := r.deliver(w, req)
		r.cfg.Metrics.deliveries.WithLabelValues(string(result)).Inc()
		if result != accepted && result != duplicate {
			r.seldom.refused(result, req.RemoteAddr, err)
		}
		answer(w, result)
	case r.cfg.StatusApart:
		http.NotFound(w, req)
	default:
		r.status(w, req)
	}
}

// Status answers at [HealthPath] and [MetricsPath].
func (r *Receiver) Status() http.Handler { return http.HandlerFunc(r.status) }

func (r *Receiver) status(w http.ResponseWriter, req *http.Request) {
	switch req.URL.Path {
	case HealthPath:
		r.health(w)
	case MetricsPath:
		r.metrics.ServeHTTP(w, req)
	default:
		http.NotFound(w, req)
	}
}

// deliver takes a delivery. The error, where there is one, says more about the result.
func (r *Receiver) deliver(w http.ResponseWriter, req *http.Request) (result, error) {
	if refusal := r.header(req); refusal != "" {
		return refusal, nil
	}
	signed, ok := r.keys.signature(req.Header)
	if !ok {
		return unauthorized, nil
	}
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	default:
		return overloaded, nil
	}
	body, release, refusal, err := r.read(w, req)
	defer release()
	if refusal != "" {
		return refusal, err
	}
	key, ok := r.keys.verify(signed, body)
	if !ok {
		return unauthorized, nil
	}
	r.cfg.Metrics.signatures.WithLabelValues(key).Inc()
	p, err := payload.Parse(body)
	if err != nil {
		return malformed, err
	}
	return r.keep(req.Context(), p)
}

// header returns what is wrong with a delivery before its body is read, or "".
func (r *Receiver) header(req *http.Request) result {
	switch {
	case req.Method != http.MethodPost:
		return wrongMethod
	case !isJSON(req.Header):
		return wrongType
	case req.ContentLength > r.cfg.MaxBody:
		return tooLarge
	}
	return ""
}

// keep puts an event into the spool.
func (r *Receiver) keep(ctx context.Context, p payload.Payload) (result, error) {
	waiting, cancel := context.WithTimeoutCause(ctx, patience, errSlowDisk)
	defer cancel()
	again, err := r.cfg.Spool.Append(waiting, p)
	switch {
	case err != nil && ctx.Err() != nil:
		return aborted, err
	case err != nil:
		return unavailable, err
	case again:
		return duplicate, nil
	}
	if r.cfg.Metrics.kept(p) {
		r.cfg.Log.Warn("security signal: the audit trail's own webhook was changed", "action", p.Action, "actor", p.Actor[:min(len(p.Actor), maxActor)], "time", time.UnixMilli(p.Time).UTC())
	}
	return accepted, nil
}

// maxActor bounds what is logged of an actor, in bytes.
const maxActor = 200

// health reports whether deliveries can be kept.
func (r *Receiver) health(w http.ResponseWriter) {
	if err := r.cfg.Spool.Check(); err != nil {
		r.seldom.refused(unavailable, "", err)
		answer(w, unavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// answer reports to the sender what came of a delivery, and no more than it may know.
func answer(w http.ResponseWriter, r result) {
	a := answers[r]
	if a.allow != "" {
		w.Header().Set("Allow", a.allow)
	}
	if a.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(a.retryAfter))
	}
	if a.status == http.StatusNoContent {
		w.WriteHeader(a.status)
		return
	}
	http.Error(w, a.text, a.status)
}
