package spacelift

import (
	"encoding/json"
	"strings"
	"testing"

	"liftgraph/internal/raw"
)

func TestNamedWorker(t *testing.T) {
	const id = "01HRW9QQ1QK9RN4GSZTDREKX88"
	for line, want := range map[string]struct {
		worker handover
		sure   bool
	}{
		"[Ground Control] This is Ground Control to public worker " + id + ", commencing countdown":                    {handover{id, true}, true},
		"[Ground Control] This is Ground Control to worker " + id + ", commencing countdown\n":                         {handover{id, false}, true},
		"This is Ground Control to private worker " + id:                                                               {handover{id, false}, true},
		"\x1b[32m[Ground Control]\x1b[0m This is Ground Control to public worker \x1b[1m" + id + "\x1b[0m, commencing": {handover{id, true}, true},
		"[" + id + "] Downloading source code...":                                                                      {handover{id, false}, false},
		"  [" + id + "] indented": {handover{id, false}, false},
		"[Ground Control] This is Ground Control to public worker " + id + "X": {},
		"[Ground Control] This is Ground Control to public worker 01HRW":       {},
		"[" + id + "X] too long": {},
		"worker " + id:           {},
		"":                       {},
	} {
		if worker, sure := namedWorker(line); worker != want.worker || sure != want.sure {
			t.Errorf("%q: %+v %v, want %+v %v", line, worker, sure, want.worker, want.sure)
		}
	}
}

func TestHandover(t *testing.T) {
	a, b := workerID(1), workerID(2)
	for name, c := range map[string]struct {
		messages string
		want     handover
		bad      bool
	}{
		"null":          {messages: `null`},
		"none":          {messages: `[]`},
		"nothing said":  {messages: `[{"message":null},{},null,{"message":"hello"}]`},
		"first line":    {messages: `[{"message":"` + groundControl("public ", a) + `"},{"message":"` + groundControl("", b) + `"}]`, want: handover{a, true}},
		"later line":    {messages: `[{"message":"Hi\n[` + b + `] x\n` + groundControl("", a) + `\n"}]`, want: handover{a, false}},
		"prefixes only": {messages: `[{"message":"Hi"},{"message":"[` + a + `] x"},{"message":"[` + b + `] y"}]`, want: handover{a, false}},
		"not a list":    {messages: `{"message":"[` + a + `] x"}`},
		"wrong types":   {messages: `[{"message":5}]`, bad: true},
	} {
		var h handover
		err := json.Unmarshal([]byte(c.messages), &h)
		if h != c.want || (err != nil) != c.bad {
			t.Errorf("%s: %+v %v, want %+v", name, h, err, c.want)
		}
	}
}

// FuzzHandover: no log, however odd, makes it fail or name what is no worker.
func FuzzHandover(f *testing.F) {
	f.Add("[Ground Control] This is Ground Control to public worker 01HRW9QQ1QK9RN4GSZTDREKX88, commencing countdown")
	f.Add("\x1b[32m[01HRW9QQ1QK9RN4GSZTDREKX88]\x1b[0m Downloading\r\nGround Control to worker 01HRW9QQ1QK9RN4GSZTDREKX8")
	f.Add("Ground Control to worker worker 01HRW9QQ1QK9RN4GSZTDREKX88 \x00 \u2028")
	f.Fuzz(func(t *testing.T, message string) {
		b, err := json.Marshal([]map[string]string{{"message": message}})
		if err != nil {
			t.Skip()
		}
		var h handover
		if err := json.Unmarshal(b, &h); err != nil {
			t.Fatalf("%q: %v", message, err)
		}
		plain := colours.ReplaceAllString(strings.ToValidUTF8(message, "\ufffd"), "")
		if h.id != "" && (!raw.IsRunID(h.id) || !strings.Contains(plain, h.id)) {
			t.Errorf("%q names the worker %q", message, h.id)
		}
		if h.public && !strings.Contains(message, "public") {
			t.Errorf("%q: a public worker?", message)
		}
	})
}
