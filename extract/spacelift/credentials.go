package spacelift

import "liftgraph/extract/spacelift/api"

// What callers need of the conversation with the server.
type (
	Secret     = api.Secret     // a credential; however it is printed, it reads "[redacted]"
	UsageError = api.UsageError // a setting is wrong
)

// ParseEndpoint returns the full address of an account's API, or a [UsageError].
func ParseEndpoint(endpoint string) (string, error) { return api.ParseEndpoint(endpoint) }
