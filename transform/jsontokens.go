package transform

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
)

// jsonToken is a part of JSON: one of { } [ ] , :, a string (s), a number or a word (l), or what is none of these (x).
type jsonToken struct {
	kind byte
	text string
}

// known returns the token's text where it is one; "" for null, true and false.
func (t jsonToken) known() string {
	if t.kind == 'l' && (t.text == "null" || t.text == "true" || t.text == "false") {
		return ""
	}
	return t.text
}

// maxToken is how much of a token is kept, in bytes.
const maxToken = 64 << 10

// jsonTokens reads JSON of which parts may be damaged, token by token.
type jsonTokens struct {
	in *bufio.Reader
	at int64
}

func (j *jsonTokens) read() (byte, error) {
	c, err := j.in.ReadByte()
	if err == nil {
		j.at++
	}
	return c, err
}

// next returns the next token, or [io.EOF].
func (j *jsonTokens) next() (jsonToken, error) {
	for {
		c, err := j.read()
		if err != nil {
			return jsonToken{}, err
		}
		switch c {
		case ' ', '\t', '\r', '\n':
		case '{', '}', '[', ']', ',', ':':
			return jsonToken{kind: c}, nil
		case '"':
			return j.text()
		default:
			return j.word(c)
		}
	}
}

// text reads a string. One that isn't closed ends with its line.
func (j *jsonTokens) text() (jsonToken, error) {
	b := []byte{'"'}
	for {
		c, err := j.read()
		if err != nil {
			return jsonToken{}, err
		}
		if c == '\n' {
			return jsonToken{kind: 'x'}, nil
		}
		if len(b) < maxToken {
			b = append(b, c)
		}
		switch c {
		case '\\':
			if c, err = j.read(); err != nil {
				return jsonToken{}, err
			}
			if len(b) < maxToken {
				b = append(b, c)
			}
		case '"':
			if len(b) >= maxToken {
				return jsonToken{kind: 's'}, nil // no name, and no id
			}
			var s string
			if json.Unmarshal(b, &s) == nil {
				return jsonToken{kind: 's', text: s}, nil
			}
			return jsonToken{kind: 'x'}, nil // damage costs this value alone
		}
	}
}

// word reads what isn't in quotes.
func (j *jsonTokens) word(first byte) (jsonToken, error) {
	b := []byte{first}
	for {
		c, err := j.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return jsonToken{}, err
		}
		if c <= ' ' || c == ',' || c == '}' || c == ']' || c == ':' || c == '{' || c == '[' || c == '"' {
			j.at--
			if err := j.in.UnreadByte(); err != nil {
				return jsonToken{}, err
			}
			break
		}
		if len(b) < maxToken {
			b = append(b, c)
		}
	}
	if !json.Valid(b) {
		return jsonToken{kind: 'x'}, nil
	}
	return jsonToken{kind: 'l', text: string(b)}, nil
}
