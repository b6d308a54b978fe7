package resource

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"liftgraph/internal/awsresource"
)

const (
	account = "471936205518"
	region  = "eu-west-1"
)

// arns are ARNs of types that no name determines one of, and of what a rule leaves to the value.
var arns = map[string]string{
	"*":                               "arn:aws:ec2:R:A:volume/vol-0808bc401ce2b8dd8",
	"AWS::AutoScaling::ScalingPolicy": "arn:aws:autoscaling:R:A:scalingPolicy:0a-1:autoScalingGroupName/shop:policyName/out",
	"AWS::ElasticLoadBalancingV2::LoadBalancer": "arn:aws:elasticloadbalancing:R:A:loadbalancer/app/shop/8fea7f5522a7d196",
	"AWS::ElasticLoadBalancingV2::TargetGroup":  "arn:aws:elasticloadbalancing:R:A:targetgroup/shop/8fea7f5522a7d196",
	"AWS::ElasticLoadBalancingV2::Listener":     "arn:aws:elasticloadbalancing:R:A:listener/app/shop/8fea7f5522a7d196/1fea7f5522a7d196",
	"AWS::ElasticLoadBalancingV2::ListenerRule": "arn:aws:elasticloadbalancing:R:A:listener-rule/app/shop/8fea7f5522a7d196/1fea7f5522a7d196/2fea7f5522a7d196",
	"AWS::EKS::Nodegroup":                       "arn:aws:eks:R:A:nodegroup/c/n/0a1b",
	"AWS::EKS::Addon":                           "arn:aws:eks:R:A:addon/c/vpc-cni/0a1b",
	"AWS::EKS::FargateProfile":                  "arn:aws:eks:R:A:fargateprofile/c/p/0a1b",
	"AWS::RDS::DBProxy":                         "arn:aws:rds:R:A:db-proxy:prx-0a1b",
	"AWS::SecretsManager::Secret":               "arn:aws:secretsmanager:R:A:secret:db/password-a1B2c3",
	"AWS::CloudFormation::Stack":                "arn:aws:cloudformation:R:A:stack/vpn/e245ea50-8646",
	"AWS::CloudFormation::StackSet":             "arn:aws:cloudformation:R:A:stackset/base:e245ea50-8646",
	"AWS::Config::ConfigRule":                   "arn:aws:config:R:A:config-rule/config-rule-ab12cd",
	"AWS::MSK::Cluster":                         "arn:aws:kafka:R:A:cluster/events/e245ea50-8646",
	"AWS::AmazonMQ::Broker":                     "arn:aws:mq:R:A:broker:jobs:b-0a1b",
	"AWS::Organizations::Policy":                "arn:aws:organizations::A:policy/o-1a2b/service_control_policy/p-1a2b",
	"AWS::Organizations::OrganizationalUnit":    "arn:aws:organizations::A:ou/o-1a2b/ou-1a2b-3c4d",
	"AWS::SSO::PermissionSet":                   "arn:aws:sso:::permissionSet/ssoins-1a2b/ps-3c4d",
	"AWS::SNS::Subscription":                    "arn:aws:sns:R:A:alerts:e245ea50-8646",
	"AWS::WAFv2::WebACL":                        "arn:aws:wafv2:R:A:regional/webacl/w/e245ea50",
	"AWS::ECS::Service":                         "arn:aws:ecs:R:A:service/c/s",
	"AWS::Lambda::LayerVersion":                 "arn:aws:lambda:R:A:layer:otel:7",
}

// names are those of types whose names have a form.
var names = map[string]string{
	"AWS::Organizations::Account": "602817349955", "AWS::ApiGateway::Stage": "a1/prod", "AWS::ApiGatewayV2::Stage": "a2/prod", "AWS::Glue::Table": "db/t", "AWS::ECS::TaskDefinition": "web:7",
}

// exampleOf returns texts that name a resource of a type: by ARN, and by name.
func exampleOf(t *testing.T, typ string) (arn, id string) {
	if arn = arns[typ]; arn != "" {
		arn = strings.NewReplacer(":R:A:", ":"+region+":"+account+":", "::A:", "::"+account+":").Replace(arn)
	}
	if id = names[typ]; id == "" {
		id = "abc-1"
	}
	if r, ok := awsresource.Of(typ, id, awsresource.Scope{Account: account, Region: region}); ok && arn == "" {
		arn = r.ARN
	}
	if arn == "" && typ != "AWS::AutoScaling::AutoScalingGroup" && typ != "AWS::AutoScaling::LaunchConfiguration" && typ != "AWS::Organizations::Account" {
		t.Fatalf("%s has no example of an ARN", typ)
	}
	return arn, id
}

// nest puts a value at the end of steps.
func nest(steps []string, value any) any {
	for _, s := range slices.Backward(steps) {
		value = map[string]any{s: value}
	}
	return value
}

// merge puts b into a, where both are objects.
func merge(a, b any) any {
	x, ok := a.(map[string]any)
	if !ok {
		return b
	}
	for k, v := range b.(map[string]any) {
		if old, there := x[k]; there {
			v = merge(old, v)
		}
		x[k] = v
	}
	return x
}

// wrapped are the ways in which CloudTrail writes the same parameters.
func wrapped(event string, v any) map[string]any {
	list := func(key string, v any) any { return items(v, key) }
	return map[string]any{
		"plain": v, "items": list("items", v), "item": list("item", v),
		"request": map[string]any{event + "Request": v}, "upper case": upper(v),
	}
}

// items makes a list of every value below an object.
func items(v any, key string) any {
	object, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := map[string]any{}
	for k, value := range object {
		if inner, ok := value.(map[string]any); ok {
			out[k] = map[string]any{key: []any{items(inner, key)}}
		} else {
			out[k] = value
		}
	}
	return out
}

// upper spells the names of fields with a capital letter.
func upper(v any) any {
	object, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := map[string]any{}
	for k, value := range object {
		out[strings.ToUpper(k[:1])+k[1:]] = upper(value)
	}
	return out
}

// Every row of the table has an example, made of it, in every way that CloudTrail wraps parameters: it finds what the row
// says, and nothing else of its type and role.
func TestEveryRuleHasAnExample(t *testing.T) {
	all, err := parseRules(rulesText)
	if err != nil {
		t.Fatal(err)
	}
	pairs, seen := map[string]bool{}, map[string]bool{}
	for _, r := range all {
		if r.source != "*" {
			pairs[r.source+" "+r.event] = true
			if r.seen {
				seen[r.source+" "+r.event] = true
			}
		}
		arn, id := exampleOf(t, r.typ)
		for _, n := range r.paths {
			for way, e := range eventsOf(r, n, arn, id) {
				o := Read(e)
				if o.Class != Change && o.Class != Operate {
					t.Errorf("%s %s: class %s", r.source, r.event, o.Class)
				}
				found := 0
				for _, touched := range o.Touched {
					if touched.Role == r.role && (touched.Type == r.typ || r.typ == "*") {
						found++
					}
				}
				if found != 1 {
					t.Errorf("%s %s as %s in %s %s: %d of %s %s, want 1: %s %s", r.source, r.event, way, n[0].root, strings.Join(n[0].steps, "."), found, r.role, r.typ, e.Request, e.Response)
				}
			}
		}
	}
	t.Logf("%d rules of %d events; of %d the shape was seen in a public record, of %d it is inferred", len(all), len(pairs), len(seen), len(pairs)-len(seen))
}

// eventsOf makes events that name a resource where a rule's alternative says.
func eventsOf(r *rule, n name, arn, id string) map[string]*Event {
	var request, response any = map[string]any{}, map[string]any{}
	base := Event{Source: r.source + ".amazonaws.com", Name: r.event, Region: region, Recipient: account, ReadOnly: "false", Identity: []byte(`{"type":"IAMUser","arn":"arn:aws:iam::` + account + `:user/jo","userName":"jo"}`)}
	if r.source == "*" {
		base.Source = "unheard.amazonaws.com"
	}
	for i, p := range n {
		value := arn
		last := p.root
		if len(p.steps) > 0 {
			last = strings.ToLower(p.steps[len(p.steps)-1])
		}
		byName := arns[r.typ] == "" && !strings.HasSuffix(last, "arn") || arn == ""
		if byName {
			value = id
		}
		if len(n) > 1 {
			value = fmt.Sprintf("part-%d", i)
			if last == "scope" {
				value = "REGIONAL"
			}
		}
		switch p.root {
		case "q":
			request = merge(request, nest(p.steps, value))
		case "p":
			response = merge(response, nest(p.steps, value))
		case "r":
			base.Touched = []byte(`[{"accountId":"` + account + `","ARN":"` + arn + `"},{"ARN":"arn:aws:sts::` + account + `:assumed-role/x/y"}]`)
		}
	}
	all := map[string]*Event{}
	for way, q := range wrapped(r.event, request) {
		e := base
		e.Request, e.Response = mustJSON(q), mustJSON(wrapped(r.event, response)[way])
		all[way] = &e
	}
	return all
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// The tables are refused with the line of a fault.
func TestFaultsInRules(t *testing.T) {
	for _, c := range [][2]string{
		{"ec2 RunInstances created EC2::Instance p.x", "5 columns instead of 6"},
		{"ec2 RunInstances made EC2::Instance p.x seen", `no role "made"`},
		{"ec2 RunInstances created EC2::Nothing p.x seen", `no type "EC2::Nothing"`},
		{"ec2 RunInstances created EC2::Instance p.x.items seen", "no path"},
		{"ec2 RunInstances created EC2::Instance x.y seen", "no path"},
		{"ec2 RunInstances created EC2::Instance p. seen", "no path"},
		{"ec2 RunInstances created EC2::Instance p.x guessed", "seen or inferred"},
		{"lambda CreateFunction20150331 created Lambda::Function p.x seen", "never be found"},
		{"ec2.amazonaws.com RunInstances created EC2::Instance p.x seen", "never be found"},
		{"ec2 A created EC2::Instance p.x seen\nec2 A created EC2::Instance p.x inferred", "rules.txt:2: the rule stands there twice"},
	} {
		if _, err := parseRules(c[0]); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%q: %v, want %q", c[0], err, c[1])
		}
	}
}
