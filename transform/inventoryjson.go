package transform

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// inventoryJSON takes JSON values of any shape, one after the other: every object with an InstanceId, where the account and
// the region stand in it or around it. A value that is damaged costs the object that it stands in.
func (t *Transformer) inventoryJSON(in *bufio.Reader) error {
	w := inventoryWalk{t: t, in: jsonTokens{in: in}}
	for {
		token, err := w.in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if token.kind == ',' {
			continue
		}
		damaged, err := w.value(token, "", instancePlace{}, 0, w.found)
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("its JSON ends in the middle, at byte %d: write it again", w.in.at)
		}
		if err != nil {
			return err
		}
		if damaged {
			t.rejectDamaged(w.in.at, "")
		}
		if err := t.r.Err(); err != nil {
			return err
		}
	}
}

// inventoryWalk reads JSON token by token, so that memory doesn't grow with it.
type inventoryWalk struct {
	t  *Transformer
	in jsonTokens
}

// instancePlace is what is known of an instance so far.
type instancePlace struct{ id, account, region string }

// maxInventoryDepth is how deep its JSON may be nested.
const maxInventoryDepth = 100

// value reads a value that begins with a token, and takes what it names. It reports whether something in it is damaged that
// belongs to no instance.
func (w *inventoryWalk) value(first jsonToken, key string, around instancePlace, depth int, take func(instancePlace)) (damaged bool, err error) {
	if depth > maxInventoryDepth {
		return false, errors.New("its JSON is nested too deep")
	}
	switch first.kind {
	case '{':
		_, damaged, err = w.object(around, depth, take)
		return damaged, err
	case '[':
		return w.list(key, around, depth, take)
	case 's':
		switch {
		case key == "" && resolve.IsInstanceID(first.text):
			around.id = first.text
			take(around)
		case (key == "" || key == "arn" || key == "resourcearn") && strings.HasPrefix(first.text, "arn:"):
			w.arn(first.text, around)
		}
	case 'l':
	default:
		damaged = true
	}
	return damaged, nil
}

func (w *inventoryWalk) list(key string, around instancePlace, depth int, take func(instancePlace)) (damaged bool, err error) {
	for between := false; ; between = !between {
		token, err := w.in.next()
		if err != nil {
			return damaged, err
		}
		switch {
		case token.kind == ']':
			return damaged, nil
		case between != (token.kind == ','):
			damaged = true
			if between = token.kind == ','; between {
				continue
			}
		case between:
			continue
		}
		inner, err := w.value(token, key, around, depth+1, take)
		if damaged = damaged || inner; err != nil {
			return damaged, err
		}
	}
}

// object reads the members of an object. Reservations have the account as OwnerId behind their instances, or before.
func (w *inventoryWalk) object(around instancePlace, depth int, take func(instancePlace)) (here instancePlace, damaged bool, err error) {
	here = around
	here.id = ""
	var held []instancePlace // of a reservation, which has few
	hold := func(p instancePlace) {
		if held = append(held, p); len(held) == maxHeld {
			for _, p := range held {
				take(p)
			}
			held = held[:0]
		}
	}
	for {
		name, value, bad, err := w.member()
		if damaged = damaged || bad; err != nil {
			return here, damaged, err
		}
		if value.kind == '}' {
			break
		}
		switch {
		case name == "instances":
			bad, err = w.value(value, "", instancePlace{}, depth+1, hold)
		case name == "placement" && value.kind == '{':
			var p instancePlace
			if p, bad, err = w.object(instancePlace{}, depth+1, take); here.region == "" {
				here.region = p.region
			}
		case value.kind == 's' && (name == "arn" || name == "resourcearn"):
			bad, err = w.value(value, name, around, depth+1, take)
		case value.kind == 's' || value.kind == 'l':
			here.set(name, value)
		default:
			bad, err = w.value(value, name, around, depth+1, take)
		}
		if damaged = damaged || bad; err != nil {
			return here, damaged, err
		}
	}
	for _, p := range held {
		if p.account == "" {
			p.account = here.account
		}
		if p.region == "" {
			p.region = here.region
		}
		take(p)
	}
	switch {
	case here.id == "":
	case damaged:
		w.t.rejectDamaged(w.in.at, here.id)
		damaged = false
	default:
		take(here)
	}
	return here, damaged, nil
}

// maxHeld is how many instances of a reservation wait for its owner. AWS has 1000 at most.
const maxHeld = 10_000

// member reads a name and the first token of its value; that is a } at the end of the object.
func (w *inventoryWalk) member() (name string, value jsonToken, damaged bool, err error) {
	for {
		token, err := w.in.next()
		if err != nil || token.kind == '}' {
			return "", token, damaged, err
		}
		if token.kind == ',' {
			continue
		}
		if token.kind != 's' {
			damaged = true
			if token.kind == '{' || token.kind == '[' { // goes with what is damaged
				if _, err := w.value(token, "-", instancePlace{}, 0, func(instancePlace) {}); err != nil {
					return "", token, damaged, err
				}
			}
			continue
		}
		name = strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(token.text))
		if token, err = w.in.next(); err != nil || token.kind == '}' {
			return "", token, true, err
		}
		if token.kind != ':' {
			damaged = true
			continue
		}
		if token, err = w.in.next(); token.kind == '}' {
			damaged = true
		}
		return name, token, damaged, err
	}
}

// set takes a member that says which instance it is, or where.
func (p *instancePlace) set(name string, value jsonToken) {
	text := value.text
	switch {
	case name == "instanceid" && value.kind == 's', name == "id" && resolve.IsInstanceID(text):
		p.id = text
	case name == "region" || name == "awsregion":
		p.region = value.known()
	case name == "availabilityzone" && p.region == "":
		p.region = strings.TrimRight(value.known(), "abcdefghijklmnopqrstuvwxyz")
	case name == "account" || name == "accountid" || name == "ownerid" || name == "awsaccount" || name == "awsaccountid":
		p.account = value.known()
	}
}

// arn takes an ARN of JSON.
func (w *inventoryWalk) arn(arn string, around instancePlace) {
	w.t.inventory.In++
	if w.t.knowARN([]string{arn, around.account, around.region}) {
		w.t.inventory.Out++
	} else {
		w.t.rejectListed(w.t.inventory.In, arn)
	}
}

// found takes an instance of JSON.
func (w *inventoryWalk) found(p instancePlace) {
	account, ok := awsAccount(p.account)
	if !ok {
		w.t.inventory.In++
		w.t.rejectAccount(w.t.inventory.In, p.id+","+p.account)
		return
	}
	_ = w.t.Listed(raw.Instance{ID: p.id, Account: account, Region: p.region}) // the resolver keeps its error
}
