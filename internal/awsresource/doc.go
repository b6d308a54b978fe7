// Package awsresource names AWS resources: one identity for one resource, however a CloudTrail event, an infrastructure
// tool or an inventory spells it.
//
//	types.txt      the types: their ARNs' form, the spellings of their names, Cartography's labels
//	spec.tsv       ARN forms of all other CloudFormation types, generated from AWS's own data (see spec/)
//	identity.txt   the attributes by which Terraform, Pulumi and CloudFormation name a resource
//
// An ARN is never guessed: where a name, an account and a region don't determine it, a resource has the provisional key
// TYPE|ACCOUNT|REGION|NAME until an ARN of the same type, account, region and name is known.
package awsresource
