package browsertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"time"
)

// hostile is what a commit's message is replaced by: markup, scripts, text turned around, line separators, a terminal's commands.
const hostile = "<script>window.pwned=1</script><img src=x onerror='window.pwned=1'>\"'>\u202eevil\u2066\u2028\u2029\x1b[31m{{.}} javascript:window.pwned=1 </style></title></textarea>"

// replaced are the sample's texts that become hostile.
var replaced = map[string]string{
	"Open 22/tcp to 0.0.0.0/0 on the bastion while the VPN is down": hostile,
	"Dana Reyes":  "Dana " + hostile,
	"space-admin": "admin " + hostile,
	"payments":    hostile,
	"https://github.com/acme-corp/infra-payments/commit/5fc7e38bffe00ca46add89145464a2eaf759d5c2": "javascript:window.pwned=1//",
}

// rewrite passes requests on and replaces texts in the responses.
func rewrite(endpoint string) http.Handler {
	to, err := url.Parse(endpoint)
	if err != nil {
		panic(err)
	}
	p := httputil.NewSingleHostReverseProxy(to)
	director := p.Director
	p.Director = func(r *http.Request) {
		director(r)
		r.URL.Path = to.Path
		r.Header.Del("Accept-Encoding")
	}
	p.ModifyResponse = func(r *http.Response) error {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		for from, with := range replaced {
			old, _ := json.Marshal(from)
			now, _ := json.Marshal(with)
			b = bytes.ReplaceAll(b, old, now)
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
		r.Header.Set("Content-Length", strconv.Itoa(len(b)))
		return nil
	}
	return p
}

// calls returns so many API calls of the run's session, as CloudTrail delivers them.
func calls(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"Records":[`)
	began := time.Date(2026, 11, 13, 23, 47, 20, 0, time.UTC)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:%[1]s@payments-prod@acme-corp","arn":"arn:aws:sts::111122223333:assumed-role/spacelift-deploy/%[1]s@payments-prod@acme-corp","accountId":"111122223333"},`+
			`"eventTime":"%[2]s","eventSource":"ec2.amazonaws.com","eventName":"ModifyInstanceAttribute","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.1","requestParameters":{"instanceId":"%[3]s"},"responseElements":{"_return":true},`+
			`"requestID":"r%[4]d","eventID":"00000000-0000-4000-8000-%012[4]d","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}`,
			run, began.Add(time.Duration(i)*100*time.Millisecond).Format(time.RFC3339), incident, i)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}
