package awsresource

import "testing"

// The attributes of an entity, by the tool's type, and their texts for a resource.
func TestEntities(t *testing.T) {
	queue, _ := Of("AWS::SQS::Queue", "jobs", here)
	group, _ := Of("AWS::EKS::Nodegroup", "arn:aws:eks:eu-west-1:471936205518:nodegroup/c/n/1a-2b", here)
	role, _ := Of("AWS::IAM::Role", "arn:aws:iam::471936205518:role/team/app", here)
	alias, _ := Of("AWS::KMS::Alias", "alias/shop", here)
	for _, c := range []struct {
		tool, attribute string
		of              Resource
		want            string
	}{
		{"aws_sqs_queue", "id", queue, "https://sqs.eu-west-1.amazonaws.com/471936205518/jobs"},
		{"aws:sqs/queue:Queue", "arn", queue, "arn:aws:sqs:eu-west-1:471936205518:jobs"},
		{"AWS::SQS::Queue", "physicalResourceId", queue, "https://sqs.eu-west-1.amazonaws.com/471936205518/jobs"},
		{"aws_eks_node_group", "id", group, "c:n"},
		{"aws:eks/nodeGroup:NodeGroup", "nodeGroupName", group, "n"},
		{"aws_iam_role", "id", role, "app"},
		{"AWS::IAM::Role", "physicalResourceId", role, "app"},
		{"aws_iam_role_policy_attachment", "role", role, "app"},
		{"aws_kms_alias", "id", alias, "alias/shop"},
		{"AWS::ElasticLoadBalancingV2::TargetGroup", "physicalResourceId", Resource{ARN: "arn:x"}, "arn:x"},
	} {
		found := false
		for _, e := range EntitiesOf(c.tool) {
			for _, a := range e.Attributes {
				if a.Name == c.attribute && (c.of.Type == "" || e.Type == c.of.Type) {
					found = true
					if got := a.Form.Text(c.of); got != c.want {
						t.Errorf("%s.%s is %q, want %q", c.tool, c.attribute, got, c.want)
					}
				}
			}
		}
		if !found {
			t.Errorf("%s has no attribute %s: %+v", c.tool, c.attribute, EntitiesOf(c.tool))
		}
	}
	if e := EntitiesOf("aws_iam_role_policy_attachment"); len(e) != 2 || !e[0].Part || !e[1].Part {
		t.Errorf("a policy's attachment is %+v, want parts of both ends", e)
	}
	for _, none := range []string{"aws_nothing", "azurerm_x", "AWS::Nothing::Such", ""} {
		if e := EntitiesOf(none); e != nil {
			t.Errorf("%s is %+v, want nothing", none, e)
		}
	}
}

// An attribute's text names the resource that it was made of.
func TestAttributesNameTheirResource(t *testing.T) {
	for tool, all := range entities {
		for _, e := range all {
			r, ok := sample(e.Type, "a1")
			if !ok {
				t.Errorf("%s: no sample of %s", tool, e.Type)
				continue
			}
			for _, a := range e.Attributes {
				text := a.Form.Text(r)
				if a.Form != "name" && a.Form != "arn" && a.Form != "alias" && a.Form != "url" || text == "" {
					continue
				}
				if back, ok := Of(e.Type, text, here); !ok || back.NameKey() != r.NameKey() {
					t.Errorf("%s.%s is %q, which names %+v (%v), not %s", tool, a.Name, text, back, ok, r.Key())
				}
			}
		}
	}
}

// sample returns a resource of a type by an ARN of its form.
func sample(typ, name string) (Resource, bool) {
	p := kinds[typ].patterns[0]
	values := make([]string, len(p.holes()))
	for i, hole := range p.holes() {
		switch hole {
		case "{id}":
			values[i] = "abc123"
		case "{path}":
		default:
			values[i] = name
		}
	}
	a := ARN{Partition: "aws", Service: p.service, Rest: p.write(values)}
	if p.hasAccount {
		a.Account = here.Account
	}
	if p.hasRegion {
		a.Region = here.Region
	}
	return OfARN(a.String(), here)
}
