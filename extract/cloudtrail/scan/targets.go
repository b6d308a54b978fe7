package scan

// call says where the ids of the instances stand that an API call changes: the last names of their paths, plain.
type call struct {
	request, response []string
	notAnswer         bool // the response lists others than those that were changed
}

// targets are the calls that change EC2 instances, by the first part of their event source and their event name. Sources:
// the API references of EC2, Elastic Load Balancing, EC2 Auto Scaling, Systems Manager, ECS and EC2 Instance Connect at
// https://docs.aws.amazon.com, section Actions of each; the classic load balancer's response lists the instances that are
// registered afterwards (API_DeregisterInstancesFromLoadBalancer).
var targets = func() map[string]call {
	byID := call{request: []string{"instanceid"}, response: []string{"instanceid"}}
	byIDs := call{request: []string{"instanceids", "instanceid"}, response: []string{"instanceid"}}
	all := map[string]call{
		"ec2 RunInstances":                                   {response: []string{"instanceid"}},
		"ec2 RunScheduledInstances":                          {response: []string{"instanceidset", "instanceid"}},
		"ec2 CreateFleet":                                    {response: []string{"instanceids"}},
		"ec2 CreateTags":                                     {request: []string{"resourceid"}},
		"ec2 DeleteTags":                                     {request: []string{"resourceid"}},
		"elasticloadbalancing RegisterTargets":               {request: []string{"id"}},
		"elasticloadbalancing DeregisterTargets":             {request: []string{"id"}},
		"ssm SendCommand":                                    {request: []string{"instanceids", "values"}, response: []string{"instanceids"}},
		"ssm StartSession":                                   {request: []string{"target"}},
		"ssm CreateAssociation":                              {request: []string{"instanceid", "values"}, response: []string{"instanceid"}},
		"ssm PutComplianceItems":                             {request: []string{"resourceid"}},
		"ssm AddTagsToResource":                              {request: []string{"resourceid"}},
		"ssm RemoveTagsFromResource":                         {request: []string{"resourceid"}},
		"ecs RegisterContainerInstance":                      {request: []string{"instanceidentitydocument", "instanceid"}, response: []string{"ec2instanceid"}},
		"ecs DeregisterContainerInstance":                    {response: []string{"ec2instanceid"}},
		"ecs UpdateContainerInstancesState":                  {response: []string{"ec2instanceid"}},
		"ec2-instance-connect SendSSHPublicKey":              byID,
		"ec2-instance-connect SendSerialConsoleSSHPublicKey": byID,
	}
	for _, name := range []string{
		"TerminateInstances", "StartInstances", "StopInstances", "RebootInstances", "MonitorInstances", "UnmonitorInstances", "ModifyInstanceAttribute", "ResetInstanceAttribute",
		"ModifyInstanceMetadataOptions", "ModifyInstancePlacement", "ModifyInstanceCapacityReservationAttributes", "ModifyInstanceEventStartTime", "ModifyInstanceMaintenanceOptions",
		"ModifyInstanceNetworkPerformanceOptions", "ModifyInstanceCpuOptions", "ModifyInstanceCreditSpecification", "ModifyPrivateDnsNameOptions", "AssociateAddress", "AttachVolume",
		"DetachVolume", "AttachNetworkInterface", "AssociateIamInstanceProfile", "DisassociateIamInstanceProfile", "ReplaceIamInstanceProfileAssociation", "AttachClassicLinkVpc",
		"DetachClassicLinkVpc", "SendDiagnosticInterrupt", "CreateReplaceRootVolumeTask", "ReportInstanceStatus",
	} {
		all["ec2 "+name] = byIDs
	}
	for _, name := range []string{"RegisterInstancesWithLoadBalancer", "DeregisterInstancesFromLoadBalancer"} {
		all["elasticloadbalancing "+name] = call{request: []string{"instanceid"}, notAnswer: true}
	}
	for _, name := range []string{
		"AttachInstances", "DetachInstances", "EnterStandby", "ExitStandby", "SetInstanceProtection", "SetInstanceHealth", "TerminateInstanceInAutoScalingGroup",
		"CompleteLifecycleAction", "RecordLifecycleActionHeartbeat",
	} {
		all["autoscaling "+name] = byIDs
	}
	for _, name := range []string{"UpdateManagedInstanceRole", "DeregisterManagedInstance", "UpdateInstanceInformation", "PutInventory", "ResumeSession"} {
		all["ssm "+name] = byID
	}
	return all
}()
