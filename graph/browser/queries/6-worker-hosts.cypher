// Runs that changed a host that executes runs
MATCH (worker:SpaceliftWorker)-[on:RUNS_ON]->(host:EC2Instance)<-[affected:AFFECTED]-(run:SpaceliftRun)
OPTIONAL MATCH (pool:SpaceliftWorkerPool)-[contains:CONTAINS]->(worker)
RETURN * LIMIT 200
