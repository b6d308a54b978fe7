package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/athena"
)

func TestConfigSaysWhatIsWrong(t *testing.T) {
	day := time.Date(2026, 11, 13, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		change func(*Config)
		expect string
	}{
		"no table":         {func(c *Config) { c.Table = "" }, "--engine-table"},
		"empty part":       {func(c *Config) { c.Table = "audit..logs" }, "is no table's name"},
		"line break":       {func(c *Config) { c.Table = "audit.lo\ngs" }, "is no table's name"},
		"too many parts":   {func(c *Config) { c.Table = "a.b.c.d" }, "too many parts"},
		"no output":        {func(c *Config) { c.Output = "" }, "--engine-output"},
		"output elsewhere": {func(c *Config) { c.Output = "/tmp/x" }, "s3://bucket/prefix"},
		"no bucket":        {func(c *Config) { c.Output = "s3:///x" }, "s3://bucket/prefix"},
		"no time":          {func(c *Config) { c.From, c.To = day, day.AddDate(0, 0, -1) }, "no time at all"},
		"no engine":        {func(c *Config) { c.Engine = "presto" }, "athena or trino"},
		"no client":        {func(c *Config) { c.Athena.Client = nil }, "no client"},
		"no database":      {func(c *Config) { c.Table = "logs" }, "write database.logs"},
		"no server":        {func(c *Config) { c.Engine = Trino }, "--trino-uri"},
		"no address":       {byTrino("trino.example.com", ""), "is written https://user@host"},
		"no user":          {byTrino("https://trino.example.com", ""), "names no user"},
		"shown password":   {byTrino("https://ann:s3cret@trino.example.com", ""), "--trino-password-env-var"},
		"open password":    {byTrino("http://ann@trino.example.com", "s3cret"), "by https only"},
		"broken address":   {byTrino("https://ann:s3cret@trino.example.com:port", ""), "is written https://user@host"},
		"broken option":    {byTrino("https://ann@trino.example.com?query_timeout=s3cret", "s3cret"), "query_timeout"},
		"no schema":        {func(c *Config) { byTrino("https://ann@trino.example.com/hive", "")(c); c.Table = "logs" }, "lacks its catalog or schema"},
	} {
		t.Run(name, func(t *testing.T) {
			config := Config{Engine: Athena, Table: "audit.logs", Output: "s3://results", Athena: AthenaConfig{Client: athena.New(athena.Options{})}}
			c.change(&config)
			_, err := Run(t.Context(), config)
			if err == nil || !strings.Contains(err.Error(), c.expect) {
				t.Fatalf("got %v, expected %q in it", err, c.expect)
			}
			if strings.Contains(err.Error(), "s3cret@") {
				t.Errorf("the password is shown: %v", err)
			}
		})
	}
}

func byTrino(uri, password string) func(*Config) {
	return func(c *Config) {
		c.Engine, c.Trino = Trino, TrinoConfig{URI: uri, Password: password}
	}
}

func TestResultTableGoesWhereItMay(t *testing.T) {
	for _, c := range []struct{ table, uri, expect string }{
		{"hive.audit.logs", "https://ann@trino", `"hive"."audit"."liftgraph_1"`},
		{"lake.audit.logs", "https://ann@trino/hive/scratch", `"hive"."scratch"."liftgraph_1"`},
		{"audit.logs", "https://ann@trino/hive", `"hive"."audit"."liftgraph_1"`},
		{"logs", "https://ann@trino/hive/audit", `"hive"."audit"."liftgraph_1"`},
		{`lo"gs`, `https://ann@trino/hive/au"dit`, `"hive"."au""dit"."liftgraph_1"`},
	} {
		x, err := newTrino(&Config{Engine: Trino, Table: c.table, Trino: TrinoConfig{URI: c.uri}})
		if err != nil {
			t.Fatal(err)
		}
		if got := x.resultTable("liftgraph-1").sql(); got != c.expect {
			t.Errorf("%s by %s: got %s", c.table, c.uri, got)
		}
	}
}

func TestUnfitTablesAreNamed(t *testing.T) {
	for expect, columns := range map[string][]column{
		"no column useridentity":      textColumns("eventid", "eventtime", "eventname"),
		"neither a column eventid":    textColumns("a", "b"),
		"has no column eventtime":     {inArray("records", textColumns("eventid", "useridentity", "eventname"))},
		"no column the_day":           textColumns("eventid", "eventtime", "eventname", "useridentity"),
		"nor a single column of text": {{name: "n", typ: "integer"}},
	} {
		c := Config{Table: "audit.logs", DateColumn: "the_day", From: time.Now()}
		_, err := c.selection(columns)
		if err == nil || !strings.Contains(err.Error(), expect) || !strings.Contains(err.Error(), "audit.logs") {
			t.Errorf("got %v, expected %q in it", err, expect)
		}
	}
}
