package transform

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// maxInventoryLine bounds a line of an inventory, in bytes.
const maxInventoryLine = 64 << 10

// Inventory takes known instances, one a line: an id, or id,account,region. Empty lines, comments
// (#) and a line of column names are passed over; a line without an instance id is quarantined.
func (t *Transformer) Inventory(r io.Reader, name string) error {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 4<<10), maxInventoryLine)
	for line := int64(1); in.Scan(); line++ {
		text := strings.TrimSpace(strings.TrimPrefix(in.Text(), "\ufeff"))
		t.inventory.In++
		id, rest, _ := strings.Cut(text, ",")
		id = strings.Trim(strings.TrimSpace(id), `"`)
		switch {
		case text == "" || text[0] == '#':
			t.inventory.Filtered["empty_or_comment"]++
		case resolve.IsInstanceID(id):
			account, region, _ := strings.Cut(rest, ",")
			region, _, _ = strings.Cut(region, ",")
			if err := t.KnowInstance(id, strings.Trim(strings.TrimSpace(account), `"`), strings.Trim(strings.TrimSpace(region), `"`)); err != nil {
				return err
			}
			t.inventory.Out++
		case line == 1 && !strings.HasPrefix(id, "i-"):
			t.inventory.Filtered["column_names"]++
		default:
			t.inventory.Quarantined[invalidInstanceID]++
			err := t.reject(raw.Rejected{
				Stage: "transform", Source: "instance_inventory", Offset: line, Reason: invalidInstanceID,
				Detail: "an instance id is i- and 8 or 17 hex digits", Record: strings.ToValidUTF8(text, "\ufffd"),
			})
			if err != nil {
				return err
			}
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("read the instance inventory %s: %w", name, err)
	}
	return nil
}
