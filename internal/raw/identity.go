package raw

// User is a user that the account manages.
type User struct {
	ID              string        `json:"id"` // ULID
	Username        *string       `json:"username"`
	InvitationEmail *string       `json:"invitationEmail"`
	AccessRules     []AccessRule  `json:"accessRules,omitempty"`
	RoleBindings    []RoleBinding `json:"userRoleBindings,omitempty"`
	LatestGroups    []Reference   `json:"latestGroups,omitempty"` // of the identity provider, as of the last login
}

// Group is a group of the identity provider that has roles here.
type Group struct {
	ID           string         `json:"id"`
	GroupName    *string        `json:"groupName"`
	Members      []Reference    `json:"members,omitempty"` // who logged in at least once
	MemberCount  *int64         `json:"memberCount,omitempty"`
	AccessRules  []AccessRule   `json:"accessRules,omitempty"`
	RoleBindings []GroupBinding `json:"userRoleBindings,omitempty"`
}

// GroupBinding grants a role, by its id, to the members of a group.
type GroupBinding struct {
	SpaceID *string `json:"spaceID"`
	RoleID  *string `json:"roleID"`
}

// StackBinding grants a role in a space to the runs of a stack.
type StackBinding struct {
	Role  *Role `json:"role"`
	Space *struct {
		ID string `json:"id"`
	} `json:"space"`
}

// APIKey is an API key; it acts as `api::ID`.
type APIKey struct {
	ID           string        `json:"id"`
	Name         *string       `json:"name"`
	AccessRules  []AccessRule  `json:"accessRules,omitempty"`
	RoleBindings []RoleBinding `json:"apiKeyRoleBindings,omitempty"`
	Teams        []Reference   `json:"teams,omitempty"` // names of groups whose roles it has
}

// AccessRule is a legacy level of access to a space.
type AccessRule struct {
	Space *string `json:"space"`
	Level *string `json:"spaceAccessLevel"` // READ, WRITE or ADMIN
}

// RoleBinding grants a role in a space.
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
