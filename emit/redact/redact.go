// Package redact keeps forgotten people and runs, and redacted properties, out of the rows that are written.
package redact

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Reason is the reason in the ledger of rows that are left out because they are forgotten.
const Reason = "forgotten"

// ends are the labels whose nodes can be forgotten, with all their relationships, in every model.
var ends = []graph.Label{"SpaceliftUser", "GitHubUser", "SpaceliftRun", actor}

// actor is the label whose ids may have a user's name as a word.
const actor = graph.AWSActor

// Rules say what is kept out.
type Rules struct {
	Hashes map[string]bool // of forgotten ids, see [Hash]
	Fields map[string]bool // names of properties that are always absent
}

// Hash returns the form in which an id is remembered: the list of the forgotten doesn't name them. Letter case doesn't matter.
func Hash(id string) string {
	sum := sha256.Sum256([]byte("liftgraph forgotten\n" + strings.ToLower(id)))
	return hex.EncodeToString(sum[:])
}

// Empty reports whether the rules keep nothing out.
func (r Rules) Empty() bool { return len(r.Hashes) == 0 && len(r.Fields) == 0 }

// CheckFields returns an error for names that no property of a model has, or that can't be absent.
func CheckFields(model *graph.Model, names []string) error {
	known := map[string]bool{}
	for _, t := range model.Tables() {
		for i, c := range t.Columns {
			if i >= t.KeyColumns() && !slices.Contains(always, c.Name) {
				known[c.Name] = true
			}
		}
	}
	for _, name := range names {
		if !known[name] {
			return fmt.Errorf("%q is no property that can be left out; it is one of %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
	}
	return nil
}

// always are the properties that every load goes by.
var always = []string{"firstseen", "lastupdated", "_module_name", "_module_version"}

// Sink passes rows on without what the rules keep out.
type Sink struct {
	next  graph.Sink
	rules Rules
	left  int64 // rows left out
	cut   int64 // rows with a property that was cut out
}

// New returns a sink before next.
func New(next graph.Sink, rules Rules) *Sink { return &Sink{next: next, rules: rules} }

// Ledger returns the account of the rows left out so far, which adds to that of the rows written.
func (s *Sink) Ledger() dataset.Ledger {
	l := dataset.NewLedger("emit", dataset.GraphSource, "rows")
	if s.left > 0 {
		l.In, l.Filtered[Reason] = s.left, s.left
	}
	return l
}

// Left returns how many rows were left out so far.
func (s *Sink) Left() int64 { return s.left }

// Changed returns how many rows lost a property so far.
func (s *Sink) Changed() int64 { return s.cut }

// Table implements [graph.Sink].
func (s *Sink) Table(t *graph.Table) (graph.TableWriter, error) {
	w, err := s.next.Table(t)
	if err != nil || s.rules.Empty() {
		return w, err
	}
	out := &writer{TableWriter: w, sink: s, table: t}
	switch {
	case t.Node != nil:
		if slices.Contains(ends, t.Node.Label) {
			out.ids = append(out.ids, idColumn{0, t.Node.Label == actor})
		}
	default:
		for i, label := range []graph.Label{t.Relationship.From, t.Relationship.To} {
			if slices.Contains(ends, label) {
				out.ids = append(out.ids, idColumn{i, label == actor})
			}
		}
	}
	return out, nil
}

// writer passes on the rows of a table.
type writer struct {
	graph.TableWriter
	sink  *Sink
	table *graph.Table
	ids   []idColumn
	row   graph.Row
}

// idColumn is a column with ids of what can be forgotten.
type idColumn struct {
	at    int
	words bool // also where the id only has a forgotten name as a word
}

// Write implements [graph.TableWriter].
func (w *writer) Write(row graph.Row) error {
	r := &w.sink.rules
	for _, i := range w.ids {
		if r.Forgets(row[i.at].Text) || i.words && r.Mentions(row[i.at].Text) {
			w.sink.left++
			return nil
		}
	}
	w.row = append(w.row[:0], row...)
	cut := false
	for i := w.table.KeyColumns(); i < len(row); i++ {
		c := w.table.Columns[i]
		if r.Fields[c.Name] || row[i].Text != "" && r.Mentions(row[i].Text) {
			cut = cut || row[i].Present
			w.row[i] = graph.Value{}
		}
	}
	if cut {
		w.sink.cut++
	}
	return w.TableWriter.Write(w.row)
}

// Placeholder stands for a forgotten user in records that are kept. It is forgotten itself.
const Placeholder = "(forgotten)"

// Forgets reports whether an id is forgotten, with or without its account before it.
func (r *Rules) Forgets(id string) bool {
	if r.Hashes[Hash(id)] || id == Placeholder {
		return true
	}
	_, bare, qualified := strings.Cut(id, "/")
	return qualified && (r.Hashes[Hash(bare)] || bare == Placeholder)
}

// Mentions reports whether a text is a forgotten id, or has one as a word.
func (r *Rules) Mentions(text string) bool {
	if len(r.Hashes) == 0 || text == "" {
		return false
	}
	if r.Forgets(text) {
		return true
	}
	inWord := func(c rune) bool {
		return unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("._@:+-", c)
	}
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return !inWord(c) }) {
		if r.Hashes[Hash(word)] || r.Hashes[Hash(strings.Trim(word, ".:-@"))] {
			return true
		}
	}
	return false
}
