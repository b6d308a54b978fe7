package spacelift

import "liftgraph/extract/spacelift/api"

// Secret is a credential; however it is printed, it reads "[redacted]".
type Secret = api.Secret

// UsageError says that a setting is wrong.
type UsageError = api.UsageError

// ParseEndpoint returns the full address of an account's API, or a [UsageError].
func ParseEndpoint(endpoint string) (string, error) { return api.ParseEndpoint(endpoint) }
