package resource

import (
	"slices"
	"strings"
	"testing"
)

// touched is ROLE KEY of each resource that an event touches, sorted.
func touched(e *Event) string {
	e.ReadOnly, e.Region, e.Recipient = "false", region, account
	if !strings.Contains(e.Source, ".") {
		e.Source += ".amazonaws.com"
	}
	var all []string
	for _, r := range Read(e).Touched {
		key := strings.NewReplacer(":"+region+":"+account+":", ":R:A:", "|"+account+"|"+region+"|", "|A|R|").Replace(r.Key())
		all = append(all, r.Role+" "+key+" "+r.Basis)
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// Real shapes, with invented values, that mislead: what is listed, mentioned or merely looks like a target isn't one.
func TestTraps(t *testing.T) {
	for name, c := range map[string]struct {
		event Event
		want  string
	}{
		"the response lists those that remain": {
			Event{Source: "elasticloadbalancing", Name: "DeregisterInstancesFromLoadBalancer", Request: []byte(`{"loadBalancerName":"shop","instances":[{"instanceId":"i-0aaaaaaaaaaaaaaa1"}]}`), Response: []byte(`{"instances":[{"instanceId":"i-0bbbbbbbbbbbbbbb2"}]}`)},
			"attached arn:aws:ec2:R:A:instance/i-0aaaaaaaaaaaaaaa1 table; changed arn:aws:elasticloadbalancing:R:A:loadbalancer/shop table",
		},
		"a schedule is named after an instance": {
			Event{Source: "scheduler", Name: "CreateSchedule", Request: []byte(`{"name":"EC2-Stop-i-06f0123456789abcd","target":{"arn":"arn:aws:lambda:eu-west-1:471936205518:function:stop"}}`), Response: []byte(`{"scheduleArn":"arn:aws:scheduler:eu-west-1:471936205518:schedule/default/EC2-Stop-i-06f0123456789abcd"}`)},
			"",
		},
		"an address's association has three ends": {
			Event{Source: "ec2", Name: "AssociateAddress", Request: []byte(`{"allocationId":"eipalloc-0a1b2c3d4e5f60718","instanceId":"i-0aaaaaaaaaaaaaaa1"}`)},
			"attached arn:aws:ec2:R:A:elastic-ip/eipalloc-0a1b2c3d4e5f60718 table; attached arn:aws:ec2:R:A:instance/i-0aaaaaaaaaaaaaaa1 table",
		},
		"endpoints in a list with tags": {
			Event{Source: "ec2", Name: "DeleteVpcEndpoints", Request: []byte(`{"DeleteVpcEndpointsRequest":{"VpcEndpointId":[{"tag":1,"content":"vpce-0a"},{"tag":2,"content":"vpce-0b"}]}}`)},
			"deleted arn:aws:ec2:R:A:vpc-endpoint/vpce-0a table; deleted arn:aws:ec2:R:A:vpc-endpoint/vpce-0b table",
		},
		"a fleet's items": {
			Event{Source: "ec2", Name: "CreateFleet", Response: []byte(`{"CreateFleetResponse":{"fleetId":"fleet-0a1b2c3d-1111-2222-3333-444455556666","fleetInstanceSet":{"item":[{"instanceIds":{"item":["i-0aaaaaaaaaaaaaaa1"]}},{"instanceIds":{"item":"i-0aaaaaaaaaaaaaaa2"}}]}}}`)},
			"created arn:aws:ec2:R:A:fleet/fleet-0a1b2c3d-1111-2222-3333-444455556666 table; created arn:aws:ec2:R:A:instance/i-0aaaaaaaaaaaaaaa1 table; created arn:aws:ec2:R:A:instance/i-0aaaaaaaaaaaaaaa2 table",
		},
		"an abbreviated wrapper": {
			Event{Source: "ec2", Name: "DeleteTransitGatewayVpcAttachment", Request: []byte(`{"DelTGwVpcAttachReq":{"TransitGatewayAttachmentId":"tgw-attach-0a"}}`)},
			"deleted arn:aws:ec2:R:A:transit-gateway-attachment/tgw-attach-0a table",
		},
		"a masked name": {Event{Source: "s3", Name: "DeleteBucket", Request: []byte(`{"bucketName":"***"}`)}, ""},
		"a user without a name is the caller": {
			Event{Source: "iam", Name: "CreateAccessKey", Request: []byte(`null`), Identity: []byte(`{"type":"IAMUser","arn":"arn:aws:iam::471936205518:user/ops/jo"}`)},
			"changed arn:aws:iam::471936205518:user/ops/jo table",
		},
		"a role in another account is no user": {
			Event{Source: "iam", Name: "CreateAccessKey", Request: []byte(`null`), Identity: []byte(`{"type":"AssumedRole","arn":"arn:aws:sts::471936205518:assumed-role/app/x"}`)}, "",
		},
		"a REST and an HTTP API": {
			Event{Source: "apigateway", Name: "CreateStage", Request: []byte(`{"restApiId":"a1","createStageInput":{"stageName":"prod","deploymentId":"d"}}`)},
			"created arn:aws:apigateway:eu-west-1::/restapis/a1/stages/prod table",
		},
		"the other one": {
			Event{Source: "apigateway", Name: "CreateStage", Request: []byte(`{"apiId":"a2","stageName":"prod"}`)},
			"created arn:aws:apigateway:eu-west-1::/apis/a2/stages/prod table",
		},
		"a classic load balancer": {
			Event{Source: "elasticloadbalancing", Name: "CreateLoadBalancer", Request: []byte(`{"loadBalancerName":"shop"}`), Response: []byte(`{"dNSName":"x"}`)},
			"created arn:aws:elasticloadbalancing:R:A:loadbalancer/shop table",
		},
		"an application load balancer": {
			Event{Source: "elasticloadbalancing", Name: "CreateLoadBalancer", Request: []byte(`{"name":"shop"}`), Response: []byte(`{"loadBalancers":[{"loadBalancerArn":"arn:aws:elasticloadbalancing:eu-west-1:471936205518:loadbalancer/app/shop/8fea7f5522a7d196","loadBalancerName":"shop"}]}`)},
			"created arn:aws:elasticloadbalancing:R:A:loadbalancer/app/shop/8fea7f5522a7d196 table",
		},
		"a key behind its alias": {
			Event{Source: "kms", Name: "ScheduleKeyDeletion", Request: []byte(`{"keyId":"alias/shop"}`), Touched: []byte(`[{"ARN":"arn:aws:kms:eu-west-1:471936205518:key/6c83691a","type":"AWS::KMS::Key"}]`)},
			"deleted arn:aws:kms:R:A:key/6c83691a resources",
		},
		"a table in another account": {
			Event{Source: "dynamodb", Name: "UpdateTable", Request: []byte(`{"tableName":"arn:aws:dynamodb:eu-west-1:602817349955:table/t"}`)},
			"changed arn:aws:dynamodb:eu-west-1:602817349955:table/t table",
		},
		"a repository of another registry": {
			Event{Source: "ecr", Name: "PutLifecyclePolicy", Request: []byte(`{"registryId":"602817349955","repositoryName":"a/b"}`)},
			"changed arn:aws:ecr:eu-west-1:602817349955:repository/a/b table",
		},
		"tags by ARN of a service without rules": {
			Event{Source: "unheard", Name: "TagResource", Request: []byte(`{"resourceArn":"arn:aws:sns:eu-west-1:471936205518:alerts","tags":{"x":"arn:aws:sns:eu-west-1:471936205518:other"}}`)},
			"changed arn:aws:sns:R:A:alerts table",
		},
		"an unknown event with its ARN": {
			Event{Source: "acm-pca", Name: "CreateCertificateAuthority", Request: []byte(`{"roleArn":"arn:aws:iam::471936205518:role/x"}`), Response: []byte(`{"certificateAuthorityArn":"arn:aws:acm-pca:eu-west-1:471936205518:certificate-authority/a1"}`)},
			"",
		},
		"an unknown event": {
			Event{Source: "sns", Name: "PutDataProtectionPolicy", Request: []byte(`{"resourceArn":"arn:aws:sns:eu-west-1:471936205518:alerts","dataProtectionPolicy":"arn:aws:sns:eu-west-1:471936205518:no"}`)},
			"changed arn:aws:sns:R:A:alerts arn",
		},
		"an unknown event that names a role": {
			Event{Source: "unheard", Name: "PutThing", Request: []byte(`{"roleArn":"arn:aws:iam::471936205518:role/x","kmsKeyArn":"arn:aws:kms:eu-west-1:471936205518:key/1"}`)}, "",
		},
		"cut off": {Event{Source: "ec2", Name: "CreateVpc", Request: []byte(`{"omitted":true}`), Response: []byte(`{"omitted":true}`)}, ""},
	} {
		if got := touched(&c.event); got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
}
