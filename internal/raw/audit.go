package raw

// AuditEvent is a change of Spacelift's own resources, as the audit trail reports it.
type AuditEvent struct {
	ID         string          `json:"id"`   // of the webhook's events the SHA-256 of the canonical body, in hex; of the API's the entry's ULID
	Via        string          `json:"via"`  // ViaWebhook or ViaAPI
	Time       int64           `json:"time"` // Unix milliseconds; whole seconds from the API
	Account    *string         `json:"account"`
	Action     string          `json:"action"`              // e.g. stack.create
	EventType  *string         `json:"eventType,omitempty"` // CREATE, UPDATE or DELETE; from the API only
	Actor      *string         `json:"actor"`               // e.g. github::name
	ActorRoles []string        `json:"actorRoles,omitempty"`
	ActorRun   *string         `json:"actorRun,omitempty"` // the run that acted, where Spacelift's Terraform provider did
	Mutation   *string         `json:"mutation,omitempty"`
	RemoteIP   *string         `json:"remoteIP,omitempty"`
	Resources  []AuditResource `json:"resources,omitempty"` // the affected one first, then a related one
	Data       *string         `json:"data"`                // JSON text, secrets sanitized by Spacelift
}

// AuditResource is what an audit event is about.
type AuditResource struct {
	Type string `json:"type"`         // e.g. STACK
	ID   string `json:"id,omitempty"` // "" where it is unknown
}

// The ways an audit event comes.
const (
	ViaWebhook = "webhook"
	ViaAPI     = "api"
)

// RunState is what the audit trail's webhook reports when a run changes its state.
type RunState struct {
	ID   string `json:"id"`   // the SHA-256 of the canonical body, in hex
	Time int64  `json:"time"` // Unix milliseconds
	Run  Run    `json:"run"`
}

// Kind implements [Record].
func (*AuditEvent) Kind() Kind { return KindAuditEvent }

// Kind implements [Record].
func (*RunState) Kind() Kind { return KindRunState }
