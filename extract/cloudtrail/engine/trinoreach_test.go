package engine

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTrinoThatDoesNotAnswerIsGivenUp(t *testing.T) {
	c := Config{Engine: Trino, Table: "hive.audit.logs", Output: "s3://results", Trino: TrinoConfig{URI: "http://ann@127.0.0.1:1?request_retry_timeout=300ms"}}
	for name, run := range map[string]func() error{
		"run":     func() error { _, err := Run(t.Context(), c); return err },
		"dry run": func() error { _, _, err := DryRun(t.Context(), c); return err },
	} {
		if err := run(); err == nil || !strings.Contains(err.Error(), "the columns of hive.audit.logs") || !strings.Contains(err.Error(), "check --trino-uri") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTrinoGetsThePasswordAndNobodyElse(t *testing.T) {
	var user, password, source string
	web := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ = r.BasicAuth()
		source = r.Header.Get("X-Trino-Source")
		http.Error(w, "Invalid credentials", http.StatusUnauthorized)
	}))
	defer web.Close()
	c := Config{Engine: Trino, Table: "logs", Output: "s3://results", Trino: TrinoConfig{
		URI: "https://ann@" + web.Listener.Addr().String() + "/hive/audit?SSLVerification=NONE", Password: "s3cr/t"}}
	_, err := Run(t.Context(), c)
	if user != "ann" || password != "s3cr/t" || source != "liftgraph" {
		t.Errorf("got %q, %q, %q", user, password, source)
	}
	if err == nil || !strings.Contains(err.Error(), "check the user in --trino-uri and the password") || strings.Contains(err.Error(), "s3cr") {
		t.Errorf("got %v", err)
	}
}
