package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// judge returns nil where a response has data, else an error that says what it is.
func (x *exchange) judge(res *http.Response, body []byte, c *call) error {
	switch s := res.StatusCode; {
	case s == http.StatusTooManyRequests, s == http.StatusRequestTimeout, s >= 500:
		return &StatusError{s, retryAfter(res.Header.Get("Retry-After"), time.Now())}
	case s >= 300 && s < 400:
		return &ForeignError{fmt.Sprintf("a redirect (HTTP %d)%s", s, target(res))}
	}
	var answer struct {
		Data   map[string]present `json:"data"`
		Errors []json.RawMessage  `json:"errors"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return x.notJSON(res, body, err)
	}
	if res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden {
		return &StatusError{res.StatusCode, -1}
	}
	c.viewer = bool(answer.Data[viewerField])
	if len(answer.Errors) > 0 {
		e := &AnswerError{Messages: x.messages(answer.Errors), partial: anyData(answer.Data)}
		if !e.partial {
			return e
		}
		c.partial = e
		return nil
	}
	if res.StatusCode != http.StatusOK {
		return &StatusError{res.StatusCode, -1}
	}
	if answer.Data == nil {
		return &ForeignError{"JSON without data and errors"}
	}
	return nil
}

func (x *exchange) notJSON(res *http.Response, body []byte, err error) error {
	contentType := res.Header.Get("Content-Type")
	isJSON := strings.Contains(contentType, "json") || strings.HasPrefix(strings.TrimSpace(string(body[:min(len(body), 64)])), "{")
	switch {
	case res.StatusCode != http.StatusOK:
		return &StatusError{res.StatusCode, -1}
	case isJSON:
		return &BrokenError{fmt.Errorf("the answer of %d bytes isn't whole: %w", len(body), err)}
	}
	what := fmt.Sprintf("%d bytes of %s", len(body), x.clean(cmp.Or(contentType, "unknown type")))
	if title := titlePattern.FindSubmatch(body[:min(len(body), 4096)]); title != nil {
		what = fmt.Sprintf("a page titled %q", x.clean(string(title[1])))
	}
	return &ForeignError{what}
}

var titlePattern = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func (x *exchange) messages(errs []json.RawMessage) []message {
	list := make([]message, len(errs))
	for i, raw := range errs {
		if json.Unmarshal(raw, &list[i]) != nil && list[i].Text == "" {
			list[i].Text = string(raw)
		}
		list[i].Text = x.clean(list[i].Text)
	}
	return list
}

// present reports whether a JSON value is there and not null, without keeping it.
type present bool

// UnmarshalJSON implements [json.Unmarshaler].
func (p *present) UnmarshalJSON(b []byte) error {
	*p = string(b) != "null"
	return nil
}

// anyData reports whether one of a response's root fields has a value. The viewer, who is always asked for, isn't counted.
func anyData(data map[string]present) bool {
	for field, there := range data {
		if bool(there) && field != viewerField {
			return true
		}
	}
	return false
}

// target says where a redirect leads, without what could be secret in it.
func target(res *http.Response) string {
	u, err := url.Parse(res.Header.Get("Location"))
	if err != nil || u.Host == "" {
		return ""
	}
	return " to " + u.Scheme + "://" + u.Host + u.Path
}
