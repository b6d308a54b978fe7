package awsresource

import "strings"

// Scope is where an event happened, or where a resource is looked for.
type Scope struct {
	Partition string // "": by the region
	Account   string
	Region    string
}

// Partition returns the AWS partition of a region.
// Source: the partitions' region prefixes in botocore's endpoints and partitions.json.
func Partition(region string) string {
	for _, p := range [...][2]string{
		{"cn-", "aws-cn"}, {"us-gov-", "aws-us-gov"}, {"us-isob-", "aws-iso-b"}, {"us-iso-", "aws-iso"},
		{"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"}, {"eusc-", "aws-eusc"},
	} {
		if strings.HasPrefix(region, p[0]) {
			return p[1]
		}
	}
	return "aws"
}

// IsAccount reports whether text is an account's id: 12 digits.
func IsAccount(text string) bool {
	if len(text) != 12 {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// isRegion reports whether text has the form of a region: eu-west-1, us-gov-east-1. Masked and invented ones have not.
func isRegion(text string) bool {
	if len(text) < 6 || len(text) > 25 || strings.Count(text, "-") < 2 {
		return false
	}
	for i := range len(text) {
		if c := text[i]; c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
