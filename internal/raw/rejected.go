package raw

// Rejected is a record that can't be used: one line of the quarantine.
type Rejected struct {
	Stage  string `json:"stage"`
	Source string `json:"source"`
	Kind   Kind   `json:"kind"`
	Object string `json:"object,omitempty"` // the file or S3 object it came from
	Offset int64  `json:"offset"`           // the record's number within its kind or object, from 1; 0 where it isn't a single record's
	Reason string `json:"reason"`           // a stable code, e.g. unknown_run
	Detail string `json:"detail,omitempty"`
	Record any    `json:"record,omitempty"`
}
