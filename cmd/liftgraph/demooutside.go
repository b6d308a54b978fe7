package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/query/trace"
)

// printOutside prints who changed, outside of runs, what a stack manages: by the files of a published directory.
func printOutside(w io.Writer, dir string) error {
	d, err := published.Open(dir)
	if err != nil {
		return err
	}
	var lines [][]string
	for _, label := range []graph.Label{graph.AWSResource, graph.EC2Instance} {
		managed := map[string][]string{} // address and stack by the resource's id; the sample is small
		manages := graph.RelationshipTable(graph.SpaceliftStack, graph.Manages, label)
		for row, err := range d.Rows(manages) {
			if err != nil {
				return err
			}
			managed[row[1].Text] = []string{row[0].Text, cell(manages, row, "address")}
		}
		changed := graph.RelationshipTable(graph.AWSActor, graph.Changed, label)
		for row, err := range d.Rows(changed) {
			if err != nil {
				return err
			}
			line := []string{cell(changed, row, "event_time"), row[0].Text, cell(changed, row, "via"), cell(changed, row, "event_names"), row[1].Text[strings.LastIndexByte(row[1].Text, '/')+1:]}
			lines = append(lines, append(line, managed[row[1].Text]...))
		}
	}
	slices.SortFunc(lines, slices.Compare)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "TIME\tWHO\tVIA\tCALL\tRESOURCE\tSTACK\tADDRESS")
	for _, cells := range lines {
		for i, text := range cells {
			cells[i] = cmp.Or(trace.Printable(text), "-")
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	return t.Flush()
}

// cell returns the text of a relationship's property.
func cell(t *graph.Table, row graph.Row, name string) string {
	for i, p := range t.Relationship.Properties {
		if p.Name == name {
			return row[2+i].Text
		}
	}
	return ""
}
