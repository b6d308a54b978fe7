package transform

import (
	"fmt"

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
		t.r.Filter("not_an_instance")
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
	case !stack && deref(e.Creator) == "" && deref(e.Updater) == "":
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
	})
}
