package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"liftgraph/query/trace"
)

// The picture of the graph has layers from left to right: who and where it began, what was written and set up, the runs, and
// what they affected. Every edge leads to the right.
var layers = map[string]int{"person": 0, "actor": 0, "space": 0, "host": 0, "pool": 0, "commit": 1, "stack": 1, "worker": 1, "run": 2, "resource": 3}

// The measures of the picture, in its own units.
const (
	graphWidth  = 1200
	nodeWidth   = 216
	nodeHeight  = 46
	nodeApart   = 14
	graphTop    = 40
	mostNodes   = 60
	portApart   = 17 // of edges that lead to one box
	layersCount = 4
)

type graphView struct {
	Width, Height int
	Heads         []head
	Nodes         []nodeBox
	Edges         []edgeLine
	More          int
	Summary       string
}

type head struct {
	X    int
	Text string
}

type nodeBox struct {
	X, Y, W, H  int
	Kind        string
	Name, ID    string
	Title       string
	Shape, Href string
	Own         bool
	layer       int
	key         string
	order       float64
	ports, used int // edges that lead here, and those drawn so far
}

// MidY is the middle of the box.
func (n nodeBox) MidY() int { return n.Y + n.H/2 }

// TextX is where the box's text begins.
func (n nodeBox) TextX() int { return n.X + 34 }

// IconX is the middle of the box's sign.
func (n nodeBox) IconX() int { return n.X + 18 }

// NameY is the base line of its first line.
func (n nodeBox) NameY() int { return n.MidY() - 3 }

// KindY is the base line of the second line.
func (n nodeBox) KindY() int { return n.MidY() + 13 }

type edgeLine struct {
	D, Label, Class string
	X, Y            float64
}

func newGraph(s *trace.Subject, links []link) *graphView {
	links = slices.Clone(links)
	if len(links) == 0 {
		return nil
	}
	g := &graphView{Width: graphWidth}
	at := map[string]int{}
	own := map[trace.Kind]string{trace.KindInstance: "resource", trace.KindResource: "resource", trace.KindRun: "run", trace.KindCommit: "commit", trace.KindUser: "person", trace.KindStack: "stack", trace.KindWorker: "worker", trace.KindSpace: "space"}[s.Kind]
	left := map[string]bool{}
	add := func(t thing) {
		if _, ok := at[t.key()]; ok {
			return
		}
		if len(g.Nodes) == mostNodes {
			left[t.key()] = true
			return
		}
		at[t.key()] = len(g.Nodes)
		g.Nodes = append(g.Nodes, nodeBox{
			Kind: t.Kind, Name: shorten(t.Title(), roomFor(t.Title())), ID: t.ID, Title: t.Kind + " " + t.ID, Href: t.Href, layer: layers[t.Kind], key: t.key(), W: nodeWidth, H: nodeHeight,
			Own: t.Kind == own && t.ID == trace.Printable(s.ID),
		})
	}
	for _, l := range links {
		add(l.From)
		add(l.To)
	}
	g.More = len(left)
	for _, l := range links {
		if i, ok := at[l.toKey]; ok {
			g.Nodes[i].ports++
		}
	}
	for i := range g.Nodes {
		g.Nodes[i].H = max(nodeHeight, portApart*g.Nodes[i].ports+12)
	}
	g.arrange(links, at)
	slices.SortStableFunc(links, func(a, b link) int { // so that edges to one box don't cross
		i, ok := at[a.fromKey]
		j, there := at[b.fromKey]
		if !ok || !there {
			return 0
		}
		return cmp.Compare(g.Nodes[i].Y, g.Nodes[j].Y)
	})
	for _, l := range links {
		i, ok := at[l.fromKey]
		j, there := at[l.toKey]
		if ok && there {
			g.Edges = append(g.Edges, g.edge(&g.Nodes[i], &g.Nodes[j], l))
		}
	}
	for i, text := range []string{"Who and where", "Code and stack", "Run", "Resource"} {
		g.Heads = append(g.Heads, head{layerX(i), text})
	}
	g.Summary = fmt.Sprintf("%d things and %d relationships; the table of relationships lists each", len(g.Nodes), len(g.Edges))
	return g
}

func layerX(layer int) int { return layer * (graphWidth - nodeWidth) / (layersCount - 1) }

// roomFor returns how many letters of a name fit into a box: capital letters are wider.
func roomFor(name string) int {
	if strings.Trim(name, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return 19
	}
	return 24
}

func shorten(s string, n int) string {
	r := []rune(s)
	switch {
	case len(r) <= n:
		return s
	case strings.ContainsAny(s, " @"):
		return string(r[:n-1]) + "…"
	}
	return string(r[:n/2]) + "…" + string(r[len(r)-n/2+1:]) // an id: its end distinguishes it
}

// arrange orders the nodes of each layer by the middle of their neighbours, a few times over, and stacks them.
func (g *graphView) arrange(links []link, at map[string]int) {
	next := make([][]int, len(g.Nodes))
	for _, l := range links {
		i, ok := at[l.fromKey]
		j, there := at[l.toKey]
		if ok && there {
			next[i], next[j] = append(next[i], j), append(next[j], i)
		}
	}
	var byLayer [layersCount][]int
	for i, n := range g.Nodes {
		byLayer[n.layer] = append(byLayer[n.layer], i)
	}
	tallest := 0
	for _, l := range byLayer {
		tall := 0
		for _, i := range l {
			tall += g.Nodes[i].H + nodeApart
		}
		tallest = max(tallest, tall)
	}
	g.Height = graphTop + tallest + 8
	for round := range 9 {
		for step := range layersCount {
			layer := step
			if round%2 == 1 {
				layer = layersCount - 1 - step
			}
			g.stack(byLayer[layer], next, round > 0)
		}
	}
}

// stack puts the nodes of a layer one below the other.
func (g *graphView) stack(list []int, next [][]int, sort bool) {
	for _, i := range list {
		n := &g.Nodes[i]
		n.order = float64(n.Y)
		if len(next[i]) > 0 && sort {
			sum := 0.0
			for _, j := range next[i] {
				sum += float64(g.Nodes[j].Y)
			}
			n.order = sum / float64(len(next[i]))
		}
	}
	if sort {
		slices.SortStableFunc(list, func(a, b int) int {
			return cmp.Or(cmp.Compare(g.Nodes[a].order, g.Nodes[b].order), cmp.Compare(g.Nodes[a].key, g.Nodes[b].key))
		})
	}
	boxes := 0
	for _, i := range list {
		boxes += g.Nodes[i].H
	}
	room := float64(g.Height - graphTop - 8)
	gap := math.Min((room-float64(boxes))/float64(max(len(list), 1)), 64)
	y := graphTop + (room-float64(boxes)-gap*float64(len(list)-1))/2
	for _, i := range list {
		g.Nodes[i].X, g.Nodes[i].Y = layerX(g.Nodes[i].layer), int(y)
		y += float64(g.Nodes[i].H) + gap
	}
}

func (g *graphView) edge(from, to *nodeBox, l link) edgeLine {
	x1, y1 := float64(from.X+from.W), float64(from.MidY())
	x2, y2 := float64(to.X), float64(to.MidY())+(float64(to.used)-float64(to.ports-1)/2)*portApart
	to.used++
	if x2 < x1 { // within a layer
		x2 = float64(to.X + to.W)
	}
	half := (x2 - x1) / 2
	if half < 30 {
		half = 30
	}
	if to.layer-from.layer > 1 { // around the layer between
		half = (x2 - x1) * 0.62
	}
	e := edgeLine{D: fmt.Sprintf("M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f", x1, y1, x1+half, y1, x2-half, y2, x2-7, y2), Label: l.Label, Class: "edge e-" + from.Kind}
	e.X, e.Y = x2-14, y2-4
	return e
}
