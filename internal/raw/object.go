package raw

// Object is a file or S3 object that was read: what the next extraction has to know of it. It is no record of an account.
type Object struct {
	Source   int    `json:"source"` // which of the places to read it lies in, from 0
	Key      string `json:"key"`
	Size     int64  `json:"size"`
	ETag     string `json:"etag,omitempty"`     // of S3
	Modified int64  `json:"modified,omitempty"` // of a file: Unix nanoseconds

	Gave  Yield `json:"gave"`            // its records: of each kind, they follow on those of the object before
	Kept  Yield `json:"kept"`            // the last ones of these are from an earlier reading, since the latest one failed
	Again bool  `json:"again,omitempty"` // it wasn't read to its end, or some of its events can't be used: it is read again

	Keys string `json:"keys,omitempty"` // the keys of no run that calls in it were made with, in short, so that it is read again when one turns out to be a run's
}

// Yield counts what an object gave.
type Yield struct {
	Records   int64 `json:"records"` // read, of any kind
	Events    int64 `json:"events"`  // kept, as calls or grants
	Calls     int64 `json:"calls"`
	Grants    int64 `json:"grants"`
	Instances int64 `json:"instances"`
	Resources int64 `json:"resources,omitempty"` // events that touched some
	Actors    int64 `json:"actors,omitempty"`    // keys of CI jobs
	Coverages int64 `json:"coverages,omitempty"`
}

// Plus adds the counts of another one.
func (y Yield) Plus(o Yield) Yield {
	return Yield{
		y.Records + o.Records, y.Events + o.Events, y.Calls + o.Calls, y.Grants + o.Grants, y.Instances + o.Instances,
		y.Resources + o.Resources, y.Actors + o.Actors, y.Coverages + o.Coverages,
	}
}

// Less takes the counts of another one away.
func (y Yield) Less(o Yield) Yield {
	return Yield{
		y.Records - o.Records, y.Events - o.Events, y.Calls - o.Calls, y.Grants - o.Grants, y.Instances - o.Instances,
		y.Resources - o.Resources, y.Actors - o.Actors, y.Coverages - o.Coverages,
	}
}

// Kind implements [Record].
func (*Object) Kind() Kind { return KindObject }
