package transform

import (
	"maps"
	"strings"
	"testing"

	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

func inventoryOf(t *testing.T, text string) dataset.Ledger {
	t.Helper()
	tr := New(Config{TempDir: t.TempDir(), Reject: func(raw.Rejected) error { return nil }})
	defer tr.Close()
	if err := tr.Inventory(strings.NewReader(text), "inventory"); err != nil {
		t.Fatal(err)
	}
	if err := tr.inventory.Check(); err != nil {
		t.Error(err)
	}
	return tr.inventory
}

func TestInventory(t *testing.T) {
	l := inventoryOf(t, "\ufeffInstanceId,Account,Region\r\n"+
		"i-0123456789abcdef0\r\n"+
		`"i-01234567" , "111122223333","eu-west-1"`+"\n"+
		"# a comment\n\n"+
		"i-1\n"+
		"vm-7\n"+
		"i-0123456789abcdef1,"+strings.Repeat("x", 3*maxInventoryLine)+"\n"+
		"\xff\xfe\n"+
		"i-0123456789abcdef2") // without an end
	if l.In != 10 || l.Out != 3 || !maps.Equal(l.Filtered, map[string]int64{"column_names": 1, "empty_or_comment": 2}) || l.Quarantined[invalidInstanceID] != 4 {
		t.Errorf("%+v", l)
	}
}

func FuzzInventory(f *testing.F) {
	f.Add("i-01234567,1,us-east-1\n")
	f.Add("\ufeffid\n\"i-0123456789abcdef0\",,,\n#\n\x00")
	f.Fuzz(func(t *testing.T, text string) { inventoryOf(t, text) })
}
