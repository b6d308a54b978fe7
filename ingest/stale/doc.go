// Package stale answers one question: will this row of an existing graph be deleted by a load? [Row.Deleted] is the answer,
// [Query] asks the server what the answer depends on, [Sweep] asks it for every row, and [Removal] deletes.
//
// A row is a candidate when its account claims it (RESOURCE) and no load of this update tag wrote it: what the published
// directory has is never a candidate. Nodes of other tools and the account's own node are none either. The server returns a
// [Verdict] on each candidate, by what stands in the graph; the manifest says which scopes were read completely:
//
//	row of the graph that the directory lacks          verdict      deleted
//	node or relationship, its scopes complete          Removable    yes, but for what is below
//	the same, a scope refused, failed or not read      Removable    no
//	of a stack that was not read, the others were      Unknown      no
//	AFFECTED by digest, ids left unresolved            Unknown      no
//	a log reported it (event_id, audit event)          Historical   no
//	a log reported it, before the retention            Expired      yes
//	node with a log's relationship                     Unknown      no: what history hangs on is kept
//	node at the end of a relationship that is kept     any          no
//	relationship of an owner that is deleted           any          yes, though its scopes are incomplete
//	relationship of an owner that nothing lists,
//	but that is kept                                   any          no, and what it ends at is kept
//	RESOURCE                                                        with its node; alone where another account claims it too
//	other tools' relationships                                      with their node
//
// The owner of a relationship is declared in graph ([graph.Relationship.Owner]): the run of who triggered it, the commit of who
// pushed it. The questions as the server gets them are in testdata/queries.cypher.
package stale
