package resource

import "strings"

// via returns by what means a call was made: console, terraform, pulumi, cli, sdk, or the service that forwarded it, e.g.
// cloudformation; "" where nothing shows it. A user agent is easily forged: it is a hint.
func (e *Event) via(who *identity) string {
	agent := strings.ToLower(e.UserAgent)
	for _, s := range []string{who.invokedBy, agent, strings.ToLower(e.SourceIP)} {
		if service, ok := strings.CutSuffix(s, ".amazonaws.com"); ok && !strings.ContainsAny(service, " /") && !isConsole(service) {
			return service
		}
	}
	switch {
	case strings.EqualFold(e.FromConsole, "true"), strings.HasPrefix(agent, "mozilla/"), isConsole(agent), agent == "aws internal":
		return "console"
	case strings.Contains(agent, "terraform"), strings.Contains(agent, "opentofu"):
		return "terraform"
	case strings.Contains(agent, "pulumi"):
		return "pulumi"
	case strings.Contains(agent, "aws-cli"):
		return "cli"
	case agent != "" && agent != "null":
		return "sdk"
	}
	return ""
}

func isConsole(agent string) bool {
	return strings.Contains(agent, "console") || strings.Contains(agent, "signin.amazonaws.com")
}

// isServiceName reports whether a means is a service, and none of the tools.
func isServiceName(via string) bool {
	switch via {
	case "", "console", "terraform", "pulumi", "cli", "sdk":
		return false
	}
	return true
}

// Noise: why a change is none that a user asks about.
const (
	NoiseAutomatic  = "automatic"
	NoiseOperate    = "operate"
	NoiseAgent      = "agent"        // of an instance, a container or a function: it reports and attaches what it needs
	NoiseController = "controller"   // of Kubernetes: it follows what is declared there
	NoiseTags       = "service_tags" // only tags that AWS services set
)

var (
	agents      = []string{"amazon-ssm-agent", "ecs-agent", "amazon ecs agent", "amazon-vpc-cni", "aws-vpc-cni", "kubelet", "awslambda-worker", "amazon-cloudwatch-agent", "cwagent"}
	controllers = []string{
		"elbv2.k8s.aws", "aws-load-balancer-controller", "cluster-autoscaler", "external-dns", "ebs-csi", "ebs.csi.aws.com", "efs-csi", "karpenter", "cloud-controller-manager", "kube-controller-manager", "cert-manager",
	}
)

// noise returns why an event is no drift though it changed something; "" where it is.
func (e *Event) noise(who *identity, class Class, call string) string {
	switch class {
	case Automatic:
		return NoiseAutomatic
	case Operate:
		return NoiseOperate
	default:
	}
	agent := strings.ToLower(e.UserAgent)
	for _, a := range agents {
		if strings.Contains(agent, a) {
			return NoiseAgent
		}
	}
	for _, c := range controllers {
		if strings.Contains(agent, c) {
			return NoiseController
		}
	}
	if strings.Contains(who.provider, "oidc.eks.") || strings.Contains(who.provider, ".eks.amazonaws.com") {
		return NoiseController
	}
	if call == "CreateLogGroup" && strings.HasPrefix(field(e.Request, "logGroupName"), "/aws/lambda/") &&
		strings.HasSuffix(field(e.Request, "logGroupName"), "/"+who.session()) && who.session() != "" {
		return NoiseAgent // a function, whose session has its name
	}
	if (call == "CreateTags" || call == "DeleteTags") && onlyServiceTags(e.Request) {
		return NoiseTags
	}
	return ""
}

func onlyServiceTags(request []byte) bool {
	keys := find(nil, request, []string{"tagSet", "key"}, 0)
	for _, k := range keys {
		if !strings.HasPrefix(k, "aws:") {
			return false
		}
	}
	return len(keys) > 0
}
