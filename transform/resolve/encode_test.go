package resolve

import (
	"bytes"
	"cmp"
	"testing"
)

// Keys sort as their texts do, and give them back.
func FuzzKey(f *testing.F) {
	f.Add("a", "b", "ab", "")
	f.Add("a\x00", "", "a", "\x00\x01")
	f.Add("a\x00\xff", "b", "a\x00", "\xff")
	f.Fuzz(func(t *testing.T, a1, a2, b1, b2 string) {
		a, b := appendKey(nil, 't', a1, a2), appendKey(nil, 't', b1, b2)
		if want := cmp.Or(cmp.Compare(a1, b1), cmp.Compare(a2, b2)); bytes.Compare(a, b) != want {
			t.Errorf("keys of %q and %q compare as %d, not %d", []string{a1, a2}, []string{b1, b2}, bytes.Compare(a, b), want)
		}
		var got [2]string
		if err := keyTexts(a, got[:]); err != nil || got != [2]string{a1, a2} {
			t.Errorf("%q came back as %q, %v", []string{a1, a2}, got, err)
		}
		var v1, v2 string
		rest, err := texts(append(appendTexts(nil, a1, b2), "rest"...), &v1, &v2)
		if err != nil || v1 != a1 || v2 != b2 || string(rest) != "rest" {
			t.Errorf("%q came back as %q, %q, %v", []string{a1, b2}, v1, rest, err)
		}
	})
}

func TestNewestFirst(t *testing.T) {
	order := []int64{1 << 62, 2, 1, 0, -1, -1 << 63}
	for i := 1; i < len(order); i++ {
		if bytes.Compare(appendNewestFirst(nil, order[i-1]), appendNewestFirst(nil, order[i])) >= 0 {
			t.Errorf("%d doesn't come before %d", order[i-1], order[i])
		}
	}
}

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
