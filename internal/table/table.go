// Package table prints tables that fit a terminal: as wide as they are where they fit or go elsewhere, else with the cells
// of wide columns on several lines, or each row as a list where there are too many columns.
package table

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"golang.org/x/term"
)

const (
	gap   = 2  // columns between two cells
	least = 10 // columns that a cell has at least; where there is less room, rows are lists
)

// Width returns how many columns w shows: $COLUMNS or what the terminal reports. It is 0 where w is no terminal: then
// nothing is wrapped.
func Width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if n, _, err := term.GetSize(int(f.Fd())); err == nil {
		return n
	}
	return 0
}

// Writer takes the lines of a table, with a tab between two cells, and prints them with Flush.
type Writer struct {
	to     io.Writer
	width  int
	header bool
	text   bytes.Buffer
}

// New returns a writer of a table onto w, of its [Width]. header says that the first line names the columns.
func New(w io.Writer, header bool) *Writer { return NewWidth(w, Width(w), header) }

// NewWidth is New with a width; 0 wraps nothing.
func NewWidth(w io.Writer, width int, header bool) *Writer {
	return &Writer{to: w, width: width, header: header}
}

// Write implements [io.Writer].
func (w *Writer) Write(p []byte) (int, error) { return w.text.Write(p) }

// Flush prints the table.
func (w *Writer) Flush() error {
	var natural bytes.Buffer
	t := tabwriter.NewWriter(&natural, 0, 0, gap, ' ', 0)
	if _, err := t.Write(w.text.Bytes()); err != nil {
		return err
	}
	if err := t.Flush(); err != nil {
		return err
	}
	out := natural.String()
	if w.width > 0 && widest(out) > w.width {
		out = w.fitted()
	}
	w.text.Reset()
	_, err := io.WriteString(w.to, out)
	return err
}

// widest returns the width of the widest line.
func widest(text string) int {
	most := 0
	for line := range strings.Lines(text) {
		most = max(most, utf8.RuneCountInString(strings.TrimRight(line, " \n")))
	}
	return most
}

// fitted returns the table within the width.
func (w *Writer) fitted() string {
	var rows [][]string
	var widths []int
	for line := range strings.Lines(w.text.String()) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		for i, c := range cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
		rows = append(rows, cells)
	}
	var b strings.Builder
	if !shrink(widths, w.width) {
		w.lists(&b, rows)
		return b.String()
	}
	for _, cells := range rows {
		wrapped, lines := make([][]string, len(cells)), 0
		for i, c := range cells {
			wrapped[i] = wrap(c, widths[i])
			lines = max(lines, len(wrapped[i]))
		}
		for n := range lines {
			var line strings.Builder
			for i := range cells {
				cell := ""
				if n < len(wrapped[i]) {
					cell = wrapped[i][n]
				}
				line.WriteString(cell + strings.Repeat(" ", widths[i]+gap-utf8.RuneCountInString(cell)))
			}
			b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		}
	}
	return b.String()
}

// shrink takes from the widest columns until all fit, false where they can't.
func shrink(widths []int, width int) bool {
	total := gap * (len(widths) - 1)
	for _, n := range widths {
		total += n
	}
	for ; total > width; total-- {
		at := 0
		for i, n := range widths {
			if n > widths[at] {
				at = i
			}
		}
		if widths[at] <= least {
			return false
		}
		widths[at]--
	}
	return true
}

// lists writes each row as a list of its cells, one a line, with the columns' names where they have some.
func (w *Writer) lists(b *strings.Builder, rows [][]string) {
	var names []string
	if w.header && len(rows) > 0 {
		names, rows = rows[0], rows[1:]
	}
	label := 0
	for _, n := range names {
		label = max(label, utf8.RuneCountInString(n)+gap)
	}
	label = min(label, w.width/2)
	for i, cells := range rows {
		if i > 0 && names != nil {
			b.WriteString("\n")
		}
		for j, c := range cells {
			name := ""
			if j < len(names) {
				name = wrap(names[j], max(1, label-1))[0]
			}
			for k, line := range wrap(c, max(1, w.width-label)) {
				if k > 0 {
					name = ""
				}
				b.WriteString(strings.TrimRight(name+strings.Repeat(" ", max(0, label-utf8.RuneCountInString(name)))+line, " ") + "\n")
			}
		}
	}
}

// Wrap breaks a text of several lines so that each fits a width, those that go on indented; 0 wraps nothing.
func Wrap(text string, width, indent int) string {
	if width <= 0 {
		return text
	}
	width = max(width, indent+least)
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, end := strings.CutSuffix(line, "\n")
		if utf8.RuneCountInString(line) > width {
			parts := wrap(line, width)
			if rest := strings.TrimLeft(strings.TrimPrefix(line, parts[0]), " "); indent > 0 && rest != "" {
				parts = append(parts[:1], wrap(rest, width-indent)...)
			}
			line = strings.Join(parts, "\n"+strings.Repeat(" ", indent))
		}
		b.WriteString(line)
		if end {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// wrap breaks a text into lines of a width: between words, and within one that is wider.
func wrap(text string, width int) []string {
	var lines []string
	line, n := "", 0
	for _, word := range strings.Split(text, " ") {
		size := utf8.RuneCountInString(word)
		if n > 0 && n+1+size <= width {
			line, n = line+" "+word, n+1+size
			continue
		}
		if n > 0 {
			lines = append(lines, line)
		}
		for size > width {
			runes := []rune(word)
			lines = append(lines, string(runes[:width]))
			word, size = string(runes[width:]), size-width
		}
		line, n = word, size
	}
	return append(lines, line)
}
