package transform

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// A damaged value costs the instance that it stands in, and no other.
func TestDamagedInventory(t *testing.T) {
	const a, b, c = `{"InstanceId":"i-0123456789abcdef0"}`, `{"InstanceId":"i-0123456789abcdef1"}`, `{"InstanceId":"i-0123456789abcdef2"}`
	for name, test := range map[string]struct {
		text     string
		out, bad int64
	}{
		"a value":               {`[` + a + `,{"InstanceId":"i-0123456789abcdef1","Tags":[{"Key":tru}]},` + c + `]`, 2, 1},
		"a string":              {a + "\n" + `{"InstanceId":"i-0123456789abcdef1` + "\n}\n" + c, 2, 1},
		"an escape":             {a + "\n" + `{"InstanceId":"i-0123456789abcdef1","a":"\x"}` + "\n" + c, 2, 1},
		"a colon too few":       {`[` + a + `,{"InstanceId" "i-0123456789abcdef1"},` + c + `]`, 2, 1},
		"a comma too few":       {`[` + a + " " + b + `,` + c + `]`, 3, 1},
		"something between":     {a + "\noops\n" + c, 2, 1},
		"in a reservation":      {`{"Reservations":[{"OwnerId":"111122223333","Instances":[` + a + `,{"InstanceId":"i-0123456789abcdef1","x":nul},` + c + `]}]}`, 2, 1},
		"a value for the owner": {`{"Reservations":[{"OwnerId":oops,"Instances":[` + a + `]},{"Instances":[` + c + `]}]}`, 2, 1},
		"an object as a name":   {`[{{"a":1}:2},` + a + `]`, 1, 1},
		"no damage":             {`[` + a + `,` + b + `]` + "\n" + c, 3, 0},
	} {
		l := inventoryOf(t, test.text)
		var bad int64
		for _, n := range l.Quarantined {
			bad += n
		}
		if l.Out != test.out || bad != test.bad {
			t.Errorf("%s: %+v", name, l)
		}
	}
	if err := inventoryError(t, `{"Reservations":[{"Instances":[`+a+`,`); err == nil || !strings.Contains(err.Error(), "ends in the middle") {
		t.Errorf("%v", err)
	}
}

// tree is a value of JSON, with its members in their order.
type tree struct {
	keys  []string
	items []tree // of the members, or of a list
	list  bool
	text  *string // of a string or a number
	null  bool
}

func (t *tree) isObject() bool { return !t.list && t.text == nil && !t.null }

func treeOf(d *json.Decoder) (v tree, err error) {
	token, err := d.Token()
	if err != nil {
		return v, err
	}
	switch token := token.(type) {
	case json.Delim:
		for v.list = token == '['; d.More(); {
			if !v.list {
				key, err := d.Token()
				if err != nil {
					return v, err
				}
				v.keys = append(v.keys, key.(string))
			}
			item, err := treeOf(d)
			if err != nil {
				return v, err
			}
			v.items = append(v.items, item)
		}
		_, err = d.Token()
	case string:
		v.text = &token
	case json.Number:
		v.text = new(token.String())
	default:
		v.null = true
	}
	return v, err
}

// instancesIn returns the instances that a value names, by the book.
func instancesIn(v tree, inList bool, around instancePlace) (all []instancePlace) {
	switch {
	case v.list:
		for _, item := range v.items {
			all = append(all, instancesIn(item, inList, around)...)
		}
	case v.isObject():
		here := around
		here.id = ""
		var held []instancePlace
		for i, key := range v.keys {
			item, name := v.items[i], strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(key))
			text := ""
			if item.text != nil {
				text = *item.text
			}
			scalar := !item.list && !item.isObject()
			switch {
			case name == "instances":
				held = append(held, instancesIn(item, true, instancePlace{})...)
			case name == "placement" && item.isObject():
				inner, region := instancesIn(item, false, instancePlace{}), regionOf(item)
				all = append(all, inner...)
				if here.region == "" {
					here.region = region
				}
			case !scalar:
				all = append(all, instancesIn(item, false, around)...)
			case name == "instanceid" && item.text != nil || name == "id" && resolve.IsInstanceID(text):
				here.id = text
			case name == "region" || name == "awsregion":
				here.region = text
			case name == "availabilityzone" && here.region == "":
				here.region = strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz")
			case strings.HasPrefix(name, "account") && (name == "account" || name == "accountid") || name == "ownerid" || name == "awsaccount" || name == "awsaccountid":
				here.account = text
			}
		}
		for _, p := range held {
			if p.account == "" {
				p.account = here.account
			}
			if p.region == "" {
				p.region = here.region
			}
			all = append(all, p)
		}
		if here.id != "" {
			all = append(all, here)
		}
	case inList && v.text != nil && resolve.IsInstanceID(*v.text):
		around.id = *v.text
		all = append(all, around)
	}
	return all
}

// regionOf returns the region that an object says.
func regionOf(v tree) string {
	p := instancePlace{}
	for i, key := range v.keys {
		if item := v.items[i]; item.text != nil {
			p.set(strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(key)), jsonToken{kind: 's', text: *item.text})
		} else if name := strings.ToLower(key); item.isObject() && name == "placement" && p.region == "" {
			p.region = regionOf(item)
		}
	}
	return p.region
}

// FuzzInventoryJSON compares the instances of well-formed JSON with those that a parser finds; of other JSON, it ends.
func FuzzInventoryJSON(f *testing.F) {
	for _, text := range []string{
		`{"Reservations":[{"OwnerId":"011122223333","Instances":[{"InstanceId":"i-0123456789abcdef0","Placement":{"AvailabilityZone":"eu-west-1b"},"Tags":[{"a":null}]}]},{"Instances":["i-01234567"],"OwnerId":7}]}`,
		`["i-0123456789abcdef0",["i-01234567"],{"id":"i-01234567","region":"x","availability_zone":"y1a"}] {"instance_id":"i-1"}`, `{"a":tru,"InstanceId":"i-0123456789abcdef0"}`, `[{{"a":1}:2}]`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tr := New(Config{TempDir: t.TempDir(), Reject: func(raw.Rejected) error { return nil }})
		defer tr.Close()
		if err := tr.inventoryJSON(bufio.NewReader(strings.NewReader(text))); err == nil {
			if err := tr.inventory.Check(); err != nil {
				t.Error(err)
			}
		}
		if !json.Valid([]byte(text)) || !utf8.ValidString(text) {
			return
		}
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		v, err := treeOf(d)
		if err != nil {
			return
		}
		want := instancesIn(v, true, instancePlace{})
		var got []instancePlace
		w := inventoryWalk{t: tr, in: jsonTokens{in: bufio.NewReader(bytes.NewReader([]byte(text)))}}
		first, err := w.in.next()
		if err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		damaged, err := w.value(first, "", instancePlace{}, 0, func(p instancePlace) { got = append(got, p) })
		if err != nil && strings.Contains(err.Error(), "nested too deep") {
			return
		}
		if damaged || err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, damaged %v, %v; want %v", got, damaged, err, want)
		}
	})
}
