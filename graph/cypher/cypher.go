// Package cypher derives from the model the Cypher that writes rows into an existing graph, whatever brings the rows:
// LOAD CSV on the server or the driver. It knows no file and no connection.
//
// A row is the variable row, a list of the table's columns in their order, each as a value of its type, null where it is
// absent. LOAD CSV gets there by [FromCSV], the driver by a parameter.
package cypher

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"liftgraph/graph"
)

// Options say how rows are written.
type Options struct {
	Model        *graph.Model // the tables are of; nil: the default
	EC2Label     string       // label of the instances in this graph; empty: EC2Instance
	MatchForeign bool         // nodes that other tools own are only matched, never created
	Create       bool         // the graph has no row of the table: they are created without a look for what is there
	Spelled      string       // expression of a map of keys in another case to those that the graph has; empty: keys stay as they are
}

// key returns the name of the property that a label is found by.
func (o Options) key(l graph.Label) string {
	t, ok := cmp.Or(o.Model, graph.Default).Table(string(l))
	if !ok {
		panic("cypher: the model has no label " + string(l)) // it has a relationship from or to it
	}
	return Name(t.Node.Key())
}

// cell returns the expression of a row's id of a node with the label, as the graph spells it.
func (o Options) cell(l graph.Label, column int) string {
	cell := fmt.Sprintf("row[%d]", column)
	if t, ok := cmp.Or(o.Model, graph.Default).Table(string(l)); o.Spelled == "" || !ok || !t.Node.AnyCase {
		return cell
	}
	return fmt.Sprintf("coalesce(%s[%s], %[2]s)", o.Spelled, cell)
}

// Label returns a label of the model as this graph has it, ready to stand in a statement.
func (o Options) Label(l graph.Label) string {
	if l == graph.EC2Instance {
		return Name(cmp.Or(o.EC2Label, string(l)))
	}
	return Name(string(l))
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Name returns a label, type or property name as it stands in a statement: in backticks where it isn't plain.
func Name(s string) string {
	if plainName.MatchString(s) {
		return s
	}
	return "`" + strings.ReplaceAll(s, "`", "``") + "`"
}

// Text returns a string as it stands in a statement.
func Text(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// Upsert returns the clauses that write one row of a table, of which row is the only variable, and return written: whether
// there is such a node or relationship now. It is false only for a relationship of which an end is missing. The
// clauses are to stand in CALL (row) { … }. Nothing is given for a table whose nodes are only matched.
//
// A node or relationship gets every property of the row, and loses those that are absent; firstseen stays what it is where it is there.
// A node that other tools own is created where it is missing, and otherwise left alone. Writing a row twice changes nothing.
func Upsert(t *graph.Table, o Options) string {
	switch {
	case o.Create && t.Relationship != nil:
		r := t.Relationship
		return fmt.Sprintf("%sCREATE (a)-[r:%s {%s}]->(b)\nRETURN count(r) > 0 AS written", ends(r, o), Name(r.Type), properties(t, t.IDs()))
	case o.Create && !t.Node.Foreign:
		labels := o.Label(t.Node.Label)
		for _, l := range t.Node.Extra {
			labels += ":" + o.Label(l)
		}
		return fmt.Sprintf("CREATE (n:%s {%s})\nRETURN true AS written", labels, properties(t, 0))
	case t.Relationship != nil:
		return upsertRelationship(t, o)
	case !t.Node.Foreign:
		return fmt.Sprintf("MERGE (n:%s {%s: row[0]})\nSET %s\nRETURN true AS written", o.Label(t.Node.Label), Name(t.Node.Key()), o.labels(t.Node)+set("n", t, 1))
	case o.MatchForeign:
		return ""
	}
	return fmt.Sprintf("MERGE (n:%s {%s: %s})\nON CREATE SET %s\nRETURN count(n) > 0 AS written", o.Label(t.Node.Label), Name(t.Node.Key()), o.cell(t.Node.Label, 0), o.labels(t.Node)+set("n", t, 1))
}

// labels returns the assignment of the labels that nodes have beside the one they are found by.
func (o Options) labels(n *graph.Node) string {
	if len(n.Extra) == 0 {
		return ""
	}
	s := "n"
	for _, l := range n.Extra {
		s += ":" + o.Label(l)
	}
	return s + ", "
}

// upsertRelationship finds a relationship by its ends and identity. MERGE takes no null, so that a row whose identity is not
// complete goes another way: it is the one that lacks the same.
func upsertRelationship(t *graph.Table, o Options) string {
	r := t.Relationship
	ends := ends(r, o)
	typ, update := Name(r.Type), set("r", t, t.KeyColumns())
	if len(r.Identity) == 0 {
		return fmt.Sprintf("%sMERGE (a)-[r:%s]->(b)\nSET %s\nRETURN count(r) > 0 AS written", ends, typ, update)
	}
	var complete, identity, same []string
	for i, name := range r.Identity {
		cell := fmt.Sprintf("row[%d]", t.IDs()+i)
		complete = append(complete, cell+" IS NOT NULL")
		identity = append(identity, Name(name)+": "+cell)
		same = append(same, fmt.Sprintf("(r.%[1]s = %[2]s OR r.%[1]s IS NULL AND %[2]s IS NULL)", Name(name), cell))
	}
	whole, alike := strings.Join(complete, " AND "), strings.Join(same, " AND ")
	return fmt.Sprintf(`CALL (row) {
  WITH row WHERE %[1]s
  %[2]sMERGE (a)-[r:%[3]s {%[4]s}]->(b)
  SET %[5]s
  RETURN r
UNION ALL
  WITH row WHERE NOT (%[1]s)
  %[2]sFOREACH (one IN CASE WHEN EXISTS { MATCH (a)-[r:%[3]s]->(b) WHERE %[6]s } THEN [] ELSE [1] END | CREATE (a)-[:%[3]s {%[4]s}]->(b))
  WITH row, a, b
  MATCH (a)-[r:%[3]s]->(b) WHERE %[6]s
  SET %[5]s
  RETURN r
}
RETURN count(r) > 0 AS written`, whole, strings.ReplaceAll(ends, "\n", "\n  "), typ, strings.Join(identity, ", "), update, alike)
}

// ends returns the clauses that find both ends of a relationship.
func ends(r *graph.Relationship, o Options) string {
	return fmt.Sprintf("MATCH (a:%s {%s: %s})\nMATCH (b:%s {%s: %s})\n", o.Label(r.From), o.key(r.From), o.cell(r.From, 0), o.Label(r.To), o.key(r.To), o.cell(r.To, 1))
}

// properties returns the entries of a map of a row's columns from the given one on. One of null is no property.
func properties(t *graph.Table, from int) string {
	var list []string
	for i, c := range t.Columns[from:] {
		list = append(list, fmt.Sprintf("%s: row[%d]", Name(c.Name), from+i))
	}
	return strings.Join(list, ", ")
}

// set returns the assignments of a row's columns from the given one on.
func set(variable string, t *graph.Table, from int) string {
	var list []string
	for i, c := range t.Columns[from:] {
		property, cell := variable+"."+Name(c.Name), fmt.Sprintf("row[%d]", from+i)
		if c.Name == graph.FirstSeen {
			cell = fmt.Sprintf("coalesce(%s, %s)", property, cell)
		}
		list = append(list, property+" = "+cell)
	}
	return strings.Join(list, ", ")
}
