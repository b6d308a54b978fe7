package engine

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func athenaConfig(t *testing.T, s *athenaServer) Config {
	t.Helper()
	if s.tables == nil {
		s.tables = map[string]object{"audit.cloudtrail_logs": cloudtrailTable(documented, map[string]string{
			"projection.enabled": "true", "projection.timestamp.type": "date", "projection.timestamp.format": "yyyy/MM/dd"})}
	}
	return Config{
		Engine: Athena, Table: "audit.cloudtrail_logs", Output: "s3://results/liftgraph/",
		From:   time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC),
		Athena: AthenaConfig{Client: s.start(t), Workgroup: "audit"},
	}
}

func TestAthenaRunsAQuery(t *testing.T) {
	s := &athenaServer{
		states: []string{"QUEUED", "RUNNING"},
		run:    func(string) (int64, string) { return 3 << 40, "" },
		refuse: func(operation string, n int) *awsError { // as an account does whose other users are busy
			if operation == "GetQueryExecution" && n%2 == 1 || n == 1 {
				return &awsError{http.StatusBadRequest, "TooManyRequestsException", "Rate exceeded"}
			}
			return nil
		},
	}
	r, err := Run(t.Context(), athenaConfig(t, s))
	if err != nil {
		t.Fatal(err)
	}
	if r.QueryID != "3f9a2c1e-0000" || r.Bytes != 3<<40 || r.Rows != -1 || r.Cost != "Athena scanned 3.3 TB: about $15.00 at $5 a TB" {
		t.Errorf("got %+v", r)
	}
	if !strings.HasPrefix(r.Location, "s3://results/liftgraph/liftgraph-20") || !strings.HasSuffix(r.Location, "/data/") {
		t.Errorf("got location %s", r.Location)
	}
	if s.started["QueryString"] != r.Statement || !strings.Contains(r.Statement, "TO '"+r.Location+"'") || !strings.Contains(r.Statement, `t."timestamp" >= '2026/11/03'`) {
		t.Errorf("got statement %s", r.Statement)
	}
	if own := s.started["ResultConfiguration"].(object)["OutputLocation"]; own != strings.TrimSuffix(r.Location, "data/")+"query/" {
		t.Errorf("Athena writes its own files to %v", own)
	}
	where := s.started["QueryExecutionContext"].(object)
	if s.started["WorkGroup"] != "audit" || where["Catalog"] != "AwsDataCatalog" || where["Database"] != "audit" {
		t.Errorf("got %v", s.started)
	}
	if s.stopped {
		t.Error("a query that succeeded was cancelled")
	}
}

func TestAthenaFailuresSayWhatToDo(t *testing.T) {
	denied := &awsError{http.StatusBadRequest, "AccessDeniedException", "User: arn:aws:iam::661250075859:user/ann is not authorized to perform: athena:X"}
	for name, c := range map[string]struct {
		server *athenaServer
		expect []string
		stops  bool
	}{
		"may not see the table": {&athenaServer{refuse: refuse("GetTableMetadata", denied)}, []string{"the columns of audit.cloudtrail_logs", "not authorized", "docs/guide/engines.md"}, false},
		"no such table": {&athenaServer{refuse: refuse("GetTableMetadata", &awsError{http.StatusBadRequest, "MetadataException", "EntityNotFoundException: Entity Not Found"})},
			[]string{"check --engine-table"}, false},
		"may not start":  {&athenaServer{refuse: refuse("StartQueryExecution", denied)}, []string{"start the query", "docs/guide/engines.md"}, false},
		"may not write":  {failing("Access Denied: s3://results (Service: Amazon S3; Status Code: 403)"), []string{"query 3f9a2c1e-0000: failed: Access Denied", "docs/guide/engines.md"}, false},
		"scans too much": {failing("Query cancelled! : Bytes scanned limit was exceeded"), []string{"limit was exceeded", "--from and --to"}, false},
		"passing":        {failing("GENERIC_INTERNAL_ERROR: internal"), []string{"run again"}, false},
		"broken object":  {failing("HIVE_CURSOR_ERROR: incorrect header check"), []string{"can't be read", "--from and --to"}, false},
		"injected":       {failing("CONSTRAINT_VIOLATION: For the injected projected partition column account, the WHERE clause must contain only static equality conditions"), []string{"enum"}, false},
		"cancelled":      {&athenaServer{states: []string{"RUNNING", "CANCELLED"}, reason: "by ann"}, []string{"cancelled by someone else: by ann"}, false},
		"may not poll":   {&athenaServer{refuse: refuse("GetQueryExecution", denied)}, []string{"query 3f9a2c1e-0000", "not authorized", "docs/guide/engines.md"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.server
			_, err := Run(t.Context(), athenaConfig(t, s))
			if err == nil {
				t.Fatal("no error")
			}
			for _, e := range c.expect {
				if !strings.Contains(err.Error(), e) {
					t.Errorf("got %q, expected %q in it", err, e)
				}
			}
			if s.stopped != c.stops {
				t.Errorf("the query was cancelled: %v", s.stopped)
			}
		})
	}
}

func refuse(operation string, e *awsError) func(string, int) *awsError {
	return func(o string, _ int) *awsError {
		if o == operation {
			return e
		}
		return nil
	}
}

func failing(reason string) *athenaServer {
	return &athenaServer{run: func(string) (int64, string) { return 0, reason }}
}

func TestAthenaQueryEndsWithItsContext(t *testing.T) {
	for name, c := range map[string]struct {
		refuse func(string, int) *awsError
		expect string
	}{
		"cancelled":     {nil, "enough"},
		"not cancelled": {refuse("StopQueryExecution", &awsError{http.StatusBadRequest, "AccessDeniedException", "no"}), "may go on"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &athenaServer{states: []string{"QUEUED"}, endless: true, refuse: c.refuse}
			ctx, cancel := context.WithCancelCause(t.Context())
			enough := errors.New("enough")
			time.AfterFunc(500*time.Millisecond, func() { cancel(enough) })
			_, err := Run(ctx, athenaConfig(t, s))
			if !errors.Is(err, enough) || !strings.Contains(err.Error(), c.expect) {
				t.Errorf("got %v", err)
			}
			if s.counts["StopQueryExecution"] == 0 {
				t.Error("the query was not cancelled")
			}
		})
	}
}

func TestDryRunStartsNothing(t *testing.T) {
	s := new(athenaServer)
	statement, notes, err := DryRun(t.Context(), athenaConfig(t, s))
	if err != nil || len(notes) > 0 || !strings.HasPrefix(statement, "UNLOAD (\nSELECT eventid") {
		t.Errorf("got %s, %v, %v", statement, notes, err)
	}
	s = &athenaServer{refuse: refuse("GetTableMetadata", &awsError{http.StatusBadRequest, "AccessDeniedException", "no"})}
	guessed, notes, err := DryRun(t.Context(), athenaConfig(t, s))
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0], "AccessDenied") || !strings.HasPrefix(guessed, "UNLOAD (\nSELECT eventid") {
		t.Errorf("got %s, %v, %v", guessed, notes, err)
	}
	if s.counts["StartQueryExecution"] > 0 {
		t.Error("a query was started")
	}
}
