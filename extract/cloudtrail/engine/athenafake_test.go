package engine

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/athena"
)

// athenaServer speaks as much of Athena's protocol as is used. What a query does is up to run.
type athenaServer struct {
	tables  map[string]object                                     // TableMetadata by database.table
	run     func(statement string) (scanned int64, reason string) // a reason: the query failed for it
	states  []string                                              // what a query goes through before it ends
	endless bool                                                  // it doesn't end
	refuse  func(operation string, n int) *awsError               // of the n-th request of this operation; nil: answer it

	mu       sync.Mutex
	counts   map[string]int
	started  object // the last StartQueryExecution
	polls    int
	stopped  bool
	scanned  int64
	reason   string
	endState string
}

type object = map[string]any

type awsError struct {
	status        int
	code, message string
}

func (s *athenaServer) start(t *testing.T) *athena.Client {
	t.Helper()
	s.counts = map[string]int{}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return athena.New(athena.Options{
		BaseEndpoint: &web.URL, Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("AKIA1", "secret", ""),
		HTTPClient: web.Client(),
		Retryer:    retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = 1 }),
	})
}

func (s *athenaServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	s.counts[operation]++
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	var in object
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		panic(err)
	}
	if s.refuse != nil {
		if e := s.refuse(operation, s.counts[operation]); e != nil {
			w.WriteHeader(e.status)
			_ = json.NewEncoder(w).Encode(object{"__type": e.code, "message": e.message})
			return
		}
	}
	_ = json.NewEncoder(w).Encode(s.answer(operation, in))
}

func (s *athenaServer) answer(operation string, in object) object {
	switch operation {
	case "GetTableMetadata":
		return object{"TableMetadata": s.tables[fmt.Sprintf("%s.%s", in["DatabaseName"], in["TableName"])]}
	case "StartQueryExecution":
		s.started, s.endState = in, "SUCCEEDED"
		if s.run != nil {
			if s.scanned, s.reason = s.run(in["QueryString"].(string)); s.reason != "" {
				s.endState = "FAILED"
			}
		}
		return object{"QueryExecutionId": "3f9a2c1e-0000"}
	case "GetQueryExecution":
		state := s.endState
		if s.polls < len(s.states) {
			state = s.states[s.polls]
			s.polls++
		} else if s.endless {
			state = "RUNNING"
		}
		return object{"QueryExecution": object{
			"QueryExecutionId": in["QueryExecutionId"],
			"Status":           object{"State": state, "StateChangeReason": s.reason, "AthenaError": object{"Retryable": strings.Contains(s.reason, "internal")}},
			"Statistics":       object{"DataScannedInBytes": s.scanned},
		}}
	case "StopQueryExecution":
		s.stopped = true
		return object{}
	}
	panic("no such operation: " + operation)
}

// cloudtrailTable is the metadata of a table like that of AWS's documentation.
func cloudtrailTable(columns []column, parameters map[string]string) object {
	var data, partitions []any
	for _, c := range columns {
		described := object{"Name": c.name, "Type": c.typ}
		if c.partition {
			partitions = append(partitions, described)
		} else {
			data = append(data, described)
		}
	}
	return object{"Name": "cloudtrail_logs", "Columns": data, "PartitionKeys": partitions, "Parameters": parameters}
}
