package resource

import "testing"

func TestClasses(t *testing.T) {
	const user = `{"type":"IAMUser","arn":"arn:aws:iam::471936205518:user/jo"}`
	for name, c := range map[string]struct {
		event Event
		want  Class
	}{
		"a change":            {Event{Source: "ec2.amazonaws.com", Name: "CreateVpc", ReadOnly: "false"}, Change},
		"failed":              {Event{Source: "ec2.amazonaws.com", Name: "CreateVpc", ReadOnly: "false", ErrorCode: "Client.DryRunOperation"}, Failed},
		"failed by message":   {Event{Source: "ec2.amazonaws.com", Name: "CreateVpc", ReadOnly: "false", ErrorMessage: "no"}, Failed},
		"no error":            {Event{Source: "ec2.amazonaws.com", Name: "CreateVpc", ReadOnly: "false", ErrorCode: "None"}, Change},
		"read":                {Event{Source: "ec2.amazonaws.com", Name: "CreateVpc", ReadOnly: "true"}, ReadOnly},
		"read by name":        {Event{Source: "ec2.amazonaws.com", Name: "DescribeVpcs"}, ReadOnly},
		"read by AWS's list":  {Event{Source: "access-analyzer.amazonaws.com", Name: "CheckAccessNotGranted"}, ReadOnly},
		"an assumed role":     {Event{Source: "sts.amazonaws.com", Name: "AssumeRole"}, ReadOnly},
		"data":                {Event{Source: "s3.amazonaws.com", Name: "PutObject", ReadOnly: "false", Management: "false"}, Data},
		"data by category":    {Event{Source: "s3.amazonaws.com", Name: "PutObject", ReadOnly: "false", Category: "Data"}, Data},
		"operate":             {Event{Source: "ec2.amazonaws.com", Name: "StopInstances", ReadOnly: "false"}, Operate},
		"sign in":             {Event{Source: "signin.amazonaws.com", Name: "ConsoleLogin", ReadOnly: "false"}, Operate},
		"reboot":              {Event{Source: "rds.amazonaws.com", Name: "RebootDBInstance", ReadOnly: "false"}, Operate},
		"a service":           {Event{Source: "ec2.amazonaws.com", Name: "DeleteVpc", ReadOnly: "false", Identity: []byte(`{"type":"AWSService","invokedBy":"x.amazonaws.com"}`)}, Automatic},
		"a service's event":   {Event{Source: "kms.amazonaws.com", Name: "RotateKey", ReadOnly: "false", Type: "AwsServiceEvent"}, Automatic},
		"a service's grant":   {Event{Source: "kms.amazonaws.com", Name: "CreateGrant", ReadOnly: "false", Identity: []byte(`{"type":"IAMUser","arn":"arn:aws:iam::471936205518:user/jo","invokedBy":"dynamodb.amazonaws.com"}`)}, Automatic},
		"a person's grant":    {Event{Source: "kms.amazonaws.com", Name: "CreateGrant", ReadOnly: "false"}, Change},
		"by a backup service": {Event{Source: "ec2.amazonaws.com", Name: "CreateSnapshot", ReadOnly: "false", Identity: []byte(`{"type":"IAMUser","arn":"arn:aws:iam::471936205518:user/jo","invokedBy":"backup.amazonaws.com"}`)}, Change},
	} {
		if c.event.Identity == nil {
			c.event.Identity = []byte(user)
		}
		if got := Read(&c.event).Class; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestCallNames(t *testing.T) {
	for name, want := range map[string]string{
		"CreateFunction20150331": "CreateFunction", "UpdateFunctionCode20150331v2": "UpdateFunctionCode", "CreateDistribution2020_05_31": "CreateDistribution",
		"CreateClusterV2": "CreateClusterV2", "RunInstances": "RunInstances", "20150331": "20150331", "": "", "v2": "v2", "X2015033": "X2015033",
	} {
		if got := Call(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
