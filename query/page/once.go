package page

import "sync"

// once keeps what was made last, for a publication: making it may take seconds.
type once[T any] struct {
	mu    sync.Mutex
	of    string
	value T
}

// get returns what is made of a publication; a request that comes while another makes it waits for it.
func (o *once[T]) get(of string, make func() (T, error)) (T, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of == of {
		return o.value, nil
	}
	v, err := make()
	if err != nil {
		var none T
		return none, err
	}
	o.of, o.value = of, v
	return v, nil
}
