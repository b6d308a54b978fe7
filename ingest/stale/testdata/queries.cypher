// liftgraph, SpaceliftStack: everything read, logs kept for any time
MATCH (n:SpaceliftStack)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftStack
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), CASE WHEN EXISTS { (n)<-[x:TARGETED]-(e:SpaceliftAuditEvent) } THEN 1 ELSE 0 END, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// liftgraph, SpaceliftRun: everything read, logs kept for any time
MATCH (n:SpaceliftRun)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftRun
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), CASE WHEN EXISTS { (n)-[x:AFFECTED]->(e:EC2Instance) WHERE x.event_id IS NOT NULL } OR EXISTS { (n)<-[x:TARGETED]-(e:SpaceliftAuditEvent) } OR EXISTS { (n)-[x:AFFECTED]->(e:AWSResource) WHERE x.event_id IS NOT NULL } THEN 1 ELSE 0 END, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// liftgraph, SpaceliftGitCommit: everything read, logs kept for any time
MATCH (n:SpaceliftGitCommit)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftGitCommit
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), 0, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// liftgraph, SpaceliftSpace_CONTAINS_SpaceliftStack: everything read, logs kept for any time
MATCH (a:SpaceliftSpace)-[r:CONTAINS]->(b:SpaceliftStack)
WHERE a.spacelift_account_id = $account AND r.lastupdated < $tag
RETURN elementId(r), 0, false, a.id, b.id;

// liftgraph, SpaceliftStack_GENERATED_SpaceliftRun: everything read, logs kept for any time
MATCH (a:SpaceliftStack)-[r:GENERATED]->(b:SpaceliftRun)
WHERE a.spacelift_account_id = $account AND r.lastupdated < $tag
RETURN elementId(r), 0, false, a.id, b.id;

// liftgraph, GitHubUser_PUSHED_SpaceliftGitCommit: everything read, logs kept for any time
MATCH (a:GitHubUser)-[r:PUSHED]->(b:SpaceliftGitCommit)
WHERE EXISTS { (b)<-[:RESOURCE]-(:SpaceliftAccount {id: $account}) } AND NOT EXISTS { (b)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account } AND r.lastupdated < $tag
RETURN elementId(r), 0, false, a.username, b.id;

// liftgraph, SpaceliftRun_AFFECTED_EC2Instance: everything read, logs kept for any time
MATCH (a:SpaceliftRun)-[r:AFFECTED]->(b:EC2Instance)
WHERE a.spacelift_account_id = $account AND r.lastupdated < $tag AND NOT r.event_id IS NOT NULL
RETURN elementId(r), CASE WHEN r.event_id IS NOT NULL THEN 3 ELSE 0 END, false, a.id, b.id;

// liftgraph, SpaceliftStack: one stack not read, ids unresolved, with a retention
MATCH (n:SpaceliftStack)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftStack
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), CASE WHEN EXISTS { (n)<-[x:TARGETED]-(e:SpaceliftAuditEvent) WHERE NOT coalesce(e.event_time < $cutoff, false) } THEN 1 ELSE 0 END, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// liftgraph, SpaceliftRun: one stack not read, ids unresolved, with a retention
MATCH (n:SpaceliftRun)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftRun
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), CASE WHEN n.stack_id IN $stacks OR EXISTS { (n)-[x:AFFECTED]->(e:EC2Instance) WHERE x.event_id IS NOT NULL AND NOT coalesce(x.event_time < $cutoff, false) } OR EXISTS { (n)<-[x:TARGETED]-(e:SpaceliftAuditEvent) WHERE NOT coalesce(e.event_time < $cutoff, false) } OR EXISTS { (n)-[x:AFFECTED]->(e:AWSResource) WHERE x.event_id IS NOT NULL AND NOT coalesce(x.event_time < $cutoff, false) } THEN 1 ELSE 0 END, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// liftgraph, SpaceliftGitCommit: one stack not read, ids unresolved, with a retention
MATCH (n:SpaceliftGitCommit)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftGitCommit
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), 0, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// liftgraph, SpaceliftAuditEvent: one stack not read, ids unresolved, with a retention
MATCH (n:SpaceliftAuditEvent)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftAuditEvent
WHERE n.id IS NOT NULL AND c.lastupdated < $tag AND n.event_time < $cutoff
RETURN elementId(n), CASE WHEN n.event_time < $cutoff THEN 2 ELSE 3 END, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// liftgraph, SpaceliftSpace_CONTAINS_SpaceliftStack: one stack not read, ids unresolved, with a retention
MATCH (a:SpaceliftSpace)-[r:CONTAINS]->(b:SpaceliftStack)
WHERE a.spacelift_account_id = $account AND r.lastupdated < $tag
RETURN elementId(r), 0, false, a.id, b.id;

// liftgraph, SpaceliftStack_GENERATED_SpaceliftRun: one stack not read, ids unresolved, with a retention
MATCH (a:SpaceliftStack)-[r:GENERATED]->(b:SpaceliftRun)
WHERE a.spacelift_account_id = $account AND r.lastupdated < $tag
RETURN elementId(r), CASE WHEN b.stack_id IN $stacks THEN 1 ELSE 0 END, false, a.id, b.id;

// liftgraph, GitHubUser_PUSHED_SpaceliftGitCommit: one stack not read, ids unresolved, with a retention
MATCH (a:GitHubUser)-[r:PUSHED]->(b:SpaceliftGitCommit)
WHERE EXISTS { (b)<-[:RESOURCE]-(:SpaceliftAccount {id: $account}) } AND NOT EXISTS { (b)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account } AND r.lastupdated < $tag
RETURN elementId(r), CASE WHEN EXISTS { (b)-[:COMMITTED]->(run:SpaceliftRun) WHERE run.stack_id IN $stacks } THEN 1 ELSE 0 END, false, a.username, b.id;

// liftgraph, SpaceliftRun_AFFECTED_EC2Instance: one stack not read, ids unresolved, with a retention
MATCH (a:SpaceliftRun)-[r:AFFECTED]->(b:EC2Instance)
WHERE a.spacelift_account_id = $account AND r.lastupdated < $tag AND (NOT r.event_id IS NOT NULL OR r.event_time < $cutoff)
RETURN elementId(r), CASE WHEN r.event_id IS NOT NULL AND r.event_time < $cutoff THEN 2 WHEN r.event_id IS NOT NULL THEN 3 WHEN coalesce(r.resolved_by, '') STARTS WITH 'digest' OR a.stack_id IN $stacks THEN 1 ELSE 0 END, false, a.id, b.id;

// liftgraph, SpaceliftUser_PERFORMED_SpaceliftAuditEvent: one stack not read, ids unresolved, with a retention
MATCH (a:SpaceliftUser)-[r:PERFORMED]->(b:SpaceliftAuditEvent)
WHERE b.spacelift_account_id = $account AND r.lastupdated < $tag AND b.event_time < $cutoff
RETURN elementId(r), CASE WHEN b.event_time < $cutoff THEN 2 ELSE 3 END, false, a.id, b.id;

// liftgraph, SpaceliftRun: deleted
UNWIND $elements AS element
MATCH (n:SpaceliftRun) WHERE elementId(n) = element
MATCH (n)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account}) WHERE c.lastupdated < $tag
WITH n, c, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account } AS shared
FOREACH (one IN CASE WHEN shared THEN [c] ELSE [] END | DELETE one)
FOREACH (one IN CASE WHEN shared THEN [] ELSE [n] END | DETACH DELETE one);

// liftgraph, SpaceliftStack_GENERATED_SpaceliftRun: deleted
UNWIND $elements AS element
MATCH (:SpaceliftStack)-[r:GENERATED]->(:SpaceliftRun) WHERE elementId(r) = element AND r.lastupdated < $tag
DELETE r;

// cartography, SpaceliftStack: everything read, logs kept for any time
MATCH (n:SpaceliftStack)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftStack
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), CASE WHEN EXISTS { (n)<-[x:TARGETED]-(e:SpaceliftAuditEvent) } THEN 1 ELSE 0 END, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// cartography, SpaceliftRun: everything read, logs kept for any time
MATCH (n:SpaceliftRun)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftRun
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), CASE WHEN EXISTS { (n)<-[x:TARGETED]-(e:SpaceliftAuditEvent) } OR EXISTS { (n)-[x:AFFECTED]->(e:AWSResource) WHERE x.event_id IS NOT NULL } OR EXISTS { (n)<-[x:FROM_RUN]-(e:SpaceliftCloudTrailEvent) } THEN 1 ELSE 0 END, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// cartography, SpaceliftGitCommit: everything read, logs kept for any time
MATCH (n:SpaceliftGitCommit)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftGitCommit
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), 0, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// cartography, SpaceliftSpace_CONTAINS_SpaceliftStack: everything read, logs kept for any time
MATCH (a:SpaceliftSpace)-[r:CONTAINS]->(b:SpaceliftStack)
WHERE a.spacelift_account_id = $account AND r.lastupdated < $tag
RETURN elementId(r), 0, false, a.id, b.id;

// cartography, SpaceliftStack_GENERATED_SpaceliftRun: everything read, logs kept for any time
MATCH (a:SpaceliftStack)-[r:GENERATED]->(b:SpaceliftRun)
WHERE a.spacelift_account_id = $account AND r.lastupdated < $tag
RETURN elementId(r), 0, false, a.id, b.id;

// cartography, GitHubUser_PUSHED_SpaceliftGitCommit: everything read, logs kept for any time
MATCH (a:GitHubUser)-[r:PUSHED]->(b:SpaceliftGitCommit)
WHERE EXISTS { (b)<-[:RESOURCE]-(:SpaceliftAccount {id: $account}) } AND NOT EXISTS { (b)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account } AND r.lastupdated < $tag
RETURN elementId(r), 0, false, a.username, b.id;

// cartography, SpaceliftStack: one stack not read, ids unresolved, with a retention
MATCH (n:SpaceliftStack)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftStack
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), CASE WHEN EXISTS { (n)<-[x:TARGETED]-(e:SpaceliftAuditEvent) WHERE NOT coalesce(e.event_time < $cutoff, false) } THEN 1 ELSE 0 END, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// cartography, SpaceliftRun: one stack not read, ids unresolved, with a retention
MATCH (n:SpaceliftRun)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftRun
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), CASE WHEN n.stack_id IN $stacks OR EXISTS { (n)<-[x:TARGETED]-(e:SpaceliftAuditEvent) WHERE NOT coalesce(e.event_time < $cutoff, false) } OR EXISTS { (n)-[x:AFFECTED]->(e:AWSResource) WHERE x.event_id IS NOT NULL AND NOT coalesce(x.event_time < $cutoff, false) } OR EXISTS { (n)<-[x:FROM_RUN]-(e:SpaceliftCloudTrailEvent) WHERE NOT coalesce(e.event_time < $cutoff, false) } THEN 1 ELSE 0 END, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// cartography, SpaceliftGitCommit: one stack not read, ids unresolved, with a retention
MATCH (n:SpaceliftGitCommit)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftGitCommit
WHERE n.id IS NOT NULL AND c.lastupdated < $tag
RETURN elementId(n), 0, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// cartography, SpaceliftAuditEvent: one stack not read, ids unresolved, with a retention
MATCH (n:SpaceliftAuditEvent)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account})
USING SCAN n:SpaceliftAuditEvent
WHERE n.id IS NOT NULL AND c.lastupdated < $tag AND n.event_time < $cutoff
RETURN elementId(n), CASE WHEN n.event_time < $cutoff THEN 2 ELSE 3 END, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account }, n.id, null;

// cartography, SpaceliftSpace_CONTAINS_SpaceliftStack: one stack not read, ids unresolved, with a retention
MATCH (a:SpaceliftSpace)-[r:CONTAINS]->(b:SpaceliftStack)
WHERE a.spacelift_account_id = $account AND r.lastupdated < $tag
RETURN elementId(r), 0, false, a.id, b.id;

// cartography, SpaceliftStack_GENERATED_SpaceliftRun: one stack not read, ids unresolved, with a retention
MATCH (a:SpaceliftStack)-[r:GENERATED]->(b:SpaceliftRun)
WHERE a.spacelift_account_id = $account AND r.lastupdated < $tag
RETURN elementId(r), CASE WHEN b.stack_id IN $stacks THEN 1 ELSE 0 END, false, a.id, b.id;

// cartography, GitHubUser_PUSHED_SpaceliftGitCommit: one stack not read, ids unresolved, with a retention
MATCH (a:GitHubUser)-[r:PUSHED]->(b:SpaceliftGitCommit)
WHERE EXISTS { (b)<-[:RESOURCE]-(:SpaceliftAccount {id: $account}) } AND NOT EXISTS { (b)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account } AND r.lastupdated < $tag
RETURN elementId(r), CASE WHEN EXISTS { (b)-[:COMMITTED]->(run:SpaceliftRun) WHERE run.stack_id IN $stacks } THEN 1 ELSE 0 END, false, a.username, b.id;

// cartography, SpaceliftUser_PERFORMED_SpaceliftAuditEvent: one stack not read, ids unresolved, with a retention
MATCH (a:SpaceliftUser)-[r:PERFORMED]->(b:SpaceliftAuditEvent)
WHERE b.spacelift_account_id = $account AND r.lastupdated < $tag AND b.event_time < $cutoff
RETURN elementId(r), CASE WHEN b.event_time < $cutoff THEN 2 ELSE 3 END, false, a.id, b.id;

// cartography, SpaceliftRun: deleted
UNWIND $elements AS element
MATCH (n:SpaceliftRun) WHERE elementId(n) = element
MATCH (n)<-[c:RESOURCE]-(:SpaceliftAccount {id: $account}) WHERE c.lastupdated < $tag
WITH n, c, EXISTS { (n)<-[:RESOURCE]-(o:SpaceliftAccount) WHERE o.id <> $account } AS shared
FOREACH (one IN CASE WHEN shared THEN [c] ELSE [] END | DELETE one)
FOREACH (one IN CASE WHEN shared THEN [] ELSE [n] END | DETACH DELETE one);

// cartography, SpaceliftStack_GENERATED_SpaceliftRun: deleted
UNWIND $elements AS element
MATCH (:SpaceliftStack)-[r:GENERATED]->(:SpaceliftRun) WHERE elementId(r) = element AND r.lastupdated < $tag
DELETE r;

