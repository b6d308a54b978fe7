package cloudtrail

import (
	"errors"
	"fmt"
)

// maxRecord is how long a record may be, in bytes. CloudTrail itself allows 256 KB.
const maxRecord = 8 << 20

// taker takes the records of an object, one after the other. An error ends the reading of the object.
type taker interface {
	record(_ []byte, escaped bool) error  // which is valid during the call, and whether there may be a \u in it
	tooLarge() error                      // instead of one that is longer than maxRecord
	malformed(text []byte, _ error) error // instead of a line that holds none
}

// errMalformed is wrapped by errors that say that a text isn't well-formed, errCut where it only ends too early.
var (
	errMalformed = errors.New("it isn't well-formed JSON")
	errCut       = fmt.Errorf("%w: it ends in the middle", errMalformed)
)
