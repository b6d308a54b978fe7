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
		if err := t.inventoryLine(n, text, long); err != nil {
			return err
		}
	}
}

// Listed takes an instance of another inventory than a file. One without an instance id is quarantined.
func (t *Transformer) Listed(i raw.Instance) error {
	t.inventory.In++
	if !resolve.IsInstanceID(i.ID) {
		return t.rejectListed(t.inventory.In, i)
	}
	t.inventory.Out++
	return t.KnowInstance(i.ID, i.Account, i.Region)
}

func (t *Transformer) rejectListed(n int64, what any) error {
	t.inventory.Quarantined[invalidInstanceID]++
	return t.reject(raw.Rejected{
		Stage: "transform", Source: t.inventory.Source, Offset: n, Reason: invalidInstanceID,
		Detail: "an instance id is i- and 8 or 17 hex digits", Record: what,
	})
}

func (t *Transformer) inventoryLine(n int64, line string, long bool) error {
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
		return t.KnowInstance(cells[0], cells[1], cells[2])
	case n == 1 && !strings.HasPrefix(cells[0], "i-"):
		t.inventory.Filtered["column_names"]++
	default:
		return t.rejectListed(n, line)
	}
	return nil
}
