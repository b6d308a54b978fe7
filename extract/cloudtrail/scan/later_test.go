package scan

import (
	"reflect"
	"slices"
	"strconv"
	"testing"

	"liftgraph/extract/cloudtrail/scan/block"
	"liftgraph/internal/raw"
)

// FuzzLater compares what a record's bytes say with what is found when it is parsed.
func FuzzLater(f *testing.F) {
	const who = `"userIdentity":{"arn":"arn:aws:sts::1:assumed-role/r/s","accessKeyId":"ASIAX1"},`
	for _, text := range []string{
		`{"eventID":"1",` + who + `"requestParameters":{"instanceId":"i-0123456789abcdef0"}}`,
		`{"eventID":"1",` + who + `"requestParameters":"{\"a\":\"\\ni-01234567\",\"b\":\"\\u000ai-0123456a\"}","readOnly":false}`,
		`{"eventID":"1",` + who + `"eventSource":"sts.amazonaws.com","responseElements":{"credentials":{"accessKeyId":"ASIAX2"}},"readOnly":true}`,
		`{"eventID":"1",` + who + `"eventSource":"s3.amazonaws.com","eventName":"DeleteBucket","requestParameters":{"bucketName":"b"}}`,
		`{"eventid":"1","useridentity":"{type=AssumedRole, arn=arn:aws:sts::1:assumed-role/r/s, accesskeyid=ASIAX1}","requestparameters":"{instanceid=i-01234567}"}`,
		`{"eventID":"1",` + who + `"requestParameters":{"imageId":"ami-0123456789abcdef0"}}`,
	} {
		f.Add([]byte(text), false)
		f.Add([]byte(text), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, resources bool) {
		e, err := recordOf(text)
		if err != nil || !e.isOne() || block.MentionsRun(text) || escapes(text) {
			return
		}
		s := scan{opts: Options{FollowRoles: true, AllResources: resources}}
		found := s.sift(&e)
		s.touch(&e, &found)
		var key string
		switch {
		case found.session != nil:
			return
		case found.call != nil:
			key = found.call.AccessKey
		case found.grant != nil && found.grant.Session == nil:
			key = found.grant.AccessKey
		case found.touched != nil:
			key = found.touched.AccessKey
		}
		if key == "" {
			return
		}
		is, grant := later{resources: resources}.of(text)
		keys, few := keysIn(text, nil)
		if !is || found.grant != nil && !grant || few && !slices.Contains(keys, KeyOf(key)) {
			t.Errorf("%q: %v, %v, keys %x without %x", text, is, grant, keys, KeyOf(key))
		}
	})
}

func TestBatchText(t *testing.T) {
	session := &raw.Session{Run: "01A", Stack: "s", SpaceliftAccount: "a", AccountBegins: "b"}
	b := Batch{In: 9, Out: 7, Unknown: map[string]int64{"ec2 X": 2}}
	for _, r := range []raw.Record{
		&raw.APICall{EventID: "1", Time: "2", Name: "3", Account: "4", Region: "5", Session: session, AccessKey: "6", ErrorCode: "7", ErrorMessage: "8", Instances: []string{"i-1", "i-2"}, Mentioned: []string{"i-2"}},
		&raw.APICall{EventID: "1", Instances: []string{""}},
		&raw.Grant{EventID: "1", Session: session, AccessKey: "2", Key: "3"},
		&raw.Grant{Key: "\xff"},
		&raw.Instance{ID: "1", Account: "2", Region: "3"},
		&raw.ResourceEvent{EventID: "1", Session: session}, &raw.ResourceEvent{EventID: "1", Actor: &raw.Actor{ID: "2"}},
		filled(&raw.ResourceEvent{Session: session, Touched: make([]raw.Touched, 2)}), filled(&raw.APICall{Session: session}), filled(&raw.Grant{Session: session}), filled(&raw.Instance{}),
		&raw.Coverage{Account: "1", Events: 3},
	} {
		b.add(r)
	}
	b.Items = append(b.Items, Item{Reject: &raw.Rejected{Stage: "extract", Object: "o", Offset: 3, Reason: "malformed"}})
	b.filtered[failedCall] = 4
	b.Pass(5)
	text, err := b.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadBatch(text)
	got.weight = b.weight
	if err != nil || !reflect.DeepEqual(got, b) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, b)
	}
	for n := range text {
		if _, err := ReadBatch(text[:n]); err == nil {
			t.Errorf("%d bytes of %d are taken for all", n, len(text))
		}
	}
}

// filled sets each text in a record to another one, so that none is forgotten.
func filled[T any](r *T) *T {
	n := 0
	var fill func(reflect.Value)
	fill = func(v reflect.Value) {
		switch v.Kind() { //nolint:exhaustive // records have no others
		case reflect.String:
			n++
			v.SetString(strconv.Itoa(n))
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Struct:
			for i := range v.NumField() {
				fill(v.Field(i))
			}
		case reflect.Slice:
			if v.Len() == 0 {
				v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			}
			for i := range v.Len() {
				fill(v.Index(i))
			}
		}
	}
	fill(reflect.ValueOf(r).Elem())
	return r
}

func TestHeld(t *testing.T) {
	var b Batch
	want := []Held{{Number: 1, Keys: []Key{1}, Text: []byte("x")}, {Number: 1 << 40, Grant: true, Keys: []Key{2, 1 << 63}, Text: []byte("yy")}, {Number: 3, Keys: []Key{4}, Text: []byte{}}}
	for _, h := range want {
		b.hold(h)
	}
	var h Held
	rest := b.Held()
	for _, w := range want {
		if rest = h.Next(rest); !reflect.DeepEqual(h, w) {
			t.Errorf("%+v, not %+v", h, w)
		}
	}
	if b.Release(); len(rest) > 0 || b.Held() != nil {
		t.Error("something is left")
	}
}
