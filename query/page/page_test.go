package page

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"liftgraph/internal/dataset"
	"liftgraph/query/trace"
)

const hostile = "<script>alert(1)</script>\u202e\u2028\x1b[2J\"'><img src=x onerror=alert(1)>{{.}}"

// answer has hostile text wherever users may type.
func answer(events int) *trace.Answer {
	prod := []trace.Space{{ID: "root", Name: hostile}, {ID: "prod", Name: hostile}}
	ada := trace.User{ID: "ada" + hostile, Name: hostile}
	run := trace.Run{
		ID: "01M7B6WRR2SHTT9YBY5JMATC7M", CreatedAt: 1700000000, PlannedAt: 1700000035, WaitingAt: 1700000064, ConfirmedAt: 1700010000, AppliedAt: 1700010020, FinishedAt: 1700010075,
		URL: "https://acme.app.spacelift.io/stack/web/run/1", Stack: &trace.Stack{ID: "web", Name: hostile, Space: prod},
		Affected:    []trace.Affected{{Instance: "i-1", Entity: true, ResolvedBy: "digest+arn"}},
		Commit:      &trace.Commit{SHA: "0123456789abcdef", Message: hostile, Timestamp: "2023-11-14T22:00:00Z", URL: "javascript:alert(1)", AuthorLogin: hostile, AuthorName: hostile},
		ConfirmedBy: []trace.Confirmation{{User: ada, At: 1700010000, Role: "READ", ReadOnly: true, Space: prod}},
		Workers:     []trace.Worker{{ID: "W1", Phases: []string{"plan"}, Hosts: []string{"i-9"}, Pool: &trace.Pool{ID: "P", Name: hostile}}, {ID: "W2", Phases: []string{"apply"}}},
	}
	s := trace.Subject{Kind: trace.KindInstance, ID: "i-1", Runs: []trace.Run{run}, Unknown: []string{"calls by others weren't read"}}
	s.Timeline = append(s.Timeline, trace.Event{Time: "2023-11-14T22:00:00Z", Kind: trace.CommitWritten, Who: hostile, What: hostile, ID: "0123456789abcdef", Source: "git"})
	for i := range events {
		at := time.Unix(1700010021+int64(i), 0).UTC().Format(time.RFC3339)
		s.Timeline = append(s.Timeline, trace.Event{Time: at, Kind: trace.APICall, What: "RunInstances on i-1", Who: "run", Run: run.ID, ID: fmt.Sprint("event", i), Source: "cloudtrail"})
	}
	s.Timeline = append(s.Timeline, trace.Event{Time: "2023-11-15T23:31:00Z", Kind: trace.AuditEvent, Who: hostile, What: "audit_trail_webhook.delete " + hostile, SecuritySignal: true, Source: "audit-trail"})
	return &trace.Answer{
		Asked: hostile, Directory: "/data/parquet", Accounts: []string{"acme"}, UpdateTag: 1700000000, AsOf: time.Unix(1700000000, 0), ManifestSHA256: strings.Repeat("ab", 32),
		Answers: []trace.Subject{s}, Incomplete: []dataset.Scope{{Scope: "runs", Stack: hostile, Reason: hostile}},
	}
}

func render(t testing.TB, a *trace.Answer) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, a, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// walk calls f for every element of a page.
func walk(t testing.TB, text string, f func(*html.Node, map[string]string)) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			attributes := map[string]string{}
			for _, a := range n.Attr {
				attributes[a.Key] = a.Val
			}
			f(n, attributes)
		}
	}
}

// What users typed is text: no element, attribute or address of theirs, and nothing that turns the text around.
func TestHostile(t *testing.T) {
	page := render(t, answer(3))
	for _, bad := range []string{"\u202e", "\u2028", "\x1b", "javascript:"} {
		// The JSON of the answer escapes what it holds.
		if strings.Contains(page, bad) && bad != "javascript:" {
			t.Errorf("the page has %q", bad)
		}
	}
	scripts := 0
	walk(t, page, func(n *html.Node, attributes map[string]string) {
		switch n.Data {
		case "script":
			scripts++
		case "img", "iframe", "object", "embed", "base", "link":
			t.Errorf("the page has a %s", n.Data)
		}
		for key, value := range attributes {
			if strings.HasPrefix(key, "on") || key == "style" || key == "src" {
				t.Errorf("%s has the attribute %s=%q", n.Data, key, value)
			}
			if key == "href" && !strings.HasPrefix(value, "#") && !strings.HasPrefix(value, "https://") {
				t.Errorf("a link to %q", value)
			}
		}
	})
	if scripts != 1 {
		t.Errorf("%d scripts, want the program's own", scripts)
	}
}

// Every section is there, every link of a sentence leads to a row, and every id is one element's.
func TestSections(t *testing.T) {
	page := render(t, answer(3))
	sections, ids, hrefs := "", map[string]int{}, []string{}
	walk(t, page, func(n *html.Node, attributes map[string]string) {
		if s := attributes["data-section"]; s != "" {
			sections += s + " "
		}
		if id := attributes["id"]; id != "" {
			ids[id]++
		}
		if strings.HasPrefix(attributes["href"], "#") {
			hrefs = append(hrefs, attributes["href"][1:])
		}
		if n.Data == "input" && attributes["type"] == "search" && attributes["id"] == "" && n.Parent.Data != "label" {
			t.Error("an input without a name")
		}
	})
	if sections != "sentence freshness timeline graph evidence " {
		t.Errorf("sections: %s", sections)
	}
	for id, n := range ids {
		if n != 1 {
			t.Errorf("the id %s is there %d times", id, n)
		}
	}
	for _, h := range hrefs {
		if ids[h] == 0 {
			t.Errorf("a link to #%s, which isn't there", h)
		}
	}
	for _, want := range []string{
		"with READ only", "waited 2 h 46 min", "Security signal", "Incomplete.", strings.Repeat("ab", 32), "planned", "applied",
		"two digests, of the id and of the ARN", "Not known: calls by others", "MATCH (run:SpaceliftRun)", "read_parquet(", "liftgraph trace i-1",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// Ten thousand events are a page whose pictures are bounded, and whose table lays 500 rows out.
func TestManyEvents(t *testing.T) {
	page := render(t, answer(10_000))
	marks, rows := 0, 0
	walk(t, page, func(n *html.Node, attributes map[string]string) {
		if strings.HasPrefix(attributes["class"], "mark ") {
			marks++
		}
		if n.Data == "tr" && attributes["data-kind"] != "" {
			rows++
		}
	})
	if marks > most+10 || rows != 10_002 {
		t.Errorf("%d marks and %d rows", marks, rows)
	}
	if len(render(t, answer(3))) > 300<<10 {
		t.Error("a small page is larger than 300 KB")
	}
}

// At most 60 things are drawn; the others are counted.
func TestManyThings(t *testing.T) {
	a := answer(0)
	for i := range 100 {
		a.Answers[0].Runs[0].Affected = append(a.Answers[0].Runs[0].Affected, trace.Affected{Instance: fmt.Sprint("i-", i)})
	}
	v := newView(a, Options{})
	if g := v.Subjects[0].Graph; len(g.Nodes) != mostNodes || g.More == 0 {
		t.Errorf("%d nodes, %d more", len(g.Nodes), g.More)
	}
}

// A resource is drawn with the runs that changed it, and its question is there in Cypher.
func TestResource(t *testing.T) {
	a := answer(1)
	s := &a.Answers[0]
	s.Kind, s.ID, s.Resource = trace.KindResource, "arn:aws:s3:::logs", &trace.Resource{Name: hostile}
	s.Touched = []trace.Touched{{Run: s.Runs[0].ID, Calls: []string{"PutBucketPolicy"}}, {Actor: "someone"}}
	v := newView(a, Options{Served: true}).Subjects[0]
	own := false
	for _, n := range v.Graph.Nodes {
		own = own || n.Own && n.Kind == "resource" && n.ID == s.ID
	}
	if !own || v.Links[0].Label != "affected" || v.Links[0].To.Href != "/trace/arn:aws:s3:::logs?kind=resource" {
		t.Errorf("the resource isn't drawn: %+v", v.Links[0])
	}
	if page := render(t, a); !strings.Contains(page, "(resource:AWSResource {id: &#39;arn:aws:s3:::logs&#39;})") || strings.Contains(page, "<script>alert") {
		t.Error("the question isn't there in Cypher")
	}
}

// Changes outside of runs are drawn, of a resource and of an instance, with who made them, and can't bring markup in.
func TestOutsideChanges(t *testing.T) {
	for _, kind := range []trace.Kind{trace.KindResource, trace.KindInstance} {
		a := answer(1)
		s := &a.Answers[0]
		s.Kind, s.ID = kind, "i-046d87f24fb0ca530"
		s.Touched = []trace.Touched{{Actor: "arn:aws:iam::111122223333:root", Name: hostile, Via: "console", Calls: []string{"StopInstances", hostile}, Carried: trace.Carried{CarriedOverFrom: 1700000000}}}
		v := newView(a, Options{Served: true}).Subjects[0]
		i := slices.IndexFunc(v.Links, func(l link) bool { return l.From.Kind == "actor" })
		if i < 0 || v.Links[i].Label != "changed" || v.Links[i].To.ID != s.ID || v.Links[i].From.Href != "" ||
			!strings.Contains(v.Links[i].How, "outside of runs: StopInstances, ") || !strings.Contains(v.Links[i].How, "via console; carried over, last read") {
			t.Fatalf("%s: %+v", kind, v.Links)
		}
		if !slices.ContainsFunc(v.Graph.Nodes, func(n nodeBox) bool { return n.Kind == "actor" && n.layer == 0 }) ||
			!slices.ContainsFunc(v.Graph.Edges, func(e edgeLine) bool { return e.Class == "edge e-actor" && e.Label == "changed" }) {
			t.Errorf("%s: the change isn't drawn: %+v", kind, v.Graph.Edges)
		}
		page := render(t, a)
		if strings.Contains(page, "<script>alert") || !strings.Contains(page, `class="n-actor"`) {
			t.Errorf("%s: markup, or no legend", kind)
		}
	}
}

func TestSpan(t *testing.T) {
	for want, d := range map[string]time.Duration{"less than a minute": 20 * time.Second, "4 h 4 min": 4*time.Hour + 4*time.Minute, "2 d 7 h": 55*time.Hour + 20*time.Minute, "3 min": 3 * time.Minute} {
		if got := span(d); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}
