// Package iam declares what liftgraph must be allowed to do in AWS: once, for the command that prints policies and for
// the reference page.
package iam

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Statement is one statement of a policy, as AWS writes it.
type Statement struct {
	Sid       string                       `json:"Sid,omitempty"`
	Effect    string                       `json:"Effect"`
	Principal map[string]string            `json:"Principal,omitempty"` // of a trust policy
	Action    []string                     `json:"Action"`
	Resource  []string                     `json:"Resource,omitempty"` // none in a trust policy
	Condition map[string]map[string]string `json:"Condition,omitempty"`
}

// Policy is a document for IAM.
type Policy struct {
	Version   string
	Statement []Statement
}

// JSON returns the document.
func (p Policy) JSON() string {
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		panic(err) // maps and strings can't fail
	}
	return string(b) + "\n"
}

// Use is something that liftgraph does in AWS.
type Use struct {
	Name   string // e.g. read-events
	Does   string // what it is for, with the flags
	Why    string // what each action is for
	Policy func(Names) []Statement
}

// Names are the names that a policy is about. An empty one stands as a placeholder in capitals.
type Names struct {
	Bucket, Prefix             string // of what is read or written
	Region, Account            string
	Workgroup, Database, Table string // of Athena
	ResultBucket, ResultPrefix string
	Key                        string // id of the KMS key; "" leaves its statement out, KEY is the placeholder
}

// Placeholders are names to replace.
var Placeholders = Names{
	Bucket: "BUCKET", Prefix: "PREFIX/", Region: "REGION", Account: "ACCOUNT", Workgroup: "WORKGROUP", Database: "DATABASE", Table: "TABLE",
	ResultBucket: "RESULT-BUCKET", ResultPrefix: "RESULT-PREFIX/", Key: "KEY",
}

// Uses are what liftgraph does in AWS, each with the least that it takes.
var Uses = []Use{
	{"read-events", "`--cloudtrail s3://…`, `--audit-trail s3://…`: read events", "list the prefix, read its objects", func(n Names) []Statement {
		return append(read("Read", n.Bucket, n.Prefix), n.decrypt("Decrypt", "kms:Decrypt")...)
	}},
	{"athena", "`--engine athena`: let Athena select the events", "look at the table, run and stop the query, read the logs, write and read the result", func(n Names) []Statement {
		glue := "arn:aws:glue:" + n.Region + ":" + n.Account + ":"
		athena := "arn:aws:athena:" + n.Region + ":" + n.Account + ":"
		s := []Statement{
			allow("AthenaQuery", []string{"athena:StartQueryExecution", "athena:GetQueryExecution", "athena:StopQueryExecution"}, athena+"workgroup/"+n.Workgroup),
			allow("AthenaTable", []string{"athena:GetTableMetadata", "athena:GetDataCatalog"}, athena+"datacatalog/AwsDataCatalog", athena+"workgroup/"+n.Workgroup),
			allow("GlueTable", []string{"glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"}, glue+"catalog", glue+"database/"+n.Database, glue+"table/"+n.Database+"/"+n.Table),
			allow("AthenaBuckets", []string{"s3:ListBucket", "s3:GetBucketLocation"}, bucket(n.Bucket), bucket(n.ResultBucket)),
			allow("AthenaLogs", []string{"s3:GetObject"}, object(n.Bucket, n.Prefix)),
			allow("AthenaResult", []string{"s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"}, object(n.ResultBucket, n.ResultPrefix)),
		}
		return append(s, n.decrypt("AthenaKey", "kms:Decrypt", "kms:GenerateDataKey")...)
	}},
	{"write-lake", "`--layout lake --out s3://…`: publish a lake", "list the prefix and unfinished uploads, write, replace and remove objects", func(n Names) []Statement {
		s := []Statement{
			allow("LakeBucket", []string{"s3:ListBucket", "s3:ListBucketMultipartUploads"}, bucket(n.Bucket)),
			allow("LakeObjects", []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"}, object(n.Bucket, n.Prefix)),
		}
		return append(s, n.decrypt("LakeKey", "kms:Decrypt", "kms:GenerateDataKey")...)
	}},
	{"read-lake", "`verify s3://…`, `diff s3://…`, `--previous s3://…`: read a lake", "list the prefix, read its objects", func(n Names) []Statement {
		return append(read("ReadLake", n.Bucket, n.Prefix), n.decrypt("ReadLakeKey", "kms:Decrypt")...)
	}},
	{"upload-spool", "`receive --upload s3://…`: ship the webhook's events", "write segments, and read one that may be there already", func(n Names) []Statement {
		s := []Statement{allow("Upload", []string{"s3:PutObject", "s3:GetObject"}, object(n.Bucket, n.Prefix))}
		return append(s, n.decrypt("UploadKey", "kms:Decrypt", "kms:GenerateDataKey")...)
	}},
	{"sign-urls", "`ingest --load-url s3://…`: let Neo4j read the files by signed URLs", "a signed URL can do what its signer may", func(n Names) []Statement {
		s := []Statement{allow("SignedFiles", []string{"s3:GetObject"}, object(n.Bucket, n.Prefix))}
		return append(s, n.decrypt("SignedKey", "kms:Decrypt")...)
	}},
}

// Trust returns the trust policy of a role that a Kubernetes service account assumes (IRSA). The provider is the host and
// path of the cluster's OIDC issuer, without https://; the service account is NAMESPACE/NAME.
func Trust(account, provider, serviceAccount string) (Policy, error) {
	provider = strings.TrimSuffix(strings.TrimPrefix(provider, "https://"), "/")
	namespace, name, ok := strings.Cut(serviceAccount, "/")
	if !ok || namespace == "" || name == "" || strings.ContainsAny(serviceAccount, "*? ") {
		return Policy{}, fmt.Errorf("service account %q: it is NAMESPACE/NAME", serviceAccount)
	}
	if provider == "" || strings.ContainsAny(provider, "*? ") {
		return Policy{}, fmt.Errorf("OIDC provider %q: it is the host and path of the cluster's issuer", provider)
	}
	return document(Statement{
		Effect:    "Allow",
		Principal: map[string]string{"Federated": "arn:aws:iam::" + account + ":oidc-provider/" + provider},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: map[string]map[string]string{"StringEquals": {
			provider + ":aud": "sts.amazonaws.com",
			provider + ":sub": "system:serviceaccount:" + namespace + ":" + name,
		}},
	}), nil
}

// For returns the policy of a use.
func (u Use) For(n Names) Policy { return document(u.Policy(n)...) }

// Named returns a use by its name.
func Named(name string) (Use, bool) {
	for _, u := range Uses {
		if u.Name == name {
			return u, true
		}
	}
	return Use{}, false
}

// UseNames returns the name of every use.
func UseNames() []string {
	names := make([]string, len(Uses))
	for i, u := range Uses {
		names[i] = u.Name
	}
	return names
}

func document(s ...Statement) Policy { return Policy{Version: "2012-10-17", Statement: s} }

func allow(sid string, actions []string, resources ...string) Statement {
	return Statement{Sid: sid, Effect: "Allow", Action: actions, Resource: resources}
}

// read allows to list a prefix and to read what is below it.
func read(sid, name, prefix string) []Statement {
	list := allow(sid+"Bucket", []string{"s3:ListBucket"}, bucket(name))
	if prefix != "" {
		list.Condition = map[string]map[string]string{"StringLike": {"s3:prefix": prefix + "*"}}
	}
	return []Statement{list, allow(sid+"Objects", []string{"s3:GetObject"}, object(name, prefix))}
}

// decrypt allows the use of the KMS key that objects are encrypted with, where there is one.
func (n Names) decrypt(sid string, actions ...string) []Statement {
	if n.Key == "" {
		return nil
	}
	return []Statement{allow(sid, actions, "arn:aws:kms:"+n.Region+":"+n.Account+":key/"+n.Key)}
}

func bucket(name string) string { return "arn:aws:s3:::" + name }

func object(name, prefix string) string { return "arn:aws:s3:::" + name + "/" + prefix + "*" }
