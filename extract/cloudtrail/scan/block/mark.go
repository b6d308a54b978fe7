package block

// findMark returns the first place in text where the id of an instance may begin, i before a dash, or where the name of a
// service ends that may be STS, t before s and a dot; less than 0 where there is none. The last two bytes are no place.
func findMark(text []byte) int {
	for i := 0; i+2 < len(text); i++ {
		if text[i] == 'i' && text[i+1] == '-' || text[i] == 't' && text[i+1] == 's' && text[i+2] == '.' {
			return i
		}
	}
	return -1
}
