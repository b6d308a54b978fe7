package stale

import (
	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// Candidate is a row of the graph that the directory may lack.
type Candidate struct {
	Table   *graph.Table
	Element string // id within the database
	Verdict Verdict
	Shared  bool      // of a node: another account has a claim to it too
	Keys    [2]string // the key of a node, or those of both ends
}

// Read takes what a query of [Query] returns, and reports whether it is a row of the model's: a key of another type is none.
func (c *Candidate) Read(values []any) bool {
	var ok bool
	if c.Element, ok = values[0].(string); !ok {
		return false
	}
	verdict, ok := values[1].(int64)
	if !ok {
		return false
	}
	c.Verdict = Verdict(verdict)
	c.Shared, _ = values[2].(bool)
	for i := range c.Table.IDs() {
		if c.Keys[i], ok = values[3+i].(string); !ok {
			return false
		}
	}
	return true
}

// Append appends the candidate, but for its table, for [Decode] to read.
func (c *Candidate) Append(dst []byte) []byte {
	shared := byte(0)
	if c.Shared {
		shared = 1
	}
	dst = extsort.AppendTexts(append(dst, byte(c.Verdict), shared), c.Element)
	return extsort.AppendTexts(dst, c.Keys[:c.Table.IDs()]...)
}

// Decode reads a candidate of a table that [Candidate.Append] wrote, and returns what follows it.
func Decode(t *graph.Table, src []byte) (c Candidate, rest []byte, err error) {
	if len(src) < 2 {
		return c, nil, extsort.ErrDamaged
	}
	c = Candidate{Table: t, Verdict: Verdict(src[0]), Shared: src[1] == 1}
	rest = src[2:]
	for _, into := range append([]*string{&c.Element}, &c.Keys[0], &c.Keys[1])[:1+t.IDs()] {
		text, after, err := extsort.CutText(rest)
		if err != nil {
			return c, nil, err
		}
		*into, rest = string(text), after
	}
	return c, rest, nil
}
