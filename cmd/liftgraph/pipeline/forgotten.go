package pipeline

import (
	"encoding/json"
	"reflect"

	"liftgraph/emit/redact"
	"liftgraph/internal/raw"
)

// forgetting keeps what is forgotten out of records that are kept on the disk.
type forgetting struct{ rules redact.Rules }

// record returns what of a record may be kept, nil where nothing may: the run or user itself that is forgotten. Records of
// CloudTrail are never dropped, as the next extraction counts them. The record that was given stays as it is.
func (f forgetting) record(r raw.Record) (raw.Record, error) {
	if len(f.rules.Hashes) == 0 || !f.found(reflect.ValueOf(r)) {
		return r, nil
	}
	switch r := r.(type) {
	case *raw.Run:
		if f.rules.Forgets(r.ID) {
			return nil, nil
		}
	case *raw.RunState:
		if f.rules.Forgets(r.Run.ID) {
			return nil, nil
		}
	case *raw.User:
		if f.rules.Forgets(r.ID) || r.Username != nil && f.rules.Forgets(*r.Username) || r.InvitationEmail != nil && f.rules.Forgets(*r.InvitationEmail) {
			return nil, nil
		}
	}
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	kept := raw.New(r.Kind())
	if err := json.Unmarshal(text, kept); err != nil {
		return nil, err
	}
	f.clear(reflect.ValueOf(kept).Elem())
	return kept, nil
}

// found reports whether a text anywhere in a value is or mentions what is forgotten.
func (f forgetting) found(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return v.Len() > 0 && f.rules.Mentions(v.String())
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && f.found(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if f.found(v.Field(i)) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if f.found(v.Index(i)) {
				return true
			}
		}
	case reflect.Map:
		for i := v.MapRange(); i.Next(); {
			if f.found(i.Key()) || f.found(i.Value()) {
				return true
			}
		}
	default: // numbers and the like
	}
	return false
}

// clear takes what is forgotten out of a value. A user's name becomes [redact.Placeholder]: that a user confirmed a run
// is known still. Other texts that mention it are emptied: a pointer to one becomes nil, one in a list is taken out of it,
// and so is the session of a run.
func (f forgetting) clear(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.instead(v.String()))
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		s, isSession := v.Interface().(*raw.Session)
		if v.Elem().Kind() == reflect.String && v.Elem().Len() > 0 && f.instead(v.Elem().String()) == "" || isSession && f.rules.Forgets(s.Run) {
			v.SetZero()
			return
		}
		f.clear(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			f.clear(v.Field(i))
		}
	case reflect.Slice:
		kept := reflect.MakeSlice(v.Type(), 0, v.Len())
		for i := range v.Len() {
			e := v.Index(i)
			if _, names := e.Interface().(raw.Reference); (e.Kind() == reflect.String || names) && f.found(e) {
				continue
			}
			f.clear(e)
			kept = reflect.Append(kept, e)
		}
		v.Set(kept)
	case reflect.Map:
		for i := v.MapRange(); i.Next(); {
			if f.found(i.Key()) || f.found(i.Value()) {
				v.SetMapIndex(i.Key(), reflect.Value{})
			}
		}
	default: // numbers and the like
	}
}

// instead returns what is kept instead of a text.
func (f forgetting) instead(text string) string {
	switch {
	case !f.rules.Mentions(text):
		return text
	case f.rules.Forgets(text) && !raw.IsRunID(text):
		return redact.Placeholder
	}
	return ""
}

// rejected returns what of a quarantined record may be kept: its reason and where it is, without its content where that
// mentions what is forgotten.
func (f forgetting) rejected(r raw.Rejected) (raw.Rejected, error) {
	if len(f.rules.Hashes) == 0 {
		return r, nil
	}
	if f.rules.Mentions(r.Detail) {
		r.Detail = ""
	}
	if r.Record != nil {
		text, err := json.Marshal(r.Record)
		if err != nil {
			return r, err
		}
		if f.rules.Mentions(string(text)) {
			r.Record = nil
		}
	}
	return r, nil
}
