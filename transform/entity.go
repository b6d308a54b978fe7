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
// resource, or a link between two, is none of its own.
func (t *Transformer) resource(e *raw.Entity) {
	typ := ""
	for _, a := range awsresource.EntitiesOf(deref(e.Type)) {
		if !a.Part {
			typ = a.Type
		}
	}
	object := deref(e.Object)
	switch {
	case !t.resources || typ == "":
		t.r.Filter("not_an_instance")
	case deref(e.Mode) == "data":
		t.r.Filter("data_source")
	case object == "" && deref(e.ARN) == "":
		t.r.Filter("no_identity")
	default:
		t.r.Entity(&resolve.Entity{
			Stack: e.StackID, ID: cmp.Or(e.ID, object), Updated: derefInt(e.UpdatedAt), Object: object, ARN: deref(e.ARN),
			Creator: deref(e.Creator), Updater: deref(e.Updater), Type: typ, Address: deref(e.Address), Drifted: derefInt(e.Drifted),
		})
	}
}
