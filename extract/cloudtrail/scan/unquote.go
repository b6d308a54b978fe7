package scan

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// unquote returns the text of a well-formed string. Bytes that aren't UTF-8 stay as they are; half a surrogate pair becomes
// the replacement character, as for encoding/json.
func unquote(s []byte) []byte {
	s = s[1 : len(s)-1]
	slash := bytes.IndexByte(s, '\\')
	if slash < 0 {
		return s
	}
	text := make([]byte, 0, len(s))
	for ; slash >= 0; slash = bytes.IndexByte(s, '\\') {
		text = append(text, s[:slash]...)
		c := s[slash+1]
		s = s[slash+2:]
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r := unit(s)
			s = s[4:]
			if utf16.IsSurrogate(r) {
				second := rune(utf8.RuneError)
				if bytes.HasPrefix(s, []byte(`\u`)) {
					second = unit(s[2:])
				}
				if r = utf16.DecodeRune(r, second); r != utf8.RuneError {
					s = s[6:]
				}
			}
			text = utf8.AppendRune(text, r)
			continue
		}
		text = append(text, c)
	}
	return append(text, s...)
}

// unit returns the number of four hexadecimal digits.
func unit(s []byte) rune {
	n, err := strconv.ParseUint(string(s[:4]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
