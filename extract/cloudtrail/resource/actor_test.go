package resource

import "testing"

// Who made a call, by every kind of identity.
func TestActors(t *testing.T) {
	session := func(role, arn, name, more string) string {
		return `{"type":"AssumedRole","principalId":"AROAX:` + name + `","arn":"arn:aws:sts::471936205518:assumed-role/` + role + `/` + name + `","accountId":"471936205518","accessKeyId":"ASIAX","sessionContext":{"sessionIssuer":{"type":"Role","arn":"` + arn + `","userName":"` + role + `"}` + more + `}}`
	}
	const app = "arn:aws:iam::471936205518:role/apps/app"
	for name, c := range map[string]struct{ identity, kind, id, email string }{
		"sso":                    {session("AWSReservedSSO_Admin_0123456789abcdef", "arn:aws:iam::471936205518:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef", "Dana.Kim@acme.example", ""), Person, "dana.kim@acme.example", "Dana.Kim@acme.example"},
		"sso without the issuer": {`{"type":"AssumedRole","arn":"arn:aws:sts::471936205518:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/jo"}`, Person, "jo", ""},
		"another idp":            {session("app", app, "jo@acme.example", ""), Person, "jo@acme.example", "jo@acme.example"},
		"a source identity":      {session("app", app, "x", `,"sourceIdentity":"Jo"`), Person, "jo", ""},
		"iam user":               {`{"type":"IAMUser","arn":"arn:aws:iam::471936205518:user/ops/jo","accountId":"471936205518","userName":"jo"}`, IAMUser, "arn:aws:iam::471936205518:user/ops/jo", ""},
		"federated":              {`{"type":"FederatedUser","arn":"arn:aws:sts::471936205518:federated-user/jo"}`, IAMUser, "arn:aws:sts::471936205518:federated-user/jo", ""},
		"root":                   {`{"type":"Root","arn":"arn:aws:iam::471936205518:root","accountId":"471936205518"}`, Root, "arn:aws:iam::471936205518:root", ""},
		"github":                 {session("ci", "arn:aws:iam::471936205518:role/ci", "GitHubActions", `,"webIdFederationData":{"federatedProvider":"arn:aws:iam::471936205518:oidc-provider/token.actions.githubusercontent.com"}`), CI, "arn:aws:iam::471936205518:role/ci", ""},
		"codebuild":              {session("build", "arn:aws:iam::471936205518:role/build", "AWSCodeBuild-0a1b", ""), CI, "arn:aws:iam::471936205518:role/build", ""},
		"a role":                 {session("app", app, "i-0123456789abcdef0", ""), Role, app, ""},
		"a role's arn alone":     {`{"arn":"arn:aws:sts::471936205518:assumed-role/app/x"}`, Role, "arn:aws:iam::471936205518:role/app", ""},
		"a service":              {`{"type":"AWSService","invokedBy":"autoscaling.amazonaws.com"}`, AWSService, "autoscaling.amazonaws.com", ""},
		"a service's role":       {session("AWSServiceRoleForECS", "arn:aws:iam::471936205518:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", "ecs", ""), AWSService, "ecs.amazonaws.com", ""},
		"another account":        {`{"type":"AWSAccount","principalId":"AROAY:x","accountId":"602817349955"}`, Role, "AROAY", ""},
		"identity center":        {`{"type":"IdentityCenterUser","accountId":"471936205518","onBehalfOf":{"userId":"u-1","identityStoreArn":"arn:aws:identitystore::471936205518:identitystore/d-1"},"credentialId":"c"}`, Person, "u-1", ""},
		"nothing":                {`{}`, "", "", ""},
		"no json":                {`arn`, "", "", ""},
	} {
		who := identityOf([]byte(c.identity))
		a := who.actor()
		switch {
		case a == nil && c.kind != "":
			t.Errorf("%s: no actor, want %s %s", name, c.kind, c.id)
		case a != nil && (a.Kind != c.kind || a.ID != c.id || a.Email != c.email):
			t.Errorf("%s: %+v, want %s %s %s", name, a, c.kind, c.id, c.email)
		}
	}
}

func TestRepositories(t *testing.T) {
	for subject, want := range map[string]string{
		"repo:acme/infra:ref:refs/heads/main":                              "acme/infra",
		"project_path:acme/ops/infra:ref_type:branch:ref:main":             "acme/ops/infra",
		"organization:acme:project:web:workspace:web-prod:run_phase:apply": "acme/web-prod",
		"system:serviceaccount:kube-system:x":                              "",
		"repo:":                                                            "", "": "", "repo": "",
	} {
		if got := repositoryOf(subject); got != want {
			t.Errorf("%q: %q, want %q", subject, got, want)
		}
	}
}

// By what means a call was made, and whether it is noise.
func TestViaAndNoise(t *testing.T) {
	const jo = `{"type":"IAMUser","arn":"arn:aws:iam::471936205518:user/jo"}`
	for name, c := range map[string]struct {
		event      Event
		via, noise string
	}{
		"console":        {Event{FromConsole: "true"}, "console", ""},
		"browser":        {Event{UserAgent: "Mozilla/5.0 (X)"}, "console", ""},
		"terraform":      {Event{UserAgent: "APN/1.0 HashiCorp/1.0 Terraform/1.5.7"}, "terraform", ""},
		"opentofu":       {Event{UserAgent: "HashiCorp Terraform OpenTofu/1.9"}, "terraform", ""},
		"cli":            {Event{UserAgent: "aws-cli/2.15.1 Python/3.11"}, "cli", ""},
		"sdk":            {Event{UserAgent: "Boto3/1.34"}, "sdk", ""},
		"cloudformation": {Event{Identity: []byte(`{"type":"IAMUser","arn":"arn:aws:iam::471936205518:user/jo","invokedBy":"cloudformation.amazonaws.com"}`), UserAgent: "cloudformation.amazonaws.com"}, "cloudformation", ""},
		"autoscaling":    {Event{Identity: []byte(`{"type":"IAMUser","arn":"arn:aws:iam::471936205518:user/jo","invokedBy":"autoscaling.amazonaws.com"}`)}, "autoscaling", NoiseAutomatic},
		"agent":          {Event{UserAgent: "aws-sdk-go/1.44 amazon-ssm-agent/3"}, "sdk", NoiseAgent},
		"controller":     {Event{UserAgent: "elbv2.k8s.aws/v2.7 aws-sdk-go/1.44"}, "sdk", NoiseController},
		"pod":            {Event{Identity: []byte(`{"type":"AssumedRole","arn":"arn:aws:sts::471936205518:assumed-role/app/botocore-session-1","sessionContext":{"webIdFederationData":{"federatedProvider":"arn:aws:iam::471936205518:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A"}}}`)}, "", NoiseController},
		"aws tags":       {Event{Name: "CreateTags", Request: []byte(`{"resourcesSet":{"items":[{"resourceId":"i-0123456789abcdef0"}]},"tagSet":{"items":[{"key":"aws:autoscaling:groupName","value":"x"}]}}`)}, "", NoiseTags},
		"own tags":       {Event{Name: "CreateTags", Request: []byte(`{"resourcesSet":{"items":[{"resourceId":"i-0123456789abcdef0"}]},"tagSet":{"items":[{"key":"aws:x"},{"key":"Name","value":"x"}]}}`)}, "", ""},
	} {
		e := c.event
		e.Source, e.ReadOnly = "ec2.amazonaws.com", "false"
		if e.Name == "" {
			e.Name = "DeleteVpc"
		}
		if e.Identity == nil {
			e.Identity = []byte(jo)
		}
		if o := Read(&e); o.Via != c.via || o.Noise != c.noise {
			t.Errorf("%s: via %q, noise %q, want %q and %q", name, o.Via, o.Noise, c.via, c.noise)
		}
	}
}
