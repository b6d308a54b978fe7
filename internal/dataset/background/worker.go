// Package background lets one goroutine prepare data while another one writes what was prepared before.
package background

// Worker does one job at a time in the background. It has no goroutine of its own: one that is
// dropped after an error leaves at most the job under way, which ends by itself.
type Worker struct {
	done   chan error
	busy   bool
	failed error
}

// Do waits for the job before and starts this one. An error is that of any job before; after one, no job is started.
func (w *Worker) Do(job func() error) error {
	if err := w.Wait(); err != nil {
		return err
	}
	if w.done == nil {
		w.done = make(chan error, 1)
	}
	w.busy = true
	go func() { w.done <- job() }()
	return nil
}

// Wait waits for the job under way and returns the error of the first job that failed.
func (w *Worker) Wait() error {
	if w.busy {
		w.busy = false
		w.failed = <-w.done
	}
	return w.failed
}
