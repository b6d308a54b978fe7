package scan

import "testing"

func TestNoErrorCode(t *testing.T) {
	for code, failed := range map[string]bool{"": false, "null": false, `\N`: false, "AccessDenied": true} {
		if e := (event{errorCode: []byte(code)}); e.failed() != failed {
			t.Errorf("%q", code)
		}
	}
}
