package spacelift

// loop notices that a sequence of cursors goes round in a circle, with Brent's algorithm: it keeps one of them, and
// after one, two, four… further ones the latest instead. A circle is found within three of its rounds or so.
type loop struct {
	kept  string
	steps int
	power int
}

// closed takes the next cursor and reports whether it stood in the sequence before.
func (l *loop) closed(cursor string) bool {
	if l.power > 0 && cursor == l.kept {
		return true
	}
	if l.power == l.steps {
		l.kept = cursor
		l.power = max(1, 2*l.power)
		l.steps = 0
	}
	l.steps++
	return false
}
