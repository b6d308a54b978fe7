package awsresource

import "testing"

var here = Scope{Account: "471936205518", Region: "eu-west-1"}

// Many spellings of one thing, and its one id.
func TestSpellings(t *testing.T) {
	const in = ":eu-west-1:471936205518:"
	for _, c := range []struct {
		typ, want string
		spelled   []string
	}{
		{"Lambda::Function", "arn:aws:lambda" + in + "function:orders", []string{
			"orders", "orders:live", "471936205518:function:orders", "function:orders", "arn:aws:lambda" + in + "function:orders",
			"arn:aws:lambda" + in + "function:orders:17", "arn%3Aaws%3Alambda%3Aeu-west-1%3A471936205518%3Afunction%3Aorders",
		}},
		{"Logs::LogGroup", "arn:aws:logs" + in + "log-group:/aws/lambda/x", []string{
			"/aws/lambda/x", "arn:aws:logs" + in + "log-group:/aws/lambda/x:*", "arn:aws:logs" + in + "log-group:/aws/lambda/x", "/aws/lambda/x:*",
			"arn:aws:logs" + in + "log-group:/aws/lambda/x:log-stream:a/b",
		}},
		{"SQS::Queue", "arn:aws:sqs" + in + "q.fifo", []string{
			"q.fifo", "https://sqs.eu-west-1.amazonaws.com/471936205518/q.fifo", "https://eu-west-1.queue.amazonaws.com/471936205518/q.fifo", "arn:aws:sqs" + in + "q.fifo",
		}},
		{"KMS::Key", "arn:aws:kms" + in + "key/6c83691a-be4e-4f96-8080-c68726be4de4", []string{
			"6c83691a-be4e-4f96-8080-c68726be4de4", "arn:aws:kms" + in + "key/6c83691a-be4e-4f96-8080-c68726be4de4", "6C83691A-BE4E-4F96-8080-C68726BE4DE4",
		}},
		{"KMS::Alias", "arn:aws:kms" + in + "alias/shop", []string{"alias/shop", "arn:aws:kms" + in + "alias/shop"}},
		{"SSM::Parameter", "arn:aws:ssm" + in + "parameter/shop/db/url", []string{"/shop/db/url", "shop/db/url", "arn:aws:ssm" + in + "parameter/shop/db/url"}},
		{"Route53::HostedZone", "arn:aws:route53:::hostedzone/Z1", []string{"/hostedzone/Z1", "hostedzone/Z1", "Z1", "arn:aws:route53:::hostedzone/Z1"}},
		{"RDS::DBInstance", "arn:aws:rds" + in + "db:shop", []string{"Shop", "shop", "arn:aws:rds" + in + "db:shop", "arn:aws:rds" + in + "db:SHOP"}},
		{"ECS::Cluster", "arn:aws:ecs" + in + "cluster/c", []string{"c", "arn:aws:ecs" + in + "cluster/c"}},
		{"CodeBuild::Project", "arn:aws:codebuild" + in + "project/p", []string{"p", "arn:aws:codebuild" + in + "project/p"}},
		{"CloudTrail::Trail", "arn:aws:cloudtrail" + in + "trail/t", []string{"t", "arn:aws:cloudtrail" + in + "trail/t"}},
		{"DynamoDB::Table", "arn:aws:dynamodb" + in + "table/T", []string{"T", "arn:aws:dynamodb" + in + "table/T", "arn:aws:dynamodb" + in + "table/T/index/i", "arn:aws:dynamodb" + in + "table/T/stream/2026-01-01T00:00:00.000"}},
		{"S3::Bucket", "arn:aws:s3:::acme-web", []string{"acme-web", "arn:aws:s3:::acme-web", "arn:aws:s3:::acme-web/a/b"}},
		{"Events::Rule", "arn:aws:events" + in + "rule/nightly", []string{"nightly", "default/nightly", "arn:aws:events" + in + "rule/nightly", "arn:aws:events" + in + "event-bus/default/nightly"}},
		{"Events::Rule", "arn:aws:events" + in + "rule/bus/nightly", []string{"bus/nightly", "arn:aws:events" + in + "rule/bus/nightly", "arn:aws:events" + in + "event-bus/bus/nightly"}},
		{"EC2::Snapshot", "arn:aws:ec2:eu-west-1::snapshot/snap-0a", []string{"snap-0a", "snap-0A", "arn:aws:ec2:eu-west-1::snapshot/snap-0a"}},
		{"EC2::Instance", "arn:aws:ec2" + in + "instance/i-0377879d82b686b0f", []string{"i-0377879d82b686b0f", "arn:aws:ec2" + in + "instance/i-0377879d82b686b0f"}},
		{"WAFv2::WebACL", "arn:aws:wafv2" + in + "regional/webacl/w/id1", []string{"REGIONAL/w/id1", "w/id1", "arn:aws:wafv2" + in + "regional/webacl/w/id1"}},
		{"WAFv2::WebACL", "arn:aws:wafv2" + in + "global/webacl/w/id1", []string{"CLOUDFRONT/w/id1", "arn:aws:wafv2" + in + "global/webacl/w/id1"}},
		{"ApiGateway::Stage", "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/prod", []string{"a1/prod", "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/prod"}},
		{"IAM::Role", "arn:aws:iam::471936205518:role/app", []string{"app", "arn:aws:iam::471936205518:role/app"}},
	} {
		for _, s := range c.spelled {
			if r, ok := Of("AWS::"+c.typ, s, here); !ok || r.Key() != c.want {
				t.Errorf("%s %q is %q (%v), want %q", c.typ, s, r.Key(), ok, c.want)
			}
		}
	}
}

// No ARN is guessed: without what a name doesn't determine, the key is provisional, and what is known later has the same
// NameKey.
func TestNoGuessedARN(t *testing.T) {
	const in = ":eu-west-1:471936205518:"
	for _, c := range []struct{ typ, name, key, arn string }{
		{"AutoScaling::AutoScalingGroup", "shop", "AWS::AutoScaling::AutoScalingGroup|471936205518|eu-west-1|shop", "arn:aws:autoscaling" + in + "autoScalingGroup:b1-2:autoScalingGroupName/shop"},
		{"SecretsManager::Secret", "db/pw", "AWS::SecretsManager::Secret|471936205518|eu-west-1|db/pw", "arn:aws:secretsmanager" + in + "secret:db/pw-a1B2c3"},
		{"SecretsManager::Secret", "arn:aws:secretsmanager" + in + "secret:db/pw", "AWS::SecretsManager::Secret|471936205518|eu-west-1|db/pw", "arn:aws:secretsmanager" + in + "secret:db/pw-a1B2c3"},
		{"CloudFormation::Stack", "vpn", "AWS::CloudFormation::Stack|471936205518|eu-west-1|vpn", "arn:aws:cloudformation" + in + "stack/vpn/e245ea50"},
		{"EKS::Nodegroup", "c/n", "AWS::EKS::Nodegroup|471936205518|eu-west-1|c/n", "arn:aws:eks" + in + "nodegroup/c/n/1a"},
		{"IAM::Role", "App", "arn:aws:iam::471936205518:role/App", "arn:aws:iam::471936205518:role/team/app"},
		{"Organizations::Account", "111122223333", "AWS::Organizations::Account|111122223333||111122223333", "arn:aws:organizations::999999999999:account/o-1/111122223333"},
	} {
		named, ok := Of("AWS::"+c.typ, c.name, here)
		if !ok || !named.Provisional || named.Key() != c.key {
			t.Errorf("%s %q is %+v (%v), want the provisional %q", c.typ, c.name, named, ok, c.key)
		}
		known, ok := Of("AWS::"+c.typ, c.arn, here)
		if !ok || known.Provisional || known.Key() != c.arn || known.NameKey() != named.NameKey() {
			t.Errorf("%s %q is %+v (%v), whose name's key should be %q", c.typ, c.arn, known, ok, named.NameKey())
		}
	}
}

// What names nothing, or something else.
func TestNotOne(t *testing.T) {
	for _, c := range [][2]string{
		{"KMS::Key", "alias/shop"},
		{"KMS::Key", "arn:aws:kms:eu-west-1:471936205518:alias/shop"},
		{"EC2::Instance", ""},
		{"EC2::Instance", "HIDDEN_DUE_TO_SECURITY_REASONS"},
		{"EC2::Instance", "****"},
		{"EC2::Instance", "arn:aws:ec2:eu-west-1:471936205518:volume/vol-1"},
		{"IAM::Role", "arn:aws:iam::471936205518:user/app"},
		{"IAM::Role", "a\nb"},
		{"EKS::Nodegroup", "only-the-cluster"},
		{"Nothing::Such", "x"},
	} {
		if r, ok := Of("AWS::"+c[0], c[1], here); ok {
			t.Errorf("%s %q is %+v, want none", c[0], c[1], r)
		}
	}
}

// Without an account or a region that are sure there is no ARN; a partition follows from the region.
func TestScopes(t *testing.T) {
	for _, c := range []struct {
		where Scope
		want  string
	}{
		{Scope{}, "AWS::EC2::VPC|||vpc-1"},
		{Scope{Account: "471936205518", Region: "apiso-northsouth_3r"}, "AWS::EC2::VPC|471936205518||vpc-1"},
		{Scope{Account: "ANONYMOUS", Region: "eu-west-1"}, "AWS::EC2::VPC||eu-west-1|vpc-1"},
		{Scope{Account: "471936205518", Region: "us-gov-east-1"}, "arn:aws-us-gov:ec2:us-gov-east-1:471936205518:vpc/vpc-1"},
		{Scope{Account: "471936205518", Region: "cn-north-1"}, "arn:aws-cn:ec2:cn-north-1:471936205518:vpc/vpc-1"},
		{Scope{Partition: "aws-iso", Account: "471936205518", Region: "us-iso-east-1"}, "arn:aws-iso:ec2:us-iso-east-1:471936205518:vpc/vpc-1"},
	} {
		if r, ok := Of("AWS::EC2::VPC", "vpc-1", c.where); !ok || r.Key() != c.want {
			t.Errorf("%+v: %q (%v), want %q", c.where, r.Key(), ok, c.want)
		}
	}
}

// A type by the ARN alone, the generated ones too.
func TestOfARN(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:elasticloadbalancing:eu-west-1:471936205518:loadbalancer/app/shop/8fea7f5522a7d196": "AWS::ElasticLoadBalancingV2::LoadBalancer",
		"arn:aws:elasticloadbalancing:eu-west-1:471936205518:loadbalancer/shop":                      "AWS::ElasticLoadBalancing::LoadBalancer",
		"arn:aws:sns:eu-west-1:471936205518:topic":                                                   "AWS::SNS::Topic",
		"arn:aws:sns:eu-west-1:471936205518:topic:0aaa-1":                                            "AWS::SNS::Subscription",
		"arn:aws:apigateway:eu-west-1::/restapis/x1/stages/prod":                                     "AWS::ApiGateway::Stage",
		"arn:aws:apigateway:eu-west-1::/restapis/x1":                                                 "AWS::ApiGateway::RestApi",
		"arn:aws:cognito-idp:eu-west-1:471936205518:userpool/eu-west-1_AbC":                          "AWS::Cognito::UserPool",
		"arn:aws:acm-pca:eu-west-1:471936205518:certificate-authority/a-1":                           "AWS::ACMPCA::CertificateAuthority",
		"arn:aws:iam::471936205518:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX":         "AWS::IAM::Role",
		"arn:aws:sts::471936205518:assumed-role/app/session":                                         "",
		"arn:aws:ec2:eu-west-1:471936205518:subnet/":                                                 "",
		"arn:aws:unheard:eu-west-1:471936205518:x/y":                                                 "",
		"not an arn": "",
	} {
		r, ok := OfARN(arn, here)
		if r.Type != want || ok != (want != "") || ok && r.Key() != arn {
			t.Errorf("%s is %+v (%v), want %q", arn, r, ok, want)
		}
	}
}
