package resolve

import "testing"

// The five pairs that Spacelift's documentation shows.
func TestDigests(t *testing.T) {
	for s, want := range map[string]string{
		"exampledb": "59832d41", "mysql": "eae35047", "5.7": "fc40d152", "default.mysql5.7": "bead1390", "db.t3.micro": "4f8189cd",
	} {
		if got := Digests(s)[0]; got != want {
			t.Errorf("digest of %q is %s, not %s", s, got, want)
		}
	}
}

func TestInstanceARN(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1":     "arn:aws:ec2:us-east-1:1:instance/i-1",
		"cn-north-1":    "arn:aws-cn:ec2:cn-north-1:1:instance/i-1",
		"us-gov-west-1": "arn:aws-us-gov:ec2:us-gov-west-1:1:instance/i-1",
	} {
		if got := InstanceARN("1", region, "i-1"); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}
