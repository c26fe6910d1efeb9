package inbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// tolerance is how far a signature's time may be from ours: what was signed longer ago may be a replay.
const tolerance = 5 * time.Minute

// maxSignatures bounds how many signatures of one event are looked at.
const maxSignatures = 8

func unauthenticated() error {
	return failure.New(failure.Unauthenticated, "event_unauthenticated", "The event needs a bearer token or a signature that is known here.")
}

// Admits says, before a body is read, whether its sender can be known at all.
func (b *Inbox) Admits(header http.Header) error {
	if b.bearer(header) || len(b.config.Secrets) > 0 && header.Get("Webhook-Signature") != "" {
		return nil
	}
	b.Refused.Add(1)
	return unauthenticated()
}

// authenticate knows a sender by bearer token or by a signature of Standard Webhooks.
func (b *Inbox) authenticate(header http.Header, body []byte) error {
	if b.bearer(header) || b.signed(header, body) {
		return nil
	}
	return unauthenticated()
}

func (b *Inbox) bearer(header http.Header) bool {
	scheme, given, found := strings.Cut(header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return false
	}
	known := false
	for _, token := range b.config.Tokens {
		// All are compared, so that the time tells nothing.
		known = !token.IsZero() && token.Equal(strings.TrimSpace(given)) || known
	}
	return known
}

func (b *Inbox) signed(header http.Header, body []byte) bool {
	id, stamp := header.Get("Webhook-Id"), header.Get("Webhook-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || id == "" {
		return false
	}
	if age := b.config.Now().Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return false
	}
	known := false
	for i, text := range strings.Fields(header.Get("Webhook-Signature")) {
		version, encoded, _ := strings.Cut(text, ",")
		given, err := base64.StdEncoding.DecodeString(encoded)
		if i >= maxSignatures || version != "v1" || err != nil {
			continue
		}
		for _, key := range b.config.Secrets {
			known = hmac.Equal(given, signature(key, id, stamp, body)) || known
		}
	}
	return known
}

// signature is the HMAC-SHA256 of id, time and body. A key that begins with whsec_ is base64 behind that.
func signature(key secret.String, id, stamp string, body []byte) []byte {
	bytes := []byte(key.Reveal())
	if encoded, found := strings.CutPrefix(key.Reveal(), "whsec_"); found {
		if decoded, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			bytes = decoded
		}
	}
	mac := hmac.New(sha256.New, bytes)
	// A hash takes every write.
	_, _ = mac.Write([]byte(id + "." + stamp + "."))
	_, _ = mac.Write(body)
	return mac.Sum(nil)
}
