package awsresource

import "strings"

// Resource is the identity of an AWS resource. Its zero value is none.
type Resource struct {
	Type    string `json:"type"`              // CloudFormation's name, e.g. AWS::EC2::SecurityGroup
	ARN     string `json:"arn,omitempty"`     // canonical; "" where it isn't known
	Account string `json:"account,omitempty"` // 12 digits; "" where it isn't known
	Region  string `json:"region,omitempty"`  // "" for a global resource
	Name    string `json:"name"`              // the short id or name: sg-…, a bucket's or role's name, CLUSTER/SERVICE

	// Provisional reports that an ARN that another source knows for the same NameKey is the better one: ARN is empty, or it
	// was made from a name that came without its path (IAM).
	Provisional bool `json:"provisional,omitempty"`
}

// Key returns the id of the resource's node: its ARN, else the provisional key.
func (r Resource) Key() string {
	if r.ARN != "" {
		return r.ARN
	}
	return strings.Join([]string{r.Type, r.Account, r.Region, r.Name}, "|")
}

// NameKey returns what a provisional resource has in common with the same one whose ARN is known: TYPE|ACCOUNT|REGION|NAME,
// with the name's letter case folded where AWS ignores it.
func (r Resource) NameKey() string {
	name := r.Name
	if t := kinds[r.Type]; t != nil && t.spelling == "iam" {
		name = strings.ToLower(name)
	}
	return strings.Join([]string{r.Type, r.Account, r.Region, name}, "|")
}

// Service returns the service in CloudFormation's spelling, e.g. EC2; "" for another form of type.
func (r Resource) Service() string {
	parts := strings.Split(r.Type, "::")
	if len(parts) != 3 {
		return ""
	}
	return parts[1]
}

// Cartography returns the label of Cartography's node for the resource, and the node's id; both are empty where
// Cartography has no such node, and the id alone where no rule makes it of the name and the ARN (a DNS name, an IP).
func (r Resource) Cartography() (label, id string) {
	t := kinds[r.Type]
	if t == nil || t.label == "" {
		return "", ""
	}
	switch t.labelID {
	case "name":
		return t.label, r.Name
	case "arn":
		if r.Provisional {
			return t.label, ""
		}
		return t.label, r.ARN
	}
	return t.label, cartographyID(r)
}

// cartographyID returns the ids that are neither the name nor the ARN.
func cartographyID(r Resource) string {
	switch r.Type {
	case "AWS::EC2::Image":
		if r.Region != "" {
			return r.Name + "|" + r.Region
		}
	case "AWS::Route53::HostedZone":
		return "/hostedzone/" + r.Name
	case "AWS::OpenSearchService::Domain":
		if r.Account != "" {
			return r.Account + "/" + r.Name
		}
	}
	return ""
}
