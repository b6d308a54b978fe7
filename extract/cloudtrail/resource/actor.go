package resource

import (
	"strings"

	"liftgraph/internal/awsresource"
	"liftgraph/internal/raw"
)

// The kinds of actors.
const (
	Person     = "person"
	IAMUser    = "iam_user"
	Root       = "root"
	CI         = "ci"
	Role       = "role"
	AWSService = "service"
)

// actor returns who made a call, were it not a run's; nil where the identity names no one.
func (who *identity) actor() *raw.Actor {
	a := &raw.Actor{Account: who.account, RoleARN: who.role()}
	session := who.session()
	switch {
	case who.typ == "IdentityCenterUser" || who.behalfOf != "" && who.arn == "":
		a.Kind, a.ID, a.Name = Person, who.behalfOf, who.user
	case who.isService():
		a.Kind, a.ID, a.RoleARN = AWSService, who.serviceName(), ""
	case who.typ == "Root":
		a.Kind, a.ID, a.Name = Root, who.arn, "root"
		if a.ID == "" && awsresource.IsAccount(who.account) {
			a.ID = "arn:aws:iam::" + who.account + ":root"
		}
	case who.typ == "IAMUser" || who.typ == "FederatedUser":
		a.Kind, a.ID, a.Name, a.RoleARN = IAMUser, who.arn, who.user, ""
	case isSSO(who.issuerName) || isSSO(roleName(a.RoleARN)):
		a.Kind, a.ID, a.Name = Person, strings.ToLower(session), session
	case isCI(who.provider) || strings.HasPrefix(session, "AWSCodeBuild-"):
		a.Kind, a.ID, a.Name = CI, a.RoleARN, roleName(a.RoleARN)
	case who.source != "":
		a.Kind, a.ID, a.Name = Person, strings.ToLower(who.source), who.source
	case strings.Contains(session, "@"):
		a.Kind, a.ID, a.Name = Person, strings.ToLower(session), session
	case a.RoleARN != "":
		a.Kind, a.ID, a.Name = Role, a.RoleARN, roleName(a.RoleARN)
	case who.principal != "": // another account's, of whom no more is known
		a.Kind, a.ID = Role, who.principal
		a.ID, _, _ = strings.Cut(a.ID, ":")
	case who.invokedBy != "":
		a.Kind, a.ID = AWSService, who.invokedBy
	default:
		a.ID = ""
	}
	if a.ID == "" {
		return nil
	}
	if a.Kind == Person && strings.Contains(a.Name, "@") {
		a.Email = a.Name
	}
	return a
}

// serviceName returns the service that acts: the one that is named, else the one whose linked role it is.
func (who *identity) serviceName() string {
	switch {
	case who.invokedBy != "":
		return who.invokedBy
	case strings.Contains(who.issuerARN, ":role/aws-service-role/"):
		_, after, _ := strings.Cut(who.issuerARN, "/aws-service-role/")
		service, _, _ := strings.Cut(after, "/")
		return service
	case roleName(who.role()) != "":
		return roleName(who.role())
	}
	return "AWS"
}

func roleName(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// isSSO reports whether a role is one that IAM Identity Center made for a permission set: AWSReservedSSO_NAME_16 hex digits.
func isSSO(role string) bool { return strings.HasPrefix(role, "AWSReservedSSO_") }

// ciProviders are issuers of tokens for CI jobs, as they begin or end.
var ciProviders = []string{
	"token.actions.githubusercontent.com", "gitlab.", "app.terraform.io", "oidc.circleci.com", "agent.buildkite.com", "api.bitbucket.org",
	"vstoken.dev.azure.com", "app.harness.io", "oidc.codefresh.io", "vstoken.actions.githubusercontent.com",
}

// isCI reports whether an identity provider vouches for CI jobs. It may be a URL or an ARN.
func isCI(provider string) bool {
	if _, after, ok := strings.Cut(provider, ":oidc-provider/"); ok {
		provider = after
	}
	provider = strings.TrimPrefix(provider, "https://")
	for _, p := range ciProviders {
		if strings.HasPrefix(provider, p) {
			return true
		}
	}
	return false
}

// ActorKey returns the CI job's repository and the key that it got, of an AssumeRoleWithWebIdentity event: the only one
// that names the repository. It returns nil for every other event.
func (e *Event) ActorKey(eventID string) *raw.ActorKey {
	if Service(e.Source) != "sts" || Call(e.Name) != "AssumeRoleWithWebIdentity" || failed(e.ErrorCode) {
		return nil
	}
	who := identityOf(e.Identity)
	key, role := field(e.Response, "credentials", "accessKeyId"), field(e.Request, "roleArn")
	provider := who.provider
	if provider == "" {
		provider = field(e.Response, "provider")
	}
	subject := who.user
	if subject == "" {
		subject = field(e.Response, "subjectFromWebIdentityToken")
	}
	repository := repositoryOf(subject)
	if !strings.HasPrefix(key, "ASIA") || role == "" || repository == "" || !isCI(provider) && !strings.HasPrefix(subject, "repo:") {
		return nil
	}
	a := raw.Actor{ID: role + "|repo:" + repository, Kind: CI, Name: repository, RoleARN: role}
	if r, ok := awsresource.ParseARN(role); ok {
		a.Account = r.Account
	}
	return &raw.ActorKey{EventID: eventID, Key: key, Actor: a}
}

// repositoryOf returns OWNER/NAME of a token's subject: repo:OWNER/NAME:ref:… of GitHub, project_path:GROUP/NAME:ref_type:…
// of GitLab, organization:ORG:project:…:workspace:NAME:… of HCP Terraform.
func repositoryOf(subject string) string {
	f := strings.Split(subject, ":")
	if len(f) < 2 {
		return ""
	}
	switch f[0] {
	case "repo", "project_path":
		if strings.Contains(f[1], "/") {
			return f[1]
		}
	case "organization":
		for i := 2; i+1 < len(f); i++ {
			if f[i] == "workspace" {
				return f[1] + "/" + f[i+1]
			}
		}
	}
	return ""
}
