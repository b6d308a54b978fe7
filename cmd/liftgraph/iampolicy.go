package main

import (
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/iam"
)

const (
	policyURIFlag      = "uri"
	policyTableFlag    = "table"
	policyOutputFlag   = "output"
	policyKeyFlag      = "kms-key"
	policyRegionFlag   = "region"
	policyAccountFlag  = "account"
	policyProviderFlag = "oidc-provider"
	policyServiceFlag  = "service-account"
	trustUse           = "irsa-trust"
)

func iamPolicyCommand() *cli.Command {
	return &cli.Command{
		Name:        "iam-policy",
		Usage:       "print the least that a role must be allowed in AWS for a use; without one, all permissions in AWS, Spacelift and Neo4j",
		ArgsUsage:   "[USE]",
		Description: "USE is " + strings.Join(append(iam.UseNames(), trustUse), ", ") + ". Words in capitals in a policy are to be replaced; flags replace them.",
		Flags: []cli.Flag{
			stringFlag(policyURIFlag, "", "`URI` that is read or written: s3://bucket/prefix"),
			stringFlag(policyTableFlag, "", "`TABLE` of athena: database.table"),
			stringFlag(policyOutputFlag, "", "`URI` of athena's results: s3://bucket/prefix"),
			stringFlag(athenaWorkgroupFlag, "", "`NAME` of Athena's workgroup"),
			stringFlag(policyKeyFlag, "", "`ID` of the KMS key that the objects are encrypted with; - for none"),
			stringFlag(policyRegionFlag, "", "`REGION` of AWS"),
			stringFlag(policyAccountFlag, "", "`ACCOUNT` of AWS"),
			stringFlag(policyProviderFlag, "", "irsa-trust: host and path of the cluster's OIDC `ISSUER`"),
			stringFlag(policyServiceFlag, "", "irsa-trust: `NAMESPACE/NAME` of the service account"),
		},
		Action: func(c *cli.Context) error {
			name := c.Args().First()
			if name == "" {
				_, err := io.WriteString(c.App.Writer, iam.Table())
				return err
			}
			names, err := policyNames(c)
			if err != nil {
				return err
			}
			if name == trustUse {
				p, err := iam.Trust(names.Account, orElse(c.String(policyProviderFlag), "OIDC-ISSUER"), orElse(c.String(policyServiceFlag), "NAMESPACE/liftgraph"))
				if err != nil {
					return usageErr{err}
				}
				_, err = io.WriteString(c.App.Writer, p.JSON())
				return err
			}
			use, ok := iam.Named(name)
			if !ok {
				return usagef("no use %q: it is %s or %s", name, strings.Join(iam.UseNames(), ", "), trustUse)
			}
			_, err = io.WriteString(c.App.Writer, use.For(names).JSON())
			return err
		},
	}
}

// policyNames returns the names that flags set, and placeholders for the rest.
func policyNames(c *cli.Context) (iam.Names, error) {
	n := iam.Placeholders
	for flag, into := range map[string][2]*string{policyURIFlag: {&n.Bucket, &n.Prefix}, policyOutputFlag: {&n.ResultBucket, &n.ResultPrefix}} {
		uri := c.String(flag)
		if uri == "" {
			continue
		}
		rest, ok := strings.CutPrefix(uri, "s3://")
		bucket, prefix, _ := strings.Cut(rest, "/")
		if !ok || bucket == "" {
			return n, usagef("--%s %q: it is s3://bucket/prefix", flag, uri)
		}
		if prefix != "" && !strings.HasSuffix(prefix, "/") {
			prefix += "/"
		}
		*into[0], *into[1] = bucket, prefix
	}
	if table := c.String(policyTableFlag); table != "" {
		parts := strings.Split(table, ".")
		if len(parts) < 2 {
			return n, usagef("--%s %q: it is database.table", policyTableFlag, table)
		}
		n.Database, n.Table = parts[len(parts)-2], parts[len(parts)-1]
	}
	n.Workgroup = orElse(c.String(athenaWorkgroupFlag), n.Workgroup)
	n.Region = orElse(c.String(policyRegionFlag), n.Region)
	n.Account = orElse(c.String(policyAccountFlag), n.Account)
	n.Key = strings.TrimPrefix(orElse(c.String(policyKeyFlag), n.Key), "-")
	return n, nil
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
