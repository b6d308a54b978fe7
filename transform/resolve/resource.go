package resolve

import (
	"liftgraph/graph"
	"liftgraph/internal/awsresource"
	"liftgraph/internal/extsort"
	"liftgraph/internal/raw"
)

// The joins of AWS resources, each a pass over a sorter:
//
//	names       one id of a resource that events name with its ARN and without it   (names.go)
//	candidates  which resource an entity stands for, sanitized or not               (candidates.go)
//	managed     which resources a stack manages, and who changed them outside runs  (managed.go)
//	touches     one relationship of all calls with the same ends and role           (touches.go)

// resourceProperties is the properties of an AWSResource.
type resourceProperties struct {
	ID, ARN, Type, Service, Name, AWSAccount, AWSRegion, StableID, CartographyLabel, CartographyID, Resolved graph.Value
}

// actorProperties is the properties of an AWSActor.
type actorProperties struct{ ID, Kind, Name, Email, RoleARN, AWSAccount graph.Value }

// eventProperties is the properties of a ResourceEvent.
type eventProperties struct {
	ID, EventID, ResourceID, Role, EventTime, Source, Name, Class, RunID, ActorID, Via, Noise, Basis, AWSAccount, AWSRegion, SourceIP graph.Value
}

var (
	resources      = NodesOf[resourceProperties](graph.AWSResource)
	actors         = NodesOf[actorProperties](graph.AWSActor)
	resourceEvents = NodesOf[eventProperties](graph.ResourceEvent)
)

// instanceType is the type whose resources are EC2Instance nodes.
const instanceType = "AWS::EC2::Instance"

// nodeID returns the id of a resource's node: of an instance its own.
func nodeID(a *awsresource.Resource) string {
	if a.Type == instanceType {
		return a.Name
	}
	return a.Key()
}

// resource adds the node of a resource that an edge needs.
func (r *Resolver) resource(a *awsresource.Resource) {
	if a.Type == instanceType {
		r.Instance(a.Name)
		return
	}
	label, id := a.Cartography()
	resources.stub(r, resourceProperties{
		ID: graph.Text(a.Key()), ARN: TextOrNone(a.ARN), Type: graph.Text(a.Type), Service: TextOrNone(a.Service()), Name: TextOrNone(a.Name),
		AWSAccount: TextOrNone(a.Account), AWSRegion: TextOrNone(a.Region), CartographyLabel: TextOrNone(label), CartographyID: TextOrNone(id),
		Resolved: graph.Truth(!a.Provisional && a.ARN != ""),
	})
}

// usable reports whether a resource can be a node: of an instance the id must have its form.
func usable(a *awsresource.Resource) bool {
	return raw.IsID(nodeID(a)) && a.Name != "" && (a.Type != instanceType || IsInstanceID(a.Name))
}

func appendResource(dst []byte, a *awsresource.Resource) []byte {
	provisional := ""
	if a.Provisional {
		provisional = "p"
	}
	return extsort.AppendTexts(dst, a.Type, a.ARN, a.Account, a.Region, a.Name, provisional)
}

func (r *Resolver) cutResource(src []byte) (a awsresource.Resource, rest []byte) {
	var provisional string
	rest = r.texts(src, &a.Type, &a.ARN, &a.Account, &a.Region, &a.Name, &provisional)
	a.Provisional = provisional != ""
	return a, rest
}

func appendActor(dst []byte, a *raw.Actor) []byte {
	if a == nil {
		a = new(raw.Actor)
	}
	return extsort.AppendTexts(dst, a.ID, a.Kind, a.Name, a.Email, a.RoleARN, a.Account)
}

func (r *Resolver) cutActor(src []byte) (a raw.Actor, rest []byte) {
	rest = r.texts(src, &a.ID, &a.Kind, &a.Name, &a.Email, &a.RoleARN, &a.Account)
	return a, rest
}

// actor adds the node of an actor that an edge needs.
func (r *Resolver) actor(a *raw.Actor) {
	actors.stub(r, actorProperties{
		ID: graph.Text(a.ID), Kind: TextOrNone(a.Kind), Name: TextOrNone(a.Name), Email: TextOrNone(a.Email),
		RoleARN: TextOrNone(a.RoleARN), AWSAccount: TextOrNone(a.Account),
	})
}

// use is what an event did to a resource.
type use struct {
	run                                                                          string
	actor                                                                        raw.Actor // where no run did it
	event, at, source, name, class, account, region, via, noise, ip, role, basis string
}

func appendUse(dst []byte, u *use) []byte {
	dst = appendActor(extsort.AppendTexts(dst, u.run), &u.actor)
	return extsort.AppendTexts(dst, u.event, u.at, u.source, u.name, u.class, u.account, u.region, u.via, u.noise, u.ip, u.role, u.basis)
}

func (r *Resolver) cutUse(src []byte) (u use, rest []byte) {
	rest = r.texts(src, &u.run)
	u.actor, rest = r.cutActor(rest)
	rest = r.texts(rest, &u.event, &u.at, &u.source, &u.name, &u.class, &u.account, &u.region, &u.via, &u.noise, &u.ip, &u.role, &u.basis)
	return u, rest
}
