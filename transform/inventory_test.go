package transform

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

func inventoryOf(t *testing.T, text string) dataset.Ledger {
	t.Helper()
	tr := New(Config{TempDir: t.TempDir(), Reject: func(raw.Rejected) error { return nil }})
	defer tr.Close()
	if err := tr.Inventory(strings.NewReader(text), "inventory"); err != nil {
		t.Log(err)
	}
	if err := tr.inventory.Check(); err != nil {
		t.Error(err)
	}
	return tr.inventory
}

func inventoryError(t *testing.T, text string) error {
	t.Helper()
	tr := New(Config{TempDir: t.TempDir(), Reject: func(raw.Rejected) error { return nil }})
	defer tr.Close()
	return tr.Inventory(strings.NewReader(text), "inventory")
}

func TestInventory(t *testing.T) {
	l := inventoryOf(t, "\ufeffInstanceId,Account,Region\r\n"+
		"i-0123456789abcdef0\r\n"+
		`"i-01234567" , "111122223333","eu-west-1"`+"\n"+
		"# a comment\n\n"+
		"i-1\n"+
		"vm-7\n"+
		"i-0123456789abcdef1,"+strings.Repeat("x", 3*maxInventoryLine)+"\n"+
		"\xff\xfe\n"+
		"i-0123456789abcdef2") // without an end
	if l.In != 10 || l.Out != 3 || !maps.Equal(l.Filtered, map[string]int64{"column_names": 1, "empty_or_comment": 2}) || l.Quarantined[invalidInstanceID] != 4 {
		t.Errorf("%+v", l)
	}
}

func FuzzInventory(f *testing.F) {
	f.Add("i-01234567,111122223333,us-east-1\n")
	f.Add("\ufeffid\n\"i-0123456789abcdef0\",,,\n#\n\x00")
	f.Fuzz(func(t *testing.T, text string) { inventoryOf(t, text) })
}

// An inventory comes as people have it; what its accounts lost is repaired where that is sure.
func TestInventoryForms(t *testing.T) {
	const a, b = "i-0123456789abcdef0", "i-0123456789abcdef1"
	described := `{"Reservations":[{"OwnerId":"011122223333","Instances":[{"InstanceId":"` + a + `","Placement":{"AvailabilityZone":"eu-west-1b"},"BlockDeviceMappings":[{"Ebs":{"VolumeId":"vol-1"}}]}]},` +
		`{"Instances":[{"InstanceId":"` + b + `"}],"OwnerId":"011122223333"}]}`
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(a + "\n" + b + "\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text     string
		out, bad int64
	}{
		"describe-instances": {described, 2, 0},
		"JSON lines":         {`{"InstanceId":"` + a + `","Account":11122223333,"Region":"eu-west-1"}` + "\n" + `{"instance_id":"` + b + `"}`, 2, 0},
		"a JSON list":        {`["` + a + `","` + b + `"]`, 2, 0},
		"gzip":               {packed.String(), 2, 0},
		"the first is data":  {a + "\n" + b, 2, 0},
		"a bad first line":   {"vm-1\n" + a, 1, 1},
		"another header":     {"Instance ID,Account\n" + a, 1, 0},
		"a lost zero":        {a + ",11122223333,eu-west-1", 1, 0},
		"an exponent":        {a + ",1.11122223333E+11", 1, 0},
		"a rounded exponent": {a + ",1.11122E+11\n" + b, 1, 1},
		"too few digits":     {a + ",1122223333\n" + b, 1, 1},
		"semicolons":         {a + ";111122223333;eu-west-1", 1, 0},
	} {
		l := inventoryOf(t, c.text)
		var bad int64
		for _, n := range l.Quarantined {
			bad += n
		}
		if l.Out != c.out || bad != c.bad {
			t.Errorf("%s: %+v", name, l)
		}
	}
	for _, text := range []string{"", "# nothing\n", "instance_id\n", "{}", `{"Reservations":[]}`} {
		if err := inventoryError(t, text); err == nil || !strings.Contains(err.Error(), "holds no instance and no ARN") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// An inventory of ARNs resolves entities of every type, sanitized or not.
func TestInventoryOfARNs(t *testing.T) {
	const queue, role, lb = "arn:aws:sqs:eu-west-1:111122223333:jobs", "arn:aws:iam::111122223333:role/team/app", "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/0123456789abcdef"
	d := func(s string) *string { return ptr(resolve.Digests(s)[0]) }
	entities := []raw.Record{
		&raw.Stack{ID: "web"},
		&raw.Entity{StackID: "web", ID: "q", Type: ptr("aws_sqs_queue"), Object: d("https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"), ARN: d(queue), Identity: map[string]string{"name": *d("jobs")}},
		&raw.Entity{StackID: "web", ID: "r", Type: ptr("aws_iam_role"), Object: d("app"), ARN: d(role)},
		&raw.Entity{StackID: "web", ID: "l", Type: ptr("aws_lb"), Object: d(lb), ARN: d(lb)},
		&raw.Entity{StackID: "web", ID: "b", Type: ptr("aws_s3_bucket"), Object: d("acme-logs")},
	}
	want := []string{
		"start_id=web end_id=" + lb + " entity_id=l resolved_by=digest",
		"start_id=web end_id=" + role + " entity_id=r resolved_by=digest+arn",
		"start_id=web end_id=" + queue + " entity_id=q resolved_by=digest+arn",
		"start_id=web end_id=arn:aws:s3:::acme-logs entity_id=b resolved_by=digest",
	}
	for name, text := range map[string]string{
		"lines":    "ARN\n" + queue + "\n" + role + "\r\n\"" + lb + "\"\n# a bucket\narn:aws:s3:::acme-logs,111122223333,eu-west-1\n",
		"a list":   `["` + queue + `","` + role + `","` + lb + `","arn:aws:s3:::acme-logs"]`,
		"explorer": `{"Count":{"Complete":true},"Resources":[{"Arn":"` + queue + `","OwningAccountId":"111122223333","Properties":[]},{"Arn":"` + role + `"},{"Arn":"` + lb + `"},{"Arn":"arn:aws:s3:::acme-logs"}]}`,
	} {
		o := transformedBy(t, everything, text, entities...)
		slices.Sort(want)
		o.want(t, "SpaceliftStack_MANAGES_AWSResource", want...)
		if len(o.reasons()) > 0 {
			t.Errorf("%s: quarantined %v", name, o.reasons())
		}
	}
	l := inventoryOf(t, queue+"\narn:aws:nothing:::such\narn:broken\n")
	if l.Out != 1 || l.Quarantined[invalidInstanceID] != 2 {
		t.Errorf("%+v, want 1 resource and 2 quarantined", l)
	}
}
