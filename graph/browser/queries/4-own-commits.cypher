// Runs that were confirmed by the author of the commit
MATCH (author:GitHubUser)-[:PUSHED]->(commit:SpaceliftGitCommit)-[:COMMITTED]->(run:SpaceliftRun)<-[confirmed:CONFIRMED]-(user:SpaceliftUser)
WHERE toLower(author.username) = user.id
RETURN run.id AS run, commit.id AS commit, user.id AS person, datetime({epochSeconds: confirmed.at}) AS confirmed
ORDER BY confirmed DESC LIMIT 100
