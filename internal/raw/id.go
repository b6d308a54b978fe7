package raw

import (
	"errors"
	"fmt"
)

// The rule for ids, which extraction and transformation share: what one of them takes, the other doesn't refuse.

// maxID is the length of the longest id that a node can have, in bytes: Neo4j's indexes take twice as much.
const maxID = 4096

// The rules, for messages.
const (
	IDRule    = "an id is neither empty nor longer than 4096 bytes, and has no control characters"
	RunIDRule = "the id of a run has 26 digits and capital letters"
)

// IsID reports whether a text can be a node's id: not empty, at most 4096 bytes long, and without control characters, which would
// break keys, file names or lines.
func IsID(id string) bool {
	return id != "" && len(id) <= maxID && !hasControl(id)
}

// CheckID returns why a text can't be a node's id, nil where it can.
func CheckID(id string) error {
	switch {
	case id == "":
		return errors.New("the id is empty")
	case len(id) > maxID:
		return fmt.Errorf("the id is %d bytes long", len(id))
	case hasControl(id):
		return fmt.Errorf("the id %.60q holds a control character", id)
	}
	return nil
}

// hasControl reports whether s holds a control character: of ASCII, or U+0080 to U+009F, whose UTF-8 begins with C2.
func hasControl(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == 0x7f:
			return true
		case c == 0xc2 && i+1 < len(s) && s[i+1] >= 0x80 && s[i+1] < 0xa0:
			return true
		}
	}
	return false
}

// runIDLength is the length of a ULID.
const runIDLength = 26

// IsRunID reports whether a text has the form of a run's or a worker's id. It isn't strict about a ULID's alphabet: ids
// with letters that a ULID shouldn't have were seen.
func IsRunID(id string) bool {
	if len(id) != runIDLength {
		return false
	}
	for i := range len(id) {
		if c := id[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
