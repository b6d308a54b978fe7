package raw

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// maxID is the length of the longest id that a node can have, in bytes: Neo4j's indexes take twice as much.
const maxID = 4096

// CheckID returns why a text can't be a node's id: it would break keys, file names or lines. nil where it can.
func CheckID(id string) error {
	if id == "" {
		return errors.New("the id is empty")
	}
	if len(id) > maxID {
		return fmt.Errorf("the id is %d bytes long", len(id))
	}
	if strings.IndexFunc(id, unicode.IsControl) >= 0 {
		return fmt.Errorf("the id %.60q holds a control character", id)
	}
	return nil
}

// runIDLength is the length of a ULID.
const runIDLength = 26

// IsRunID reports whether a text has the form of a run's or a worker's id. It isn't strict about a ULID's alphabet: ids
// with letters that a ULID shouldn't have were seen.
func IsRunID(id string) bool {
	return len(id) == runIDLength && strings.Trim(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
