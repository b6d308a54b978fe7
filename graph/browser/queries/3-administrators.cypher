// Who is an administrator, and where?
MATCH (who:SpaceliftUser)-[role:HAS_ROLE_IN]->(space:SpaceliftSpace)
WHERE toLower(role.role) CONTAINS 'admin'
RETURN who, role, space LIMIT 300
