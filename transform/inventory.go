package transform

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/klauspost/compress/gzip"

	"liftgraph/internal/awsresource"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// maxInventoryLine bounds a line of an inventory, in bytes: a longer one is none.
const maxInventoryLine = 4 << 10

// Inventory takes known instances and other resources: one a line, an id or an ARN, or id,account,region, or a JSON object; or what
// `aws ec2 describe-instances` or `aws resource-explorer-2 search` prints. All may be compressed with gzip. Empty lines, comments (#) and a first line of column
// names are passed over; a line without an instance id or an ARN is quarantined. An inventory without any resource is an error.
func (t *Transformer) Inventory(r io.Reader, name string) error {
	t.r.BeginInventory()
	before := t.inventory.Out
	if err := t.readInventory(r); err != nil {
		return fmt.Errorf("read the inventory %s: %w", name, err)
	}
	if err := t.r.Err(); err != nil {
		return err
	}
	if t.inventory.Out == before {
		return fmt.Errorf("the inventory %s holds no instance and no ARN: write one ARN or id a line, id,account,region, or the JSON of aws ec2 describe-instances", name)
	}
	return nil
}

func (t *Transformer) readInventory(r io.Reader) error {
	in := bufio.NewReaderSize(r, maxInventoryLine)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		in = bufio.NewReaderSize(unpacked, maxInventoryLine)
	}
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		_, _ = in.Discard(len(mark)) // it was peeked at
	}
	head, _ := in.Peek(512)
	if head = bytes.TrimSpace(head); len(head) > 0 && (head[0] == '{' || head[0] == '[' || head[0] == '"') && !bytes.HasPrefix(head, []byte(`"i-`)) && !bytes.HasPrefix(head, []byte(`"arn:`)) && !isHeader(string(head)) {
		return t.inventoryJSON(in)
	}
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
			return err
		}
		t.inventoryLine(n, text, long)
		if err := t.r.Err(); err != nil {
			return err
		}
	}
}

// isHeader reports whether a text begins with a line of column names.
func isHeader(text string) bool {
	line, _, _ := strings.Cut(text, "\n")
	for _, name := range strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(",;\t", c) }) {
		name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"`))
		switch strings.Map(func(c rune) rune {
			if c == '_' || c == '-' || c == ' ' {
				return -1
			}
			return c
		}, name) {
		case "id", "instance", "instanceid", "resourceid", "ec2instanceid", "arn", "resourcearn":
			return true
		}
	}
	return false
}

// awsAccount returns an account in twelve digits: with the zero that spreadsheets and numbers lose, where no other digit is
// lost. It is false for what isn't sure.
func awsAccount(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", true
	}
	if strings.ContainsAny(text, "eE.") {
		mantissa, exponent, scientific := strings.Cut(strings.ToLower(text), "e")
		digits := strings.ReplaceAll(mantissa, ".", "")
		r, ok := new(big.Rat), false
		if len(text) <= 40 && len(strings.Trim(exponent, "+-")) <= 2 {
			r, ok = r.SetString(text)
		}
		if !ok || !r.IsInt() || scientific && len(digits) < 11 {
			return "", false
		}
		text = r.Num().String()
	}
	if strings.Trim(text, "0123456789") != "" {
		return "", false
	}
	switch len(text) {
	case 12:
		return text, true
	case 11:
		return "0" + text, true
	}
	return "", false
}

// Listed takes an instance of another inventory than a file. One without an instance id is quarantined.
func (t *Transformer) Listed(i raw.Instance) error {
	t.r.BeginInventory()
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
		Detail: "an instance id is i- and 8 or 17 hex digits, and an ARN that of a resource", Record: what,
	})
}

// rejectDamaged quarantines a part of JSON that isn't well-formed, by the instance in it where one is known.
func (t *Transformer) rejectDamaged(at int64, id string) {
	t.inventory.In++
	t.inventory.Quarantined[malformedInventory]++
	t.r.Reject(raw.Rejected{
		Stage: "transform", Source: t.inventory.Source, Offset: t.inventory.In, Reason: malformedInventory,
		Detail: fmt.Sprintf("its JSON is damaged before byte %d", at), Record: id,
	})
}

// malformedInventory is the reason of what isn't JSON among JSON.
const malformedInventory = "malformed"

func (t *Transformer) rejectAccount(n int64, what any) {
	t.inventory.Quarantined[invalidAccount]++
	t.r.Reject(raw.Rejected{
		Stage: "transform", Source: t.inventory.Source, Offset: n, Reason: invalidAccount,
		Detail: "an AWS account has 12 digits: write it as text, since spreadsheets round it and cut its zeros", Record: what,
	})
}

// invalidAccount is the reason of an instance whose account isn't one.
const invalidAccount = "invalid_account"

func (t *Transformer) inventoryLine(n int64, line string, long bool) {
	line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
	t.inventory.In++
	comma := ","
	if !strings.Contains(line, comma) && strings.ContainsAny(line, ";\t") {
		comma = string(line[strings.IndexAny(line, ";\t")])
	}
	cells := strings.SplitN(line, comma, 4)
	for i, c := range cells {
		cells[i] = strings.Trim(strings.TrimSpace(c), `"`)
	}
	switch {
	case line == "" || line[0] == '#':
		t.inventory.Filtered["empty_or_comment"]++
	case resolve.IsInstanceID(cells[0]) && !long:
		cells = append(cells, "", "")
		account, ok := awsAccount(cells[1])
		if !ok {
			t.rejectAccount(n, line)
			return
		}
		t.inventory.Out++
		t.r.KnowInstance(cells[0], account, cells[2])
	case strings.HasPrefix(cells[0], "arn:") && !long && t.knowARN(cells):
		t.inventory.Out++
	case n == 1 && isHeader(line):
		t.inventory.Filtered["column_names"]++
	default:
		t.rejectListed(n, line)
	}
}

// knowARN takes a line that begins with an ARN, whose account and region may follow where the ARN lacks them; false: it is none.
func (t *Transformer) knowARN(cells []string) bool {
	cells = append(cells, "", "")
	a, ok := awsresource.OfARN(cells[0], awsresource.Scope{Account: cells[1], Region: cells[2]})
	switch {
	case !ok:
		return false
	case a.Type == "AWS::EC2::Instance" && resolve.IsInstanceID(a.Name):
		t.r.KnowInstance(a.Name, a.Account, a.Region)
	default:
		t.r.KnowResource(&a)
	}
	return true
}
