package extsort

import "encoding/binary"

// AppendTexts appends texts, each after its length, so that [CutText] takes them off again in the same order.
func AppendTexts(dst []byte, texts ...string) []byte {
	for _, s := range texts {
		dst = append(binary.AppendUvarint(dst, uint64(len(s))), s...)
	}
	return dst
}

// CutText returns the text that src begins with, as [AppendTexts] wrote it, and what follows it. Both are parts of src.
func CutText(src []byte) (text, rest []byte, err error) {
	n, w := binary.Uvarint(src)
	if w <= 0 || n > uint64(len(src)-w) {
		return nil, nil, ErrDamaged
	}
	return src[w : w+int(n)], src[w+int(n):], nil
}
