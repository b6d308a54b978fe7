package scan

import (
	"errors"
	"fmt"
)

// MaxRecord is how long a record may be, in bytes. CloudTrail itself allows 256 KB.
const MaxRecord = 8 << 20

// taker takes the records of an object, one after the other. An error ends the reading of the object.
type taker interface {
	record(_ []byte, escaped bool) error  // which is valid during the call, and whether there may be a \u in it
	tooLarge() error                      // instead of one that is longer than MaxRecord
	malformed(text []byte, _ error) error // instead of a line that holds none
}

// ErrMalformed is wrapped by errors that say that a text isn't well-formed, ErrCut where it only ends too early.
var (
	ErrMalformed = errors.New("it isn't well-formed JSON")
	ErrCut       = fmt.Errorf("%w: it ends in the middle", ErrMalformed)
)
