package resolve

import (
	"encoding/json"

	"liftgraph/internal/raw"
)

// What is known of a run in the states pass: that the API lists it comes first.
const (
	stateListed = iota
	stateReported
)

// Listed says that the API lists a run, and of which commit; "" is none.
func (r *Resolver) Listed(run, sha string) {
	r.begin('r', run)
	r.value = append(append(r.value[:0], stateListed), sha...)
	r.add(r.states)
}

// Report keeps what the webhook says of a run, until it is known whether the API lists that.
func (r *Resolver) Report(s *raw.RunState) {
	text, err := json.Marshal(s)
	r.fail(err)
	r.begin('r', s.Run.ID)
	r.value = append(r.appendOrigin(append(r.value[:0], stateReported)), text...)
	r.add(r.states)
}

// passStates hands on what the webhook says of runs. Of one that the API lists, no other commit than the API's is left.
func (r *Resolver) passStates() error {
	var last []byte
	listed, sha := false, ""
	return r.scan(r.states, func(key, value []byte) error {
		if string(key) != string(last) {
			last, listed = append(last[:0], key...), false
		}
		if value[0] == stateListed {
			if !listed {
				listed, sha = true, string(value[1:])
			}
			return nil
		}
		s := new(raw.RunState)
		if err := json.Unmarshal(r.cutOrigin(value[1:]), s); err != nil {
			return damaged("a run's state: %v", err)
		}
		if c := s.Run.Commit; listed && c != nil && c.Hash != sha {
			s.Run.Commit = nil
		}
		r.Reported(s, listed)
		return nil
	})
}
