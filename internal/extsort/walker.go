package extsort

// Walker steps through sorted pairs beside another sorted sequence: its current pair stays until [Walker.Step].
type Walker struct {
	*Iterator
	At []byte // the current key, not nil; nil at the end
}

// Walk ends the adding to a sorter and returns its pairs, of which the first is current.
func (s *Sorter) Walk() (*Walker, error) {
	it, err := s.Sort()
	if err != nil {
		return nil, err
	}
	w := &Walker{Iterator: it}
	w.Step()
	return w, nil
}

// Step moves to the next pair. After the last one At is nil; see [Iterator.Err].
func (w *Walker) Step() {
	w.At = nil
	if w.Next() {
		w.At = append([]byte{}, w.Key()...) // not nil, although it be empty
	}
}

// Is reports whether the current pair has that key.
func (w *Walker) Is(key []byte) bool { return w.At != nil && string(w.At) == string(key) }
