package agent

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"liftgraph/query/lookup"
)

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// A client that ends its side after its last request gets every answer, and what it cancelled isn't waited for.
func TestServeDrains(t *testing.T) {
	dir := publish(t, 1)
	newest := &lookup.Newest{Open: func(ctx context.Context) (*lookup.Dir, error) { return lookup.Open(ctx, dir) }}
	defer newest.Close()
	var out bytes.Buffer
	in := strings.Join([]string{
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`,
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search","arguments":{"query":"pay"}}}`,
		`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"schema","arguments":{}}}`,
		`{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"schema","arguments":{}}}`,
		`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":4}}`, "",
	}, "\n")
	err := Serve(t.Context(), Config{Newest: newest, Most: Default}, &mcp.IOTransport{Reader: io.NopCloser(strings.NewReader(in)), Writer: nopCloser{&out}})
	if err != nil {
		t.Error(err)
	}
	for _, want := range []string{`"id":1,`, `"id":2,"result"`, `\"id\":\"payments\"`, `"id":3,"result"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %.1000s", want, out.String())
		}
	}
}
