package api

import (
	"bytes"
	"io"
	"net/http"
)

// Recorder keeps the answers of an extraction that may be killed, so that the next one needn't ask for them again.
type Recorder interface {
	// Recall returns the recorded answer to a request, given as it is sent; false where there is none, or it was recalled before.
	Recall(request []byte) (answer []byte, ok bool, err error)
	// Record keeps an answer.
	Record(request, answer []byte) error
}

// recalling answers from a recorder where that has an answer, and records those that are whole.
type recalling struct {
	next     http.RoundTripper // paced and repeated
	exchange *exchange
	recorder Recorder
}

func (r *recalling) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	request, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	answer, known, err := r.recorder.Recall(request)
	if err != nil {
		return nil, err
	}
	c := callOf(req.Context())
	if known {
		res := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(answer)), Request: req}
		c.bytes, c.partial, c.viewer = len(answer), nil, false
		if err := r.exchange.judge(res, answer, c); err != nil {
			return nil, err
		}
		r.exchange.stats.Requests.Add(1) // as if it had been sent now: what is published doesn't depend on it
		r.exchange.stats.Bytes.Add(int64(len(answer)))
		return res, nil
	}
	res, err := r.next.RoundTrip(req)
	if err != nil || c.partial != nil || !c.viewer {
		return res, err
	}
	if answer, err = io.ReadAll(res.Body); err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(answer))
	return res, r.recorder.Record(request, answer)
}
