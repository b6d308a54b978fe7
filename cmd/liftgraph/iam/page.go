package iam

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what a token of Spacelift, or a user of Neo4j, must be allowed for a purpose.
type Role struct{ For, Needs, Else string }

// SpaceliftRoles are the roles of a token or API key in Spacelift.
var SpaceliftRoles = []Role{
	{"spaces, stacks, runs, worker pools", "Space Reader in the spaces to read; in root for all of them", "what it may not see is missing; edges to it are quarantined, e.g. `unknown_space`"},
	{"managed users, groups, API keys, roles", "Space Admin in a space", "the scope is incomplete (exit code 3): no HAS_ROLE_IN; users are those that triggered or confirmed a run"},
	{"`--audit-trail-api`", "Space Admin in root, on the Enterprise plan", "the scope `audit_trail_api` is incomplete"},
}

// Neo4jPrivileges are the least privileges of the database user, on Enterprise Edition. Community Edition has none to grant.
var Neo4jPrivileges = []Role{
	{"`--inventory-from-neo4j`", "`GRANT ACCESS ON DATABASE neo4j TO liftgraph`; `GRANT MATCH {*} ON GRAPH neo4j NODES EC2Instance TO liftgraph`", "the command fails before anything is read"},
	{"`ingest --dry-run`", "ACCESS; `GRANT MATCH {*} ON GRAPH neo4j TO liftgraph`", ""},
	{"`ingest --method bolt`", "the above; `GRANT WRITE ON GRAPH neo4j TO liftgraph`; `GRANT NAME MANAGEMENT`, `CONSTRAINT MANAGEMENT`, `INDEX MANAGEMENT` and `SHOW TRANSACTION (liftgraph) ON DATABASE neo4j TO liftgraph`", "the load ends with the server's refusal"},
	{"`ingest --method load-csv`", "the above; `GRANT LOAD ON ALL DATA TO liftgraph`; `GRANT SHOW SETTING server.directories.* ON DBMS TO liftgraph`, and `db.import.*` so", "name the directory with `--neo4j-import-dir`"},
	{"`ingest --method admin`", "no database user: the operating system's user that runs the server", ""},
}

// Page returns the reference page of all permissions, in Markdown.
func Page() string {
	var b strings.Builder
	b.WriteString("# Permissions\n\n```sh\nliftgraph iam-policy                                            # this page's table\n" +
		"liftgraph iam-policy read-events --uri s3://acme-trail/AWSLogs/  # a policy for IAM, with your names\n" +
		"liftgraph iam-policy irsa-trust --account 111122223333 --oidc-provider ISSUER --service-account audit/liftgraph\n```\n\n")
	b.WriteString(Table())
	b.WriteString("\nWords in capitals are to be replaced. The KMS statement is needed only where objects are encrypted with a key of your own. " +
		"With Lake Formation, `athena` also takes `lakeformation:GetDataAccess`. In China and GovCloud the ARNs begin with `arn:aws-cn:` and `arn:aws-us-gov:`.\n")
	for _, u := range Uses {
		fmt.Fprintf(&b, "\n## %s\n\n%s: %s.\n\n```json\n%s```\n", u.Name, u.Does, u.Why, u.For(Placeholders).JSON())
	}
	trust, err := Trust("ACCOUNT", "OIDC-ISSUER", "NAMESPACE/liftgraph")
	if err != nil {
		panic(err) // the names are constant
	}
	b.WriteString("\n## irsa-trust\n\nThe trust policy of a role that a Kubernetes service account assumes; the CronJob names the role in `eks.amazonaws.com/role-arn`.\n\n```json\n" + trust.JSON() + "```\n")
	return b.String()
}

// Table returns every permission in one table: AWS's policies, Spacelift's roles, Neo4j's privileges.
func Table() string {
	var b strings.Builder
	b.WriteString("| in | for | must be allowed | without it |\n|---|---|---|---|\n")
	row := func(in, what, needs, without string) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", in, what, needs, without)
	}
	for _, u := range Uses {
		var actions []string
		for _, s := range u.For(Placeholders).Statement {
			for _, a := range s.Action {
				if !slices.Contains(actions, a) {
					actions = append(actions, a)
				}
			}
		}
		row("AWS", u.Does, fmt.Sprintf("policy `%s`: %s", u.Name, strings.Join(actions, ", ")), "S3's or Athena's refusal, named in the message and in the incomplete scope")
	}
	for _, t := range []struct {
		in    string
		roles []Role
	}{{"Spacelift", SpaceliftRoles}, {"Neo4j", Neo4jPrivileges}} {
		for _, r := range t.roles {
			row(t.in, r.For, r.Needs, r.Else)
		}
	}
	return b.String()
}
