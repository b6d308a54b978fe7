package transform

import (
	"cmp"
	"fmt"

	"liftgraph/internal/awsresource"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// entity makes AFFECTED from the runs that created and last changed an EC2 instance, or CONTAINS
// from a stack to a stack that it manages.
func (t *Transformer) entity(e *raw.Entity) {
	stack := false
	switch deref(e.Type) {
	case "aws_instance", "aws:ec2/instance:Instance", "AWS::EC2::Instance":
	case "spacelift_stack":
		stack = true
	default:
		t.resource(e)
		return
	}
	if deref(e.Mode) == "data" {
		t.r.Filter("data_source")
		return
	}
	object := deref(e.Object)
	switch {
	case object == "":
		t.quarantine(e, noInstanceID, "the entity's values have no id")
		return
	case !stack && !resolve.IsInstanceID(object) && !resolve.IsDigest(object):
		t.quarantine(e, invalidInstanceID, fmt.Sprintf("%q is neither an instance id nor a sanitized one", object))
		return
	case !stack && !t.resources && t.noInstances:
		t.r.Filter(notAskedFor)
		return
	case !stack && !t.resources && deref(e.Creator) == "" && deref(e.Updater) == "":
		t.r.Filter("no_run")
		return
	}
	id := e.ID
	if id == "" {
		id = object
	}
	t.r.Entity(&resolve.Entity{
		Stack: e.StackID, ID: id, Updated: derefInt(e.UpdatedAt), Object: object, ARN: deref(e.ARN),
		Creator: deref(e.Creator), Updater: deref(e.Updater), ManagesStack: stack,
		Address: deref(e.Address), Drifted: derefInt(e.Drifted),
	})
}

// resource makes MANAGES from a stack to an AWS resource of another type than instances, and AFFECTED from its runs. A setting of a
// resource counts as the resource, and so does a link between two as the one that it is a part of; its runs touched the other end too.
func (t *Transformer) resource(e *raw.Entity) {
	var subjects []resolve.Subject
	for _, a := range awsresource.EntitiesOf(deref(e.Type)) {
		to := resolve.Subject{Type: a.Type, Part: a.Part, End: a.End}
		for _, at := range a.Attributes {
			text := e.Identity[at.Name]
			switch at.Name {
			case "arn":
				text = deref(e.ARN)
			case "id", "physicalResourceId":
				text = deref(e.Object)
			}
			if text != "" {
				to.Names = append(to.Names, resolve.Name{Form: at.Form, Unsure: at.Unsure, Text: text})
			}
		}
		if len(to.Names) > 0 {
			subjects = append(subjects, to)
		}
	}
	switch {
	case !t.resources || len(awsresource.EntitiesOf(deref(e.Type))) == 0:
		t.r.Filter("not_an_instance")
	case deref(e.Mode) == "data":
		t.r.Filter("data_source")
	case len(subjects) == 0:
		t.r.Filter("no_identity")
	default:
		t.r.Entity(&resolve.Entity{
			Stack: e.StackID, ID: cmp.Or(e.ID, deref(e.Object), subjects[0].Names[0].Text), Updated: derefInt(e.UpdatedAt), Subjects: subjects,
			Creator: deref(e.Creator), Updater: deref(e.Updater), Address: deref(e.Address), Drifted: derefInt(e.Drifted),
		})
	}
}

// notAskedFor is why an entity is left out that --resources none does without.
const notAskedFor = resolve.NotAskedFor
