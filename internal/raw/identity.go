package raw

// User is a user that the account manages.
type User struct {
	ID              string        `json:"id"` // ULID
	Username        *string       `json:"username"`
	InvitationEmail *string       `json:"invitationEmail"`
	AccessRules     []AccessRule  `json:"accessRules,omitempty"`
	RoleBindings    []RoleBinding `json:"roleBindings,omitempty"`
}

// Group is a group of the identity provider. Its members are not exposed.
type Group struct {
	ID          string       `json:"id"`
	GroupName   *string      `json:"groupName"`
	AccessRules []AccessRule `json:"accessRules,omitempty"`
}

// APIKey is an API key; it acts as `api::ID`.
type APIKey struct {
	ID           string        `json:"id"`
	Name         *string       `json:"name"`
	AccessRules  []AccessRule  `json:"accessRules,omitempty"`
	RoleBindings []RoleBinding `json:"apiKeyRoleBindings,omitempty"`
}

// AccessRule is a legacy level of access to a space.
type AccessRule struct {
	Space *string `json:"space"`
	Level *string `json:"spaceAccessLevel"` // READ, WRITE or ADMIN
}

// RoleBinding gives a role in a space.
type RoleBinding struct {
	SpaceID *string `json:"spaceID"`
	Role    *Role   `json:"role"`
}

// Role is a named set of permissions.
type Role struct {
	ID   string  `json:"id"`
	Name *string `json:"name"`
	Slug *string `json:"slug"`
}
