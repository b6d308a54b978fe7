package scan

import (
	"encoding/binary"
	"encoding/json"
	"errors"

	"liftgraph/internal/raw"
)

// errText says that a batch isn't what was written.
var errText = errors.New("what was kept of an object is damaged")

// What an item of a batch is, as text.
const (
	itemCall = iota
	itemGrant
	itemInstance
	itemTouched
	itemOther
	itemReject
)

// Append appends the batch, but for what it holds back, as [ReadBatch] reads it.
func (b *Batch) Append(dst []byte) ([]byte, error) {
	dst = binary.AppendUvarint(binary.AppendUvarint(dst, uint64(b.In)), uint64(b.Out))
	for _, n := range b.filtered {
		dst = binary.AppendUvarint(dst, uint64(n))
	}
	unknown, err := json.Marshal(b.Unknown)
	if err != nil {
		return dst, err
	}
	dst = binary.AppendUvarint(appendText(dst, string(unknown)), uint64(len(b.Items)))
	for _, i := range b.Items {
		if dst, err = i.append(dst); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func appendText(dst []byte, texts ...string) []byte {
	for _, t := range texts {
		dst = append(binary.AppendUvarint(dst, uint64(len(t))), t...)
	}
	return dst
}

func appendSession(dst []byte, s *raw.Session) []byte {
	if s == nil {
		return append(dst, 0)
	}
	return appendText(append(dst, 1), s.Run, s.Stack, s.SpaceliftAccount, s.AccountBegins)
}

func appendList(dst []byte, list []string) []byte {
	return appendText(binary.AppendUvarint(dst, uint64(len(list))), list...)
}

func (i *Item) append(dst []byte) ([]byte, error) {
	switch r := i.Record.(type) {
	case *raw.APICall:
		dst = appendText(append(dst, itemCall), r.EventID, r.Time, r.Name, r.Account, r.Region, r.AccessKey, r.ErrorCode, r.ErrorMessage)
		return appendList(appendList(appendSession(dst, r.Session), r.Instances), r.Mentioned), nil
	case *raw.Grant:
		return appendSession(appendText(append(dst, itemGrant), r.EventID, r.AccessKey, r.Key), r.Session), nil
	case *raw.Instance:
		return appendText(append(dst, itemInstance), r.ID, r.Account, r.Region), nil
	case *raw.ResourceEvent:
		if r.Actor == nil {
			return appendTouched(append(dst, itemTouched), r), nil
		}
		return i.appendOther(dst)
	case nil:
		text, err := json.Marshal(i.Reject)
		return appendText(append(dst, itemReject), string(text)), err
	default:
		return i.appendOther(dst)
	}
}

func (i *Item) appendOther(dst []byte) ([]byte, error) {
	text, err := json.Marshal(i.Record)
	return appendText(append(dst, itemOther), string(i.Record.Kind()), string(text)), err
}

func appendTouched(dst []byte, r *raw.ResourceEvent) []byte {
	dst = appendText(dst, r.EventID, r.SharedID, r.Time, r.Source, r.Name, r.Account, r.Region, r.Class, r.AccessKey, r.Via, r.Noise, r.SourceIP)
	dst = binary.AppendUvarint(appendSession(dst, r.Session), uint64(len(r.Touched)))
	for i := range r.Touched {
		t := &r.Touched[i]
		provisional := byte(0)
		if t.Provisional {
			provisional = 1
		}
		dst = append(appendText(dst, t.Type, t.ARN, t.Account, t.Region, t.Name, t.Role, t.Basis), provisional)
	}
	return dst
}

func (r *textReader) touched() *raw.ResourceEvent {
	e := &raw.ResourceEvent{
		EventID: r.text(), SharedID: r.text(), Time: r.text(), Source: r.text(), Name: r.text(), Account: r.text(), Region: r.text(), Class: r.text(),
		AccessKey: r.text(), Via: r.text(), Noise: r.text(), SourceIP: r.text(),
	}
	e.Session = r.session()
	for range r.number() {
		if r.bad {
			break
		}
		var t raw.Touched
		t.Type, t.ARN, t.Account, t.Region, t.Name, t.Role, t.Basis = r.text(), r.text(), r.text(), r.text(), r.text(), r.text(), r.text()
		t.Provisional = r.byte() == 1
		e.Touched = append(e.Touched, t)
	}
	return e
}

// ReadBatch reads what [Batch.Append] wrote.
func ReadBatch(src []byte) (Batch, error) {
	r := textReader{src: src}
	b := Batch{In: r.number(), Out: r.number()}
	for i := range b.filtered {
		b.filtered[i] = r.number()
	}
	if err := json.Unmarshal([]byte(r.text()), &b.Unknown); err != nil {
		return b, errors.Join(errText, err)
	}
	for range r.number() {
		if r.bad {
			break
		}
		item, err := r.item()
		if err != nil {
			return b, errors.Join(errText, err)
		}
		b.Items = append(b.Items, item)
	}
	if r.bad || len(r.src) > 0 {
		return b, errText
	}
	return b, nil
}

// textReader reads what was appended.
type textReader struct {
	src []byte
	bad bool
}

func (r *textReader) number() int64 {
	n, size := binary.Uvarint(r.src)
	if size <= 0 {
		r.bad, r.src = true, nil
		return 0
	}
	r.src = r.src[size:]
	return int64(n)
}

func (r *textReader) text() string {
	n := r.number()
	if n < 0 || n > int64(len(r.src)) {
		r.bad, r.src = true, nil
		return ""
	}
	t := string(r.src[:n])
	r.src = r.src[n:]
	return t
}

func (r *textReader) byte() byte {
	if len(r.src) == 0 {
		r.bad = true
		return 0
	}
	b := r.src[0]
	r.src = r.src[1:]
	return b
}

func (r *textReader) session() *raw.Session {
	if r.byte() == 0 {
		return nil
	}
	return &raw.Session{Run: r.text(), Stack: r.text(), SpaceliftAccount: r.text(), AccountBegins: r.text()}
}

func (r *textReader) list() (all []string) {
	for range r.number() {
		if r.bad {
			return nil
		}
		all = append(all, r.text())
	}
	return all
}

func (r *textReader) item() (Item, error) {
	switch r.byte() {
	case itemCall:
		c := &raw.APICall{
			EventID: r.text(), Time: r.text(), Name: r.text(), Account: r.text(), Region: r.text(), AccessKey: r.text(), ErrorCode: r.text(), ErrorMessage: r.text(),
		}
		c.Session = r.session()
		c.Instances = r.list()
		c.Mentioned = r.list()
		return Item{Record: c}, nil
	case itemGrant:
		g := &raw.Grant{EventID: r.text(), AccessKey: r.text(), Key: r.text()}
		g.Session = r.session()
		return Item{Record: g}, nil
	case itemInstance:
		return Item{Record: &raw.Instance{ID: r.text(), Account: r.text(), Region: r.text()}}, nil
	case itemTouched:
		return Item{Record: r.touched()}, nil
	case itemReject:
		var what struct {
			raw.Rejected
			Record json.RawMessage `json:"record,omitempty"` // as it was
		}
		err := json.Unmarshal([]byte(r.text()), &what)
		if what.Record != nil {
			what.Rejected.Record = what.Record
		}
		return Item{Reject: &what.Rejected}, err
	default:
		kind := raw.Kind(r.text())
		rec := raw.New(kind)
		text := r.text()
		if rec == nil {
			return Item{}, errText
		}
		return Item{Record: rec}, json.Unmarshal([]byte(text), rec)
	}
}
