package scan

import (
	"testing"

	"github.com/parquet-go/parquet-go"
)

// TestHalf reads numbers of FLOAT16, by the bits that IEEE 754 has for them.
func TestHalf(t *testing.T) {
	l := leafType{kind: parquet.FixedLenByteArray, logical: "FLOAT16"}
	for bits, want := range map[uint16]string{0: "0", 0x3c00: "1", 0xc000: "-2", 0x7bff: "65504", 0x3555: "0.333251953125", 1: "0.00000005960464477539063", 0x7c00: "+Inf", 0xfc00: "-Inf", 0x7e00: "NaN"} {
		if got := l.text(parquet.FixedLenByteArrayValue([]byte{byte(bits), byte(bits >> 8)}), eventID); got != want {
			t.Errorf("%#x is %s, not %s", bits, got, want)
		}
	}
}
