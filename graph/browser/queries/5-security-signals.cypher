// Security signals: the audit trail was turned off, on or elsewhere
MATCH (event:SpaceliftAuditEvent {security_signal: true})
OPTIONAL MATCH (who:SpaceliftUser)-[:PERFORMED]->(event)
RETURN event.event_time AS time, event.action AS action, event.actor AS actor, who.id AS user, event.remote_ip AS address
ORDER BY time DESC LIMIT 100
