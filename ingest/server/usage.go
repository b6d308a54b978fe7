package server

// UsageError says that a setting is wrong: nothing was run and no server was reached.
type UsageError struct{ Problem string }

// Error implements error.
func (e *UsageError) Error() string { return e.Problem }
