// Who and what changed this instance?
MATCH (i:EC2Instance {id: 'i-046d87f24fb0ca530'})<-[affected:AFFECTED]-(run:SpaceliftRun)
OPTIONAL MATCH (stack:SpaceliftStack)-[generated:GENERATED]->(run)
OPTIONAL MATCH (space:SpaceliftSpace)-[contains:CONTAINS]->(stack)
OPTIONAL MATCH (commit:SpaceliftGitCommit)-[committed:COMMITTED]->(run)
OPTIONAL MATCH (author:GitHubUser)-[pushed:PUSHED]->(commit)
OPTIONAL MATCH (confirmer:SpaceliftUser)-[confirmed:CONFIRMED]->(run)
OPTIONAL MATCH (worker:SpaceliftWorker)-[executed:EXECUTED]->(run)
RETURN * LIMIT 500
