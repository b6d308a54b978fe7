package api

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
)

const redacted = "[redacted]"

// Secret is a credential. However it is printed, logged or marshalled, it reads "[redacted]".
type Secret string

// Reveal returns the credential itself, to be sent and never to be shown.
func (s Secret) Reveal() string { return string(s) }

// Format implements [fmt.Formatter], which covers every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText implements [encoding.TextMarshaler].
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements [slog.LogValuer].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// redactor takes secrets out of what a server says: some echo what they were sent.
type redactor struct {
	mu      sync.Mutex
	secrets []string
}

// shortest is the length below which a text is no secret worth hiding: replacing it would only garble messages.
const shortest = 6

func (r *redactor) add(s Secret) {
	if len(s) < shortest {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets = append(r.secrets, s.Reveal())
}

// longest bounds what is kept of a server's message, in bytes.
const longest = 400

func (r *redactor) clean(text string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s, redacted)
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}
