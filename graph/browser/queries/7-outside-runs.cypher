// Changes made outside Spacelift's runs
MATCH (actor:AWSActor)-[changed:CHANGED]->(resource)
OPTIONAL MATCH (actor)-[is:IS]->(user:SpaceliftUser)
RETURN * LIMIT 200
