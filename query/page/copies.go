package page

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"liftgraph/query/trace"
)

// mostJSON bounds the JSON that a page holds, in bytes.
const mostJSON = 128 << 10

// copies returns the question as a command, as Cypher and as SQL, and the answer as JSON.
func copies(a *trace.Answer, s *trace.Subject, o Options) []copyText {
	dir := cmp.Or(o.Dir, a.Directory)
	id := trace.Printable(s.ID)
	list := []copyText{{"Command", "liftgraph trace " + shell(id) + " " + shell(dir) + " --kind " + string(s.Kind) + " --timeline"}}
	if q := cypher[s.Kind]; q != "" {
		list = append(list, copyText{"Cypher", strings.ReplaceAll(q, "$id", "'"+strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(id)+"'")})
	}
	if q := sql[s.Kind]; q != "" {
		quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
		list = append(list, copyText{"SQL", strings.NewReplacer("$id", quote(id), "$runs", quote(dir+"/nodes/SpaceliftRun/*.parquet"), "$affected", quote(dir+"/relationships/SpaceliftRun_AFFECTED_EC2Instance/*.parquet")).Replace(q)})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(s); err == nil && b.Len() <= mostJSON {
		list = append(list, copyText{"JSON", trace.EscapeJSON(b.String())})
	}
	return list
}

// shell quotes an argument.
func shell(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@+=") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

const around = `
OPTIONAL MATCH (commit:SpaceliftGitCommit)-[:COMMITTED]->(run)
OPTIONAL MATCH (confirmer:SpaceliftUser)-[confirmed:CONFIRMED]->(run)
OPTIONAL MATCH (worker:SpaceliftWorker)-[executed:EXECUTED]->(run)
RETURN * ORDER BY run.created_at DESC LIMIT 100`

var cypher = map[trace.Kind]string{
	trace.KindInstance: "MATCH (run:SpaceliftRun)-[affected:AFFECTED]->(instance:EC2Instance {id: $id})" + around,
	trace.KindResource: "MATCH (run:SpaceliftRun)-[affected:AFFECTED]->(resource:AWSResource {id: $id})" + around,
	trace.KindRun:      "MATCH (run:SpaceliftRun {id: $id})\nOPTIONAL MATCH (run)-[affected:AFFECTED]->(resource)" + around,
	trace.KindCommit:   "MATCH (:SpaceliftGitCommit {id: $id})-[:COMMITTED]->(run:SpaceliftRun)" + around,
	trace.KindStack:    "MATCH (stack:SpaceliftStack {id: $id})-[:GENERATED]->(run:SpaceliftRun)" + around,
	trace.KindUser:     "MATCH (user:SpaceliftUser {id: $id})-[did:TRIGGERED|CONFIRMED]->(run:SpaceliftRun)" + around,
	trace.KindWorker:   "MATCH (:SpaceliftWorker {id: $id})-[:EXECUTED]->(run:SpaceliftRun)" + around,
	trace.KindSpace:    "MATCH (space:SpaceliftSpace {id: $id})-[:CONTAINS]->(stack:SpaceliftStack)\nRETURN * LIMIT 100",
}

var sql = map[trace.Kind]string{
	trace.KindInstance: "SELECT a.*, r.run_type, r.state, r.commit_sha, r.stack_id\nFROM read_parquet($affected) a JOIN read_parquet($runs) r ON r.id = a.start_id\nWHERE a.end_id = $id ORDER BY a.event_time",
	trace.KindRun:      "SELECT * FROM read_parquet($runs) WHERE id = $id",
	trace.KindCommit:   "SELECT * FROM read_parquet($runs) WHERE commit_sha = $id ORDER BY created_at",
	trace.KindStack:    "SELECT * FROM read_parquet($runs) WHERE stack_id = $id ORDER BY created_at DESC LIMIT 100",
	trace.KindUser:     "SELECT * FROM read_parquet($runs) WHERE triggered_by_user_id = $id ORDER BY created_at DESC LIMIT 100",
}
