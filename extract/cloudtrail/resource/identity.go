package resource

import (
	"strings"

	"liftgraph/internal/awsresource"
)

// identity is what is read of a userIdentity.
type identity struct {
	typ, principal, arn, account, key, user string
	invokedBy                               string
	issuerARN, issuerName                   string // of the role that a session is of
	provider                                string // that federated the session's identity
	source                                  string // the source identity: set once, kept over chains of roles
	behalfOf                                string // an IAM Identity Center user's id
}

func identityOf(text []byte) identity {
	var who identity
	if len(text) == 0 || text[0] != '{' {
		return who
	}
	each(text, func(key, value []byte) {
		switch strings.ToLower(string(key)) {
		case "type":
			who.typ = scalar(value)
		case "principalid":
			who.principal = scalar(value)
		case "arn":
			who.arn = scalar(value)
		case "accountid":
			who.account = scalar(value)
		case "accesskeyid":
			who.key = scalar(value)
		case "username":
			who.user = scalar(value)
		case "invokedby":
			who.invokedBy = strings.ToLower(scalar(value))
		case "identityprovider":
			who.provider = scalar(value)
		case "onbehalfof":
			who.behalfOf = field(value, "userId")
		case "sessioncontext":
			who.issuerARN, who.issuerName = field(value, "sessionIssuer", "arn"), field(value, "sessionIssuer", "userName")
			who.source = field(value, "sourceIdentity")
			if p := field(value, "webIdFederationData", "federatedProvider"); p != "" {
				who.provider = p
			}
		}
	})
	if who.typ == "" {
		who.typ = typeOf(who.arn)
	}
	return who
}

// typeOf returns the type of an identity of which the ARN alone is known.
func typeOf(arn string) string {
	a, ok := awsresource.ParseARN(arn)
	switch {
	case !ok:
		return ""
	case a.Rest == "root":
		return "Root"
	case a.Service == "sts" && strings.HasPrefix(a.Rest, "assumed-role/"):
		return "AssumedRole"
	case a.Service == "sts" && strings.HasPrefix(a.Rest, "federated-user/"):
		return "FederatedUser"
	case a.Service == "iam" && strings.HasPrefix(a.Rest, "user/"):
		return "IAMUser"
	case a.Service == "iam" && strings.HasPrefix(a.Rest, "role/"):
		return "Role"
	}
	return ""
}

// session returns the name of a role's session.
func (who *identity) session() string {
	if a, ok := awsresource.ParseARN(who.arn); ok && a.Service == "sts" {
		if role, ok := strings.CutPrefix(a.Rest, "assumed-role/"); ok {
			if slash := strings.LastIndexByte(role, '/'); slash >= 0 {
				return role[slash+1:]
			}
		}
	}
	if id, name, ok := strings.Cut(who.principal, ":"); ok && strings.HasPrefix(id, "AROA") {
		return name
	}
	return ""
}

// role returns the ARN of the role that a session is of: the session's own ARN would make an actor of each.
func (who *identity) role() string {
	if who.issuerARN != "" {
		return who.issuerARN
	}
	a, ok := awsresource.ParseARN(who.arn)
	if !ok {
		return ""
	}
	if role, isSession := strings.CutPrefix(a.Rest, "assumed-role/"); isSession && a.Service == "sts" {
		if slash := strings.LastIndexByte(role, '/'); slash > 0 {
			role = role[:slash]
		}
		return awsresource.ARN{Partition: a.Partition, Service: "iam", Account: a.Account, Rest: "role/" + role}.String()
	}
	if strings.HasPrefix(a.Rest, "role/") {
		return who.arn
	}
	return ""
}

// isService reports whether an AWS service acts for itself: also by the role that is linked to it.
func (who *identity) isService() bool {
	return who.typ == "AWSService" || strings.Contains(who.issuerARN, ":role/aws-service-role/") ||
		strings.HasPrefix(who.issuerName, "AWSServiceRoleFor") || strings.Contains(who.arn, ":assumed-role/AWSServiceRoleFor")
}
