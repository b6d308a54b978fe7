package cloudtrail

import "bytes"

var recordsKey = []byte(`"Records"`)

// endsWithRecords tells whether an array begins at the end of b, as the member Records.
func endsWithRecords(b []byte) bool {
	for _, c := range []byte{'[', ':'} {
		if b = bytes.TrimRight(b, " \t\r\n"); len(b) == 0 || b[len(b)-1] != c {
			return false
		}
		b = b[:len(b)-1]
	}
	b = bytes.TrimRight(b, " \t\r\n")
	return len(b) >= len(recordsKey) && bytes.EqualFold(b[len(b)-len(recordsKey):], recordsKey)
}

// beginsWithRecords tells whether an object has Records as its first member.
func beginsWithRecords(object []byte) bool {
	if len(object) > 2 && object[1] == '"' && object[2]|0x20 != 'r' {
		return false
	}
	object = bytes.TrimLeft(object, " \t\r\n")
	if len(object) == 0 || object[0] != '{' {
		return false
	}
	key := bytes.TrimLeft(object[1:], " \t\r\n")
	return len(key) >= len(recordsKey) && bytes.EqualFold(key[:len(recordsKey)], recordsKey)
}

// emptyLog tells whether an object in which no record began is a log without any: Records comes first, and is empty.
func emptyLog(object []byte) bool {
	if !beginsWithRecords(object) {
		return false
	}
	_, value, _ := bytes.Cut(object, []byte{':'})
	value = bytes.TrimLeft(value, " \t\r\n")
	return bytes.HasPrefix(value, []byte("null")) || bytes.HasPrefix(value, []byte("[")) && bytes.HasPrefix(bytes.TrimLeft(value[1:], " \t\r\n"), []byte("]"))
}
