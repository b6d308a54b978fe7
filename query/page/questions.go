package page

import (
	"context"
	"os"
	"strconv"

	"liftgraph/query/lookup"
	"liftgraph/query/questions"
	"liftgraph/query/trace"
)

// questionList is the page of the ten questions.
type questionList struct {
	Title  string
	Served bool
	Items  []questions.Question
}

// questionView is the page of one of them with its answer.
type questionView struct {
	Title   string
	Served  bool
	N       int
	Note    string
	Form    bool // an instance's id is to be given
	Columns []string
	Rows    [][]questionCell
	More    bool
	Fresh   freshness
}

// questionCell is a text, and the page of what it names.
type questionCell struct{ Text, Href string }

// cellKinds are the kinds of what columns name.
var cellKinds = map[string]trace.Kind{
	"instance": trace.KindInstance, "host": trace.KindInstance, "run": trace.KindRun, "worker": trace.KindWorker, "person": trace.KindUser, "id": trace.KindUser, "triggered_by": trace.KindUser,
	"who": trace.KindUser,
}

// questionPage returns the page of all questions, or of one with its answer.
func (s *Server) questionPage(ctx context.Context, d *lookup.Dir, number string) (response, error) {
	if number == "" {
		return response{name: "questions", data: &questionList{"Ten questions", true, questions.All()}}, nil
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(questions.All()) || number != strconv.Itoa(n) {
		return response{}, errNoPage
	}
	q := questions.All()[n-1]
	v := &questionView{Title: q.Title, Served: true, N: n, Note: q.Note, Fresh: freshnessOf(d)}
	switch n {
	case questions.First:
		v.Form = true
	case questions.Seventh:
		err = s.becameAdmins(ctx, d, v)
	default:
		err = s.answerOf(ctx, d, q, v)
	}
	return response{name: "question", data: v}, err
}

// answerOf fills in the answer, which is kept as long as its publication is the newest.
func (s *Server) answerOf(ctx context.Context, d *lookup.Dir, q questions.Question, v *questionView) error {
	answer, err := s.questions[q.N].get(d.ManifestSHA256(), func() (*questions.Answer, error) { return q.Ask(ctx, d, os.TempDir()) })
	if err != nil {
		return err
	}
	v.Columns, v.More = answer.Columns, answer.More
	for _, row := range answer.Rows {
		var cells []questionCell
		for i, text := range row {
			c := questionCell{Text: trace.Printable(text)}
			if kind := cellKinds[answer.Columns[i]]; kind != "" && text != "" {
				c.Href = hrefOf(string(kind), text)
			}
			cells = append(cells, c)
		}
		v.Rows = append(v.Rows, cells)
	}
	return nil
}

// becameAdmins answers by the difference of the two newest publications.
func (s *Server) becameAdmins(ctx context.Context, d *lookup.Dir, v *questionView) error {
	n, err := s.newestNight(ctx, d)
	if err != nil {
		return err
	}
	v.Columns = []string{"who", "role"}
	for _, r := range n.Lists[1].Rows {
		v.Rows = append(v.Rows, []questionCell{{r.Who, r.WhoHref}, {r.What, r.Href}})
	}
	v.More = n.Lists[1].More > 0
	return nil
}
