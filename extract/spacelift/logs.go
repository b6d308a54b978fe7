package spacelift

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"liftgraph/internal/raw"
)

// runLogs is what is kept of a page of a run's logs: the worker that they name, never their text.
type runLogs struct {
	Exists    *bool    `json:"exists"`
	Expired   *bool    `json:"expired"`
	HasMore   bool     `json:"hasMore"`
	NextToken *string  `json:"nextToken"`
	Worker    handover `json:"messages"`
}

// handover is the worker that the messages of a log name; "" for none.
type handover struct {
	id     string
	public bool
}

// UnmarshalJSON implements [json.Unmarshaler]. It reads one message after the other, up to the line in which a worker
// takes the run over; failing that, the first line that has a worker's id for its prefix decides.
func (h *handover) UnmarshalJSON(b []byte) error {
	*h = handover{}
	dec := json.NewDecoder(bytes.NewReader(b))
	if open, err := dec.Token(); err != nil || open != json.Delim('[') {
		return err
	}
	for dec.More() {
		var m struct {
			Message string `json:"message"`
		}
		if err := dec.Decode(&m); err != nil {
			return err
		}
		for line := range strings.Lines(m.Message) {
			if found, sure := namedWorker(line); sure {
				*h = found
				return nil
			} else if h.id == "" {
				*h = found
			}
		}
	}
	return nil
}

// The lines look like this, the first being known of the public pool's workers only:
//
//	[Ground Control] This is Ground Control to public worker 01HRW9QQ1QK9RN4GSZTDREKX88, commencing countdown
//	[01HRW9QQ1QK9RN4GSZTDREKX88] Downloading source code...
var (
	handoverLine = regexp.MustCompile(`Ground Control to (?:(.*?)\s)?worker ([0-9A-Z]{26})(?:[^0-9A-Za-z]|$)`)
	prefixLine   = regexp.MustCompile(`^\s*\[([0-9A-Z]{26})\]`)
	colours      = regexp.MustCompile("\x1b\\[[0-9;]*m")
)

// namedWorker returns the worker that a line names; it is sure of a handover.
func namedWorker(line string) (worker handover, sure bool) {
	if strings.Contains(line, "\x1b") {
		line = colours.ReplaceAllString(line, "")
	}
	if m := handoverLine.FindStringSubmatch(line); m != nil {
		return handover{m[2], m[1] == "public"}, true
	}
	if m := prefixLine.FindStringSubmatch(line); m != nil {
		return handover{id: m[1]}, false
	}
	return handover{}, false
}

// addTo adds the worker to a run's, each once, with the phase that it executed; "" where that isn't known.
func (h handover) addTo(run *raw.Run, phase string) {
	if h.id == "" {
		return
	}
	for i := range run.Workers {
		if run.Workers[i].ID == h.id {
			w := &run.Workers[i]
			w.Public = w.Public || h.public
			switch {
			case w.Phase == "":
				w.Phase = phase
			case phase != "" && phase != w.Phase:
				w.Phase = raw.PhasePlan + "+" + raw.PhaseApply
			}
			return
		}
	}
	run.Workers = append(run.Workers, raw.RunWorker{ID: h.id, Public: h.public, Phase: phase})
}
