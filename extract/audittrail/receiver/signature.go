package receiver

import (
	"crypto/hmac"
	"crypto/sha1" // Spacelift signs with it too; it is accepted only where it was asked for
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"net/http"
	"strings"

	"liftgraph/extract/spacelift"
)

// The headers that sign a body, as GitHub does it: "sha256=" or "sha1=", and the HMAC of the raw body in hex.
const (
	headerSHA256 = "X-Signature-256"
	headerSHA1   = "X-Signature"
)

// keys is the secrets that may have signed a body.
type keys struct {
	secrets   []spacelift.Secret
	allowSHA1 bool
}

// keyNames names them in metrics, by their order.
var keyNames = [...]string{"current", "previous"}

// signature is what a header says.
type signature struct {
	hash func() hash.Hash
	mac  []byte
}

// signature returns the signature that counts: the one with SHA-256 wherever there is one, right or wrong.
func (k keys) signature(h http.Header) (signature, bool) {
	if values := h.Values(headerSHA256); len(values) > 0 || !k.allowSHA1 {
		return decode(values, "sha256=", sha256.New)
	}
	return decode(h.Values(headerSHA1), "sha1=", sha1.New)
}

func decode(values []string, prefix string, hash func() hash.Hash) (signature, bool) {
	if len(values) != 1 {
		return signature{}, false
	}
	digits, ok := strings.CutPrefix(values[0], prefix)
	if !ok {
		return signature{}, false
	}
	mac, err := hex.DecodeString(digits) // upper case means the same bytes
	return signature{hash, mac}, err == nil && len(mac) == hash().Size()
}

// verify returns which secret signed a body, in the same time whichever it is.
func (k keys) verify(s signature, body []byte) (name string, ok bool) {
	for i, secret := range k.secrets {
		mac := hmac.New(s.hash, []byte(secret.Reveal()))
		mac.Write(body)
		if hmac.Equal(mac.Sum(nil), s.mac) {
			name, ok = keyNames[i], true
		}
	}
	return name, ok
}
