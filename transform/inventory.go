package transform

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// maxInventoryLine bounds a line of an inventory, in bytes: a longer one is none.
const maxInventoryLine = 4 << 10

// Inventory takes known instances, one a line: an id, or id,account,region. Empty lines, comments
// (#) and a line of column names are passed over; a line without an instance id is quarantined.
func (t *Transformer) Inventory(r io.Reader, name string) error {
	in := bufio.NewReaderSize(r, maxInventoryLine)
	for n := int64(1); ; n++ {
		line, long, err := in.ReadLine()
		text := strings.ToValidUTF8(string(line), "\ufffd")
		for rest := long; rest && err == nil; {
			_, rest, err = in.ReadLine()
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the instance inventory %s: %w", name, err)
		}
		t.inventoryLine(n, text, long)
		if err := t.r.Err(); err != nil {
			return err
		}
	}
}

// Listed takes an instance of another inventory than a file. One without an instance id is quarantined.
func (t *Transformer) Listed(i raw.Instance) error {
	t.inventory.In++
	if !resolve.IsInstanceID(i.ID) {
		t.rejectListed(t.inventory.In, i)
		return t.r.Err()
	}
	t.inventory.Out++
	t.r.KnowInstance(i.ID, i.Account, i.Region)
	return t.r.Err()
}

func (t *Transformer) rejectListed(n int64, what any) {
	t.inventory.Quarantined[invalidInstanceID]++
	t.r.Reject(raw.Rejected{
		Stage: "transform", Source: t.inventory.Source, Offset: n, Reason: invalidInstanceID,
		Detail: "an instance id is i- and 8 or 17 hex digits", Record: what,
	})
}

func (t *Transformer) inventoryLine(n int64, line string, long bool) {
	t.inventory.In++
	line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
	cells := strings.SplitN(line, ",", 4)
	for i, c := range cells {
		cells[i] = strings.Trim(strings.TrimSpace(c), `"`)
	}
	switch {
	case line == "" || line[0] == '#':
		t.inventory.Filtered["empty_or_comment"]++
	case resolve.IsInstanceID(cells[0]) && !long:
		t.inventory.Out++
		cells = append(cells, "", "")
		t.r.KnowInstance(cells[0], cells[1], cells[2])
	case n == 1 && !strings.HasPrefix(cells[0], "i-"):
		t.inventory.Filtered["column_names"]++
	default:
		t.rejectListed(n, line)
	}
}
