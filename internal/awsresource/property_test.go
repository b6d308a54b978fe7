package awsresource

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// randomName returns a name of a form that a type's names have.
func randomName(rnd *rand.Rand, typ string) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = letters[rnd.IntN(len(letters))]
		}
		return string(b)
	}
	var parts []string
	for range max(kinds[typ].patterns[0].names, 1) {
		parts = append(parts, word(2+rnd.IntN(6))+"-"+word(3))
	}
	return strings.Join(parts, "/")
}

// spelled returns the ways in which a resource may be written.
func spelled(r Resource) []string {
	all := []string{r.Name}
	if r.ARN != "" {
		all = append(all, r.ARN, strings.NewReplacer(":", "%3A", "/", "%2F").Replace(r.ARN))
	}
	switch kinds[r.Type].spelling {
	case "lower", "id", "bucket", "key":
		all = append(all, strings.ToUpper(r.Name))
	case "function":
		all = append(all, r.Name+":live", r.Account+":function:"+r.Name, r.ARN+":7", r.ARN+":$LATEST")
	case "loggroup":
		all = append(all, r.ARN+":*", r.ARN+":log-stream:x/y")
	case "queue":
		all = append(all, queueURL(r))
	case "alias":
		all = append(all, "alias/"+r.Name)
	case "ssm":
		all = append(all, "/"+r.Name)
	case "rule":
		all = append(all, "default/"+r.Name)
	case "last":
		all = append(all, "/hostedzone/"+r.Name)
	case "iam":
		all = append(all, "/path/"+r.Name)
	}
	return all
}

// No spelling makes two of one resource, and no two resources become one: for every type of the tables.
func TestOneIDForOneThing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	owners := map[string]string{}
	for typ := range kinds {
		for range 20 {
			name := randomName(rnd, typ)
			where := here
			where.Region = []string{"eu-west-1", "us-east-1", "cn-north-1"}[rnd.IntN(3)]
			where.Account = fmt.Sprintf("%012d", rnd.IntN(3)+1)
			r, ok := Of(typ, name, where)
			if !ok {
				t.Errorf("%s %q isn't taken", typ, name)
				continue
			}
			thing := fmt.Sprint(typ, r.Account, r.Region, r.Name)
			if !kinds[typ].patterns[0].hasAccount && r.ARN != "" {
				thing = fmt.Sprint(typ, r.Region, r.Name, strings.Split(r.ARN, ":")[1]) // unique in the partition
			}
			if other, taken := owners[r.Key()]; taken && other != thing {
				t.Errorf("%s is the key of %s and of %s", r.Key(), other, thing)
			}
			owners[r.Key()] = thing
			for _, s := range spelled(r) {
				again, ok := Of(typ, s, where)
				if !ok || again.Key() != r.Key() || again.NameKey() != r.NameKey() {
					t.Errorf("%s %q has the key %q (%v), and as %q it has %q", typ, s, again.Key(), ok, name, r.Key())
				}
			}
		}
	}
}

// What the hand wrote and what AWS's specification says of the same type agree.
func TestTypesAgreeWithSpec(t *testing.T) {
	spec, differ := map[string]string{}, []string{}
	for line := range strings.Lines(specText) {
		if typ, form, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && line[0] != '#' {
			spec[typ] = form
		}
	}
	known := []string{ // where the specification is coarser, or names the type's ARN by another part
		"AWS::SecretsManager::Secret", "AWS::AmazonMQ::Broker", "AWS::MSK::Cluster",
	}
	for line := range strings.Lines(typesText) {
		f := strings.Fields(line)
		if len(f) != 4 || f[0] == "#" {
			continue
		}
		form, there := spec["AWS::"+f[0]]
		mine, err := newPattern(&kind{}, strings.Split(f[1], ",")[0])
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := newPattern(&kind{}, form)
		if !there || err != nil || slices.Contains(known, "AWS::"+f[0]) {
			continue
		}
		first := func(p *pattern) string { return strings.TrimRight(p.parts[0], "/:") }
		if mine.service != theirs.service || mine.hasRegion != theirs.hasRegion || mine.hasAccount != theirs.hasAccount || mine.parts[0][0] != '{' && first(mine) != first(theirs) {
			differ = append(differ, f[0]+": "+f[1]+" and "+form)
		}
	}
	if len(differ) > 0 {
		t.Errorf("types.txt and spec.tsv differ:\n%s", strings.Join(differ, "\n"))
	}
}

// Whatever a value is, what it names is named by its own key and name again.
func FuzzOf(f *testing.F) {
	for typ := range kinds {
		f.Add(typ, "a-1")
	}
	f.Add("AWS::Lambda::Function", "1:function:a:b")
	f.Add("AWS::Events::Rule", "arn:aws:events:eu-west-1:471936205518:event-bus/b/r")
	f.Fuzz(func(t *testing.T, typ, value string) {
		r, ok := Of(typ, value, here)
		if !ok {
			return
		}
		if strings.ContainsAny(r.Key(), "\n\r\x00") || r.Name == "" || r.Type != typ {
			t.Fatalf("%s %q is %+v", typ, value, r)
		}
		where := Scope{Account: r.Account, Region: r.Region}
		if where.Region == "" {
			where.Region = here.Region
		}
		if a, ok := ParseARN(r.ARN); ok {
			where.Partition = a.Partition
			if again, ok := OfARN(r.ARN, where); !ok || again.Key() != r.Key() || again.NameKey() != r.NameKey() {
				t.Fatalf("%s %q is %+v, whose ARN names %+v (%v)", typ, value, r, again, ok)
			}
		}
		if !strings.HasPrefix(r.Name, "arn:") && kinds[typ].patterns[0].names > 0 {
			if again, ok := Of(typ, r.Name, where); ok && again.NameKey() != r.NameKey() {
				t.Fatalf("%s %q has the name key %q, its name %q", typ, value, r.NameKey(), again.NameKey())
			}
		}
	})
}
