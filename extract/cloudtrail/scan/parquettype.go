package scan

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// leafType says what a leaf's values mean.
type leafType struct {
	kind     parquet.Kind
	logical  string // the name of its logical type, in upper case; "" for none
	scale    int    // of a DECIMAL
	unit     int64  // of a TIMESTAMP or TIME, in nanoseconds
	unsigned bool
}

func newLeafType(t parquet.Type) *leafType {
	l := &leafType{kind: t.Kind()}
	if logical := t.LogicalType(); logical != nil && logical.Value != nil {
		l.logical, _, _ = strings.Cut(strings.ToUpper(logical.Value.String()), "(")
		switch v := logical.Value.(type) {
		case *format.DecimalType:
			l.scale = int(v.Scale)
		case *format.TimestampType:
			l.unit = unitOf(v.Unit.String())
		case *format.TimeType:
			l.unit = unitOf(v.Unit.String())
		case *format.IntType:
			l.unsigned = !v.IsSigned
		}
		return l
	}
	if c := t.ConvertedType(); c != nil {
		switch *c {
		case deprecated.Date:
			l.logical = "DATE"
		case deprecated.TimestampMillis:
			l.logical, l.unit = "TIMESTAMP", int64(time.Millisecond)
		case deprecated.TimestampMicros:
			l.logical, l.unit = "TIMESTAMP", int64(time.Microsecond)
		case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
			l.unsigned = true
		default: // the physical type says all that matters
		}
	}
	return l
}

func unitOf(name string) int64 {
	switch name = strings.ToUpper(name); {
	case strings.Contains(name, "NANO"):
		return 1
	case strings.Contains(name, "MICRO"):
		return int64(time.Microsecond)
	default:
		return int64(time.Millisecond)
	}
}

// maxScale bounds the digits behind a decimal point; Parquet allows as many as the precision.
const maxScale = 100

// text returns a value's text by its meaning; that of a time as CloudTrail writes it.
func (l *leafType) text(v parquet.Value, f field) string {
	b := []byte(nil)
	if v.Kind() == parquet.ByteArray || v.Kind() == parquet.FixedLenByteArray {
		b = v.ByteArray()
	}
	switch {
	case l.logical == "UUID" && len(b) == 16:
		h := hex.EncodeToString(b)
		return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
	case l.logical == "DECIMAL":
		return l.decimal(v, b)
	case l.logical == "FLOAT16" && len(b) == 2:
		return number(half(binary.LittleEndian.Uint16(b)))
	case l.logical == "DATE" && v.Kind() == parquet.Int32:
		return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format("2006-01-02T15:04:05Z")
	case l.logical == "TIMESTAMP" && v.Kind() == parquet.Int64:
		perSecond := int64(time.Second) / l.unit
		n := v.Int64()
		return time.Unix(n/perSecond, n%perSecond*l.unit).UTC().Format(time.RFC3339Nano)
	case l.logical == "TIME" && l.unit > 0 && (v.Kind() == parquet.Int64 || v.Kind() == parquet.Int32):
		n := int64(v.Int32())
		if v.Kind() == parquet.Int64 {
			n = v.Int64()
		}
		return time.Unix(0, 0).UTC().Add(time.Duration(n) * time.Duration(l.unit)).Format("15:04:05.999999999")
	case v.Kind() == parquet.Int96: // nanoseconds of the day, and the Julian day
		t := v.Int96()
		const epoch = 2_440_588 // the Julian day of 1 January 1970
		return time.Unix((int64(t[2])-epoch)*24*60*60, int64(uint64(t[1])<<32|uint64(t[0]))).UTC().Format(time.RFC3339Nano)
	case f == eventTime && v.Kind() == parquet.Int64:
		return sinceEpoch(v.Int64()).Format(time.RFC3339Nano)
	case v.Kind() == parquet.Int32 && l.unsigned:
		return strconv.FormatUint(uint64(uint32(v.Int32())), 10)
	case v.Kind() == parquet.Int64 && l.unsigned:
		return strconv.FormatUint(uint64(v.Int64()), 10)
	case v.Kind() == parquet.Double:
		return number(v.Double())
	case v.Kind() == parquet.Float:
		return number(float64(v.Float()))
	case b != nil:
		return string(b)
	default:
		return v.String()
	}
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// decimal returns the text of a number without its decimal point, and of so many digits behind it.
func (l *leafType) decimal(v parquet.Value, b []byte) string {
	n := new(big.Int)
	switch {
	case len(b) > 64:
		return ""
	case b != nil:
		if n.SetBytes(b); len(b) > 0 && b[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	case v.Kind() == parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case v.Kind() == parquet.Int64:
		n.SetInt64(v.Int64())
	}
	if l.scale <= 0 || l.scale > maxScale {
		return n.String()
	}
	text := new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(l.scale)), nil)).FloatString(l.scale)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// half returns the value of a half-precision number.
func half(bits uint16) float64 {
	sign, exponent, fraction := bits>>15, int(bits>>10&31), float64(bits&1023)
	value := math.Ldexp(1+fraction/1024, exponent-15)
	switch {
	case exponent == 0:
		value = math.Ldexp(fraction/1024, -14)
	case exponent == 31 && fraction == 0:
		value = math.Inf(1)
	case exponent == 31:
		value = math.NaN()
	}
	if sign == 1 {
		return -value
	}
	return value
}
