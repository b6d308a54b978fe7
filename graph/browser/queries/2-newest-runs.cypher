// The newest runs, with who confirmed them
MATCH (run:SpaceliftRun)
WITH run ORDER BY run.created_at DESC LIMIT 25
OPTIONAL MATCH (confirmer:SpaceliftUser)-[confirmed:CONFIRMED]->(run)
OPTIONAL MATCH (stack:SpaceliftStack)-[:GENERATED]->(run)
RETURN run.id AS run, stack.id AS stack, run.state AS state, datetime({epochSeconds: run.created_at}) AS created, collect(DISTINCT confirmer.id) AS confirmed_by
ORDER BY created DESC
