package awsresource

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed identity.txt
var identityText string

// Entity is how an infrastructure tool names a resource in the entities of one of its types.
type Entity struct {
	Type       string // of the resource, e.g. AWS::IAM::Role
	Part       bool   // the entity is a setting, or one end of a link, of the resource, and not the resource itself
	End        bool   // the entity is a link that belongs to another resource, and this one is the other end
	Attributes []Attribute
}

// Attribute is a value of an entity that names the resource.
type Attribute struct {
	Name string // of Terraform's values, id for Pulumi's, physicalResourceId for CloudFormation's
	Form Form

	// Unsure reports that the text may have another form too, so that a different text doesn't mean another resource.
	Unsure bool
}

// Form is what an attribute's text is of the resource that it names.
type Form string

// formTexts make the text of a form; "" where a resource has none.
var formTexts = map[Form]func(Resource) string{
	"name": func(r Resource) string { return r.Name },
	"arn": func(r Resource) string {
		if r.Provisional {
			return ""
		}
		return r.ARN
	},
	"last":  func(r Resource) string { return r.Name[strings.LastIndexByte(r.Name, '/')+1:] },
	"colon": func(r Resource) string { return strings.ReplaceAll(r.Name, "/", ":") },
	"alias": func(r Resource) string { return "alias/" + r.Name },
	"catalog": func(r Resource) string {
		if r.Account == "" {
			return ""
		}
		return r.Account + ":" + r.Name
	},
	"url": queueURL,
}

// Text returns the text that an attribute of this form has for a resource; "" where that isn't known.
func (f Form) Text(r Resource) string {
	if text := formTexts[f]; text != nil {
		return text(r)
	}
	return ""
}

func queueURL(r Resource) string {
	if r.Account == "" || r.Region == "" {
		return ""
	}
	domain := "amazonaws.com"
	if Partition(r.Region) == "aws-cn" {
		domain += ".cn"
	}
	return "https://sqs." + r.Region + "." + domain + "/" + r.Account + "/" + r.Name
}

// entities are those of identity.txt, by the tool's type.
var entities = func() map[string][]Entity {
	all, err := parseEntities(identityText)
	if err != nil {
		panic("internal/awsresource: " + err.Error())
	}
	return all
}()

// EntitiesOf returns what resources an entity of a tool's type names: of Terraform (aws_iam_role), Pulumi
// (aws:iam/role:Role) or CloudFormation (AWS::IAM::Role). Most types name one; a link names its ends; nil: it isn't known.
func EntitiesOf(toolType string) []Entity {
	if all := entities[toolType]; all != nil {
		return all
	}
	if Known(toolType) && !strings.Contains(identityText, strings.TrimPrefix(toolType, "AWS::")+" ") {
		return []Entity{{Type: toolType, Attributes: []Attribute{{Name: "physicalResourceId", Form: "name", Unsure: true}}}} // what Ref mostly returns
	}
	return nil
}

// AttributesOf returns the names of the attributes that name the resources of an entity of a tool's type; nil: it isn't known.
func AttributesOf(toolType string) (names []string) {
	for _, e := range EntitiesOf(toolType) {
		for _, a := range e.Attributes {
			if !slices.Contains(names, a.Name) {
				names = append(names, a.Name)
			}
		}
	}
	return names
}

// renamed are CloudFormation's types that are others here.
var renamed = map[string]string{
	"AWS::Elasticsearch::Domain": "AWS::OpenSearchService::Domain", "AWS::ACM::Certificate": "AWS::CertificateManager::Certificate",
	"AWS::DynamoDB::GlobalTable": "AWS::DynamoDB::Table",
}

// parseEntities parses identity.txt.
func parseEntities(text string) (map[string][]Entity, error) {
	all, n := map[string][]Entity{}, 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Fields(line)
		if len(f) != 6 {
			return nil, fmt.Errorf("identity.txt:%d: %d columns instead of 6", n, len(f))
		}
		e := Entity{Type: "AWS::" + f[2], Part: f[3] == "part"}
		if kinds[e.Type] == nil || f[3] != "part" && f[3] != "self" {
			return nil, fmt.Errorf("identity.txt:%d: %s %s: the type isn't in types.txt, or it is neither self nor part", n, f[2], f[3])
		}
		pulumi := e
		for _, a := range strings.Split(f[5], ",") {
			name, form, _ := strings.Cut(a, "=")
			form, unsure := strings.CutSuffix(form, "?")
			if formTexts[Form(form)] == nil {
				return nil, fmt.Errorf("identity.txt:%d: there is no form %q", n, form)
			}
			e.Attributes = append(e.Attributes, Attribute{name, Form(form), unsure})
			pulumi.Attributes = append(pulumi.Attributes, Attribute{camel(name), Form(form), unsure})
		}
		e.End = e.Part && len(all[f[0]]) > 0
		pulumi.End = e.End
		all[f[0]] = append(all[f[0]], e)
		all["aws:"+f[1]] = append(all["aws:"+f[1]], pulumi)
		if f[4] == "-" || e.Part {
			continue
		}
		if formTexts[Form(f[4])] == nil {
			return nil, fmt.Errorf("identity.txt:%d: there is no form %q", n, f[4])
		}
		if all[e.Type] == nil {
			all[e.Type] = []Entity{{Type: e.Type, Attributes: []Attribute{{Name: "physicalResourceId", Form: Form(f[4])}}}}
		}
	}
	for from, to := range renamed {
		if all[from] == nil {
			all[from] = all[to]
		}
	}
	return all, nil
}

// camel returns an attribute's name as Pulumi spells it: function_name is functionName.
func camel(name string) string {
	first, rest, ok := strings.Cut(name, "_")
	for ok {
		var word string
		word, rest, ok = strings.Cut(rest, "_")
		if word != "" {
			first += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return first
}
