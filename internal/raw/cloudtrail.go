package raw

// APICall is a CloudTrail event that names EC2 instances: a call of a run, or one of a session that may turn out
// to be derived from a run's.
type APICall struct {
	EventID      string   `json:"eventId"`
	Time         string   `json:"time"` // RFC 3339 in UTC, e.g. 2026-11-13T23:47:05Z
	Name         string   `json:"name"` // e.g. RunInstances
	Account      string   `json:"account"`
	Region       string   `json:"region"`
	Session      *Session `json:"session,omitempty"`      // nil where the event itself doesn't name the run
	AccessKey    string   `json:"accessKey,omitempty"`    // the temporary key (ASIA…) it was made with
	ErrorCode    string   `json:"errorCode,omitempty"`    // of a call that failed
	ErrorMessage string   `json:"errorMessage,omitempty"` // the same in words
	Instances    []string `json:"instances"`              // each once, sorted
	Mentioned    []string `json:"mentioned,omitempty"`    // those of them of which it isn't known that the call changed them, sorted
}

// Session is what a role session says of the run it was made for.
type Session struct {
	Run              string `json:"run"`
	Stack            string `json:"stack,omitempty"`            // the slug, where it is there in full
	SpaceliftAccount string `json:"spaceliftAccount,omitempty"` // where it is there in full
	AccountBegins    string `json:"accountBegins,omitempty"`    // with it, where it is cut
}

// Grant is a CloudTrail event in which STS issued credentials: calls with Key are those of its receiver.
type Grant struct {
	EventID   string   `json:"eventId"`
	Session   *Session `json:"session,omitempty"`   // nil where the event itself doesn't name the run
	AccessKey string   `json:"accessKey,omitempty"` // the key that asked for it
	Key       string   `json:"key"`                 // the key that was given
}

// Instance is an EC2 instance that a CloudTrail event named.
type Instance struct {
	ID      string `json:"id"`
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`
}

// Kind implements [Record].
func (*APICall) Kind() Kind { return KindAPICall }

// Kind implements [Record].
func (*Grant) Kind() Kind { return KindGrant }

// Kind implements [Record].
func (*Instance) Kind() Kind { return KindInstance }
